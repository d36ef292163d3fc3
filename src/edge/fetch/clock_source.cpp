// SPDX-License-Identifier: Apache-2.0
#include "edge/fetch/clock_source.h"

#include <Poco/Exception.h>
#include <Poco/Net/DNS.h>
#include <Poco/Net/DatagramSocket.h>
#include <Poco/Net/IPAddress.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/Timespan.h>
#include <fmt/format.h>

#include <charconv>
#include <sys/timex.h>

namespace congvan::fetch {
namespace {

using Poco::Net::DatagramSocket;
using Poco::Net::SocketAddress;
using Steady = std::chrono::steady_clock;

constexpr Duration kDatagramTime =
    std::chrono::seconds{1};                 // resolving a name is the system's time
constexpr std::size_t kDatagramMost = 1024;  // extensions and keys of others may follow the header

// Of this machine's clock while an answer is away; less is a thread that had to wait its turn.
constexpr Duration kStepMost = std::chrono::milliseconds{100};

Error silent(std::string detail) {
  return {Code::Unavailable, "clock_source_silent", {}, std::move(detail)};
}

Duration since(Steady::time_point start) {
  return std::chrono::duration_cast<Duration>(Steady::now() - start);
}

/// A socket that hears this server alone, or nothing: the machine has no way to it.
DatagramSocket connected(const NtpAddress& address) {
  Poco::Net::IPAddress literal;
  const auto found = Poco::Net::IPAddress::tryParse(address.host, literal)
                         ? Poco::Net::HostEntry::AddressList{literal}
                         : Poco::Net::DNS::resolve(address.host).addresses();
  for (const auto& one : found) {
    try {
      DatagramSocket socket(one.family());
      socket.connect(SocketAddress(one, address.port));
      return socket;
    } catch (const Poco::Net::NetException&) {
      if (one == found.back()) throw;  // the next may be of the family that this machine speaks
    }
  }
  throw Poco::Net::NoAddressFoundException(address.host);
}

/// The datagram that answers; whatever else arrives meanwhile is passed over, or anybody could end
/// the exchange with a byte.
Result<Bytes> exchange(DatagramSocket& socket, std::uint64_t cookie, Duration time) {
  const auto request = makeSntpRequest(cookie);
  const auto start = Steady::now();
  socket.sendBytes(request.data(), static_cast<int>(request.size()));
  for (;;) {
    const auto left = time - since(start);
    if (left <= Duration::zero() ||
        !socket.poll(Poco::Timespan(left.count()), Poco::Net::Socket::SELECT_READ)) {
      return silent("no answer in time");
    }
    Bytes reply(kDatagramMost);
    const int size = socket.receiveBytes(reply.data(), static_cast<int>(reply.size()));
    reply.resize(static_cast<std::size_t>(std::max(size, 0)));
    if (answersSntp(reply, cookie)) return reply;
  }
}

}  // namespace

Result<NtpAddress> NtpAddress::parse(std::string_view text) {
  const Error malformed{Code::Malformed, "ntp_address_malformed", {{"address", std::string(text)}}};
  NtpAddress address;
  auto host = text;
  auto port = std::string_view{};
  const bool bracketed = text.starts_with('[');
  const auto end = bracketed ? text.find(']') : text.find(':');
  if (bracketed && end == std::string_view::npos) return malformed;
  if (end != std::string_view::npos) {
    host = text.substr(bracketed ? 1 : 0, end - (bracketed ? 1 : 0));
    auto rest = text.substr(bracketed ? end + 1 : end);
    if (!rest.empty() && (rest.front() != ':' || rest.size() == 1)) return malformed;
    port = rest.empty() ? rest : rest.substr(1);
  }
  constexpr std::string_view kHostLetters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-";
  constexpr std::string_view kAddressLetters = "0123456789abcdefABCDEF:.";
  const auto allowed = bracketed ? kAddressLetters : kHostLetters;
  if (host.empty() || host.find_first_not_of(allowed) != std::string_view::npos) return malformed;
  if (!port.empty()) {
    const auto [stop, error] =
        std::from_chars(port.data(), port.data() + port.size(), address.port);
    if (error != std::errc{} || stop != port.data() + port.size() || address.port == 0) {
      return malformed;
    }
  }
  address.host = host;
  return address;
}

SntpServer::SntpServer(NtpAddress address, const Clock& clock, Random& random)
    : address_(std::move(address)), clock_(clock), random_(random) {}

std::string SntpServer::name() const {
  const bool six = address_.host.find(':') != std::string::npos;
  return fmt::format("{}{}{}:{}", six ? "[" : "", address_.host, six ? "]" : "", address_.port);
}

Result<ClockError> SntpServer::ask() {
  std::array<std::uint8_t, 8> chance{};
  random_.fill(chance);
  std::uint64_t cookie = 0;
  for (const auto octet : chance) cookie = cookie << 8U | octet;
  try {
    auto socket = connected(address_);
    const auto sent = clock_.now();
    const auto start = Steady::now();
    const auto reply = exchange(socket, cookie, kDatagramTime);
    if (!reply) return reply.error();
    const auto round_trip = since(start);
    const auto stepped = (clock_.now() - sent) - since(start);
    if (std::chrono::abs(stepped) > kStepMost) {
      return Error{Code::Malformed, "sntp_reply_wrong", {}, "the clock was set meanwhile"};
    }
    return readSntpReply(*reply, cookie, sent, round_trip);
  } catch (const Poco::Exception& failure) {
    return silent(failure.displayText());
  }
}

Result<ClockError> KernelClock::ask() {
  timex state{};
  const int kept = ::adjtimex(&state);
  if (kept == -1 || kept == TIME_ERROR || (state.status & STA_UNSYNC) != 0) {
    return Error{Code::Unavailable, "sntp_unsynchronised", {}, "adjtimex"};
  }
  const Duration unsure{state.maxerror};
  if (unsure > std::chrono::seconds{1}) {
    return Error{Code::Unavailable, "sntp_unsynchronised", {}, "adjtimex: maxerror"};
  }
  return ClockError{-unsure, unsure};
}

}  // namespace congvan::fetch
