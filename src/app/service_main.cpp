// SPDX-License-Identifier: Apache-2.0
#include "app/log_online.h"
#include "app/program.h"

#include <cstdio>
#include <string_view>

namespace {

using congvan::app::Arguments;
using congvan::app::Exit;

struct Command {
  std::string_view name;
  Exit (*run)(const Arguments&);
  std::string_view summary;
};

Exit runAnyLog(const Arguments& arguments) {
  if (!congvan::app::needsNetwork(arguments)) return congvan::app::runLog(arguments);
  const Arguments rest(arguments.begin() + 1, arguments.end());
  return arguments.front() == "witness" ? congvan::app::runLogWitness(rest)
                                        : congvan::app::runLogMonitor(rest);
}

constexpr Command kCommands[] = {
    {"serve", &congvan::app::runServe, "chạy dịch vụ / run the service"},
    {"init", &congvan::app::runInit, "tạo thư mục dữ liệu mới / make a new data folder"},
    {"demo",
     &congvan::app::runDemo,
     "tỉnh minh họa và câu chuyện / demonstration province and its story"},
    {"ca",
     &congvan::app::runCa,
     "lễ tạo khóa: CA gốc, CA cấp phát, chia khóa / key ceremonies: roots, issuing authorities, "
     "shares"},
    {"sign", &congvan::app::runSign, "ký một tệp / sign a file"},
    {"verify",
     &congvan::app::runVerify,
     "kiểm tra chữ ký, không cần mạng / verify signatures, offline"},
    {"path", &congvan::app::runPath, "kiểm tra chuỗi chứng thư / validate certificate paths"},
    {"log",
     &runAnyLog,
     "kiểm tra và chứng kiến nhật ký Merkle / check, monitor and witness Merkle logs"},
    {"migrate",
     &congvan::app::runMigrate,
     "cập nhật lược đồ cơ sở dữ liệu / bring the database schema up to date"},
    {"doctor", &congvan::app::runDoctor, "tự kiểm tra / check a data folder"},
    {"bench", &congvan::app::runBench, "đo tốc độ, bằng tỷ số / measure speed, as ratios"},
};

void printHelp(std::FILE* to) {
  std::fputs("Usage: congvan COMMAND [OPTIONS]; congvan COMMAND --help\n\n", to);
  for (const auto& command : kCommands) {
    std::fprintf(to, "  %-10s %s\n", command.name.data(), command.summary.data());
  }
}

Exit run(const Arguments& all) {
  if (all.empty()) {
    printHelp(stderr);
    return Exit::Usage;
  }
  if (all.front() == "--help" || all.front() == "help") {
    printHelp(stdout);
    return Exit::Good;
  }
  for (const auto& command : kCommands) {
    if (command.name == all.front()) return command.run(Arguments(all.begin() + 1, all.end()));
  }
  return congvan::app::complain(
      {congvan::Code::Malformed, "usage_unknown_command", {{"command", all.front()}}}, Exit::Usage);
}

}  // namespace

int main(int count, char** values) {
  return congvan::app::runProgram(count, values, &run);
}
