// SPDX-License-Identifier: Apache-2.0
#include "edge/fetch/reply_parser.h"

#include <algorithm>
#include <charconv>

namespace congvan::fetch {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string lowered(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), lower);
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
    text.remove_suffix(1);
  return text;
}

std::optional<std::size_t> number(std::string_view text, int base) {
  std::size_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (text.empty() || failure != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return value;
}

// Takes one line off the front; nullopt when its end has not arrived.
std::optional<std::string_view> line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  std::string_view found = text.substr(0, end);
  if (!found.empty() && found.back() == '\r') found.remove_suffix(1);
  text.remove_prefix(end + 1);
  return found;
}

std::optional<int> statusOf(std::string_view first) {
  if (!first.starts_with("HTTP/1.") || first.size() < 12 || first[8] != ' ') return std::nullopt;
  const auto status = number(first.substr(9, 3), 10);
  if (!status || *status < 100 || *status > 599 || (first.size() > 12 && first[12] != ' '))
    return std::nullopt;
  return static_cast<int>(*status);
}

// Octets of the head with its empty line; 0: not all here yet.
std::size_t headBytes(std::string_view text) {
  std::string_view rest = text;
  while (const auto next = line(rest)) {
    if (next->empty()) return text.size() - rest.size();
  }
  return 0;
}

}  // namespace

std::string Reply::contentType() const {
  const auto found = headers.find("content-type");
  if (found == headers.end()) return {};
  return lowered(trimmed(std::string_view(found->second).substr(0, found->second.find(';'))));
}

ReplyParser::State ReplyParser::feed(BytesView bytes) {
  if (state_ != State::More) return state_;
  append(buffer_, bytes);
  return state_ = advance();
}

ReplyParser::State ReplyParser::close() {
  if (state_ != State::More) return state_;
  return state_ = head_read_ && body_ == Body::ToTheEnd ? State::Done : State::Malformed;
}

ReplyParser::State ReplyParser::advance() {
  while (!head_read_) {
    const State head = readHead();
    if (head != State::Done) return head;
    // An interim response (1xx) has no body and is followed by the real one.
    if (reply_.status < 200)
      reply_ = {};
    else
      head_read_ = true;
  }
  return body_ == Body::Chunked ? readChunks() : readBody();
}

ReplyParser::State ReplyParser::readHead() {
  const std::size_t size = headBytes(asText(buffer_));
  if (size == 0) return buffer_.size() > kHeadBytesMax ? State::TooLarge : State::More;
  if (size > kHeadBytesMax) return State::TooLarge;
  std::string_view text = asText(buffer_).substr(0, size);
  const auto status = statusOf(line(text).value_or(std::string_view{}));
  if (!status || !readHeaderLines(text)) return State::Malformed;
  reply_.status = *status;
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(size));
  if (reply_.status < 200) return State::Done;
  if (!chooseBody()) return State::Malformed;
  return wanted_ > body_bytes_max_ ? State::TooLarge : State::Done;
}

bool ReplyParser::readHeaderLines(std::string_view lines) {
  while (const auto next = line(lines)) {
    if (next->empty()) return true;
    const std::size_t colon = next->find(':');
    if (colon == std::string_view::npos || colon == 0 || next->front() == ' ' ||
        next->front() == '\t')
      return false;
    auto& value = reply_.headers[lowered(next->substr(0, colon))];
    if (!value.empty()) value += ", ";
    value += trimmed(next->substr(colon + 1));
  }
  return false;
}

bool ReplyParser::chooseBody() {
  const auto length = reply_.headers.find("content-length");
  const auto coding = reply_.headers.find("transfer-encoding");
  if (coding != reply_.headers.end()) {
    // RFC 9112 6.3: both together are how responses are smuggled.
    if (length != reply_.headers.end() || lowered(coding->second) != "chunked") return false;
    body_ = Body::Chunked;
    return true;
  }
  if (length == reply_.headers.end()) {
    body_ = reply_.status == 204 || reply_.status == 304 ? Body::Counted : Body::ToTheEnd;
    return true;
  }
  const auto count = number(length->second, 10);
  if (!count) return false;
  body_ = Body::Counted;
  wanted_ = *count;
  return true;
}

bool ReplyParser::takeBody(std::size_t count) {
  const std::size_t now = std::min(count, buffer_.size());
  if (reply_.body.size() + now > body_bytes_max_) return false;
  append(reply_.body, BytesView(buffer_).first(now));
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(now));
  return true;
}

ReplyParser::State ReplyParser::readBody() {
  if (body_ == Body::ToTheEnd) return takeBody(buffer_.size()) ? State::More : State::TooLarge;
  if (!takeBody(wanted_ - reply_.body.size())) return State::TooLarge;
  return reply_.body.size() == wanted_ ? State::Done : State::More;
}

ReplyParser::State ReplyParser::readChunks() {
  for (;;) {
    if (in_chunk_) {
      if (reply_.body.size() + wanted_ > body_bytes_max_) return State::TooLarge;
      const std::size_t before = reply_.body.size();
      takeBody(wanted_);
      wanted_ -= reply_.body.size() - before;
      if (wanted_ != 0) return State::More;
    }
    std::string_view text = asText(buffer_);
    const auto next = line(text);
    if (!next) return buffer_.size() > kHeadBytesMax ? State::TooLarge : State::More;
    const std::string found(*next);
    buffer_.erase(buffer_.begin(), buffer_.end() - static_cast<std::ptrdiff_t>(text.size()));
    if (in_trailer_) {
      if (found.empty()) return State::Done;
      continue;
    }
    if (in_chunk_) {
      if (!found.empty()) return State::Malformed;
      in_chunk_ = false;
      continue;
    }
    const auto size = number(trimmed(std::string_view(found).substr(0, found.find(';'))), 16);
    if (!size) return State::Malformed;
    wanted_ = *size;
    in_trailer_ = *size == 0;
    in_chunk_ = !in_trailer_;
  }
}

}  // namespace congvan::fetch
