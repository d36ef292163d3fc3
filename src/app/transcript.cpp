// SPDX-License-Identifier: Apache-2.0
#include "app/transcript.h"

#include "base/encoding.h"
#include "trust/crypto/digest.h"

namespace congvan::app {
namespace {

std::string sha256(BytesView bytes) {
  return toHex(crypto::digest(crypto::DigestAlgorithm::Sha256, bytes));
}

}  // namespace

Transcript::Transcript(Instant begun, std::string program, std::vector<std::string> present)
    : begun_(begun), program_(std::move(program)), present_(std::move(present)) {}

void Transcript::act(std::string_view vi, std::string_view en) {
  acts_ += "\n" + std::to_string(++count_) + ". ";
  acts_.append(vi).append(" / ").append(en).append("\n");
}

void Transcript::line(std::string_view name, std::string_view value) {
  acts_.append("   ").append(name).append(": ").append(value).append("\n");
}

void Transcript::certificate(std::string_view name, const pki::Certificate& certificate) {
  line("chứng thư / certificate", name);
  line("chủ thể / subject", certificate.subject());
  line("cấp bởi / issuer", certificate.issuer());
  line("số hiệu / serial", certificate.serialHex());
  line("hiệu lực / validity",
       formatVietnam(certificate.notBefore()) + " – " + formatVietnam(certificate.notAfter()));
  line("SHA-256", sha256(certificate.der()));
  line("SHA-256 của khóa / of the key", sha256(certificate.spkiDer()));
}

std::string Transcript::head() const {
  return "BIÊN BẢN LỄ TẠO KHÓA / RECORD OF A KEY CEREMONY\n\nBắt đầu / begun: " +
         formatVietnam(begun_) + "\n";
}

std::string Transcript::unfinished() const {
  return head() + "DỞ DANG, chưa xong / UNFINISHED\n" + acts_;
}

std::string Transcript::text(Instant ended) const {
  auto text = head();
  text += "Kết thúc / ended: " + formatVietnam(ended) + "\n";
  text += "Chương trình / program: " + program_ + "\n\nCó mặt / present:\n";
  for (const auto& person : present_) text += " - " + person + "\n";
  text += "\nViệc đã làm / what was done:\n" + acts_;
  text += "\nChữ ký của người có mặt / signatures of those present:\n";
  for (const auto& person : present_) text += "\n ______________________________  " + person + "\n";
  return text;
}

}  // namespace congvan::app
