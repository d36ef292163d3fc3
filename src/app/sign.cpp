// SPDX-License-Identifier: Apache-2.0
#include "trust/formats/cades/sign.h"

#include "app/files.h"
#include "app/options.h"
#include "app/sign.h"
#include "trust/crypto/software_key.h"
#include "trust/formats/pades/sign.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace congvan::app {
namespace {

constexpr std::size_t kSmallFile = 1U << 20U;  // certificates, keys, passphrases

const std::vector<Option>& signOptions() {
  static const std::vector<Option> kOptions{
      {"cert", "PEM", "chứng thư của người ký / certificate of the signer"},
      {"key", "PEM", "khóa bí mật / private key"},
      {"passphrase-file", "FILE", "tệp chứa mật khẩu của khóa / passphrase of the key"},
      {"chain", "PEM", "chứng thư trung gian kèm theo / certificates to embed (repeatable)"},
      {"format", "FORMAT", "pades | cades (pades)"},
      {"level", "LEVEL", "B-B | B-T (B-B, or B-T with --tsa)"},
      {"tsa", "URL", "máy chủ cấp dấu thời gian / time-stamping authority"},
      {"field", "NAME", "trường chữ ký trong PDF / signature field of the PDF (a free new name)"},
      {"reason", "TEXT", "lý do ký / reason"},
      {"location", "TEXT", "nơi ký / location"},
      {"out", "FILE", "tệp kết quả / result (FILE.signed.pdf, FILE.p7s)"},
      {"help", "", "trợ giúp / this help"},
  };
  return kOptions;
}

enum class Format { Pades, Cades };

struct Job {
  std::filesystem::path input;
  std::filesystem::path output;
  Format format = Format::Pades;
  std::string tsa;  ///< empty: level B-B
};

Error usage(std::string reason, std::string option, std::string value = {}) {
  return {Code::Malformed,
          std::move(reason),
          {{"option", std::move(option)}, {"value", std::move(value)}}};
}

Result<Format> formatOf(const Options& options) {
  const auto text = options.valueOr("format", "pades");
  if (text == "pades") return Format::Pades;
  if (text == "cades") return Format::Cades;
  if (text == "xades" || text == "asice") return usage("format_not_built", "--format", text);
  return usage("usage_value_wrong", "--format", text);
}

Result<> checkLevel(const Options& options) {
  const auto level = options.valueOr("level", options.has("tsa") ? "B-T" : "B-B");
  if (level == "B-LT" || level == "B-LTA") return usage("level_not_built", "--level", level);
  if (level != "B-B" && level != "B-T") return usage("usage_value_wrong", "--level", level);
  if (level == "B-T" && !options.has("tsa")) return usage("usage_option_missing", "--tsa");
  if (level == "B-B" && options.has("tsa")) return usage("usage_value_wrong", "--level", level);
  return kDone;
}

std::filesystem::path outputOf(const Options& options,
                               const std::filesystem::path& input,
                               Format format) {
  if (const auto given = options.value("out")) return *given;
  auto output = input;
  if (format == Format::Cades) return output += ".p7s";
  return output.replace_extension(".signed.pdf");
}

Result<Job> jobOf(const Options& options) {
  if (options.positionals().size() != 1) return usage("usage_one_file", "FILE");
  for (const auto* needed : {"cert", "key"}) {
    if (!options.has(needed)) return usage("usage_option_missing", std::string("--") + needed);
  }
  const auto format = formatOf(options);
  if (!format) return format.error();
  const auto level = checkLevel(options);
  if (!level) return level.error();
  Job job;
  job.input = options.positionals().front();
  job.format = *format;
  job.output = outputOf(options, job.input, job.format);
  job.tsa = options.valueOr("tsa", "");
  std::error_code ignored;
  if (std::filesystem::equivalent(job.input, job.output, ignored)) {
    return usage("output_is_input", "--out", job.output.string());
  }
  return job;
}

Error naming(Error error, const std::string& path) {
  error.params.push_back({"file", path});
  return error;
}

/// What is at `path` without the line end that editors add. Wiped when it is let go.
Result<crypto::SecretBytes> readPassphrase(const Options& options) {
  const auto path = options.value("passphrase-file");
  if (!path) return crypto::SecretBytes{};
  const auto file = MappedFile::open(*path);
  if (!file) return file.error();
  auto text = asText(file->bytes());
  if (text.size() > kSmallFile) return Error{Code::TooLarge, "input_too_large", {{"file", *path}}};
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  return crypto::SecretBytes(text);
}

/// The key is read from the mapping, so that no copy of the file stays behind in memory.
Result<crypto::SoftwareKey> readKey(const Options& options) {
  const auto path = options.valueOr("key", "");
  const auto file = MappedFile::open(path);
  if (!file) return file.error();
  if (file->bytes().size() > kSmallFile) {
    return Error{Code::TooLarge, "input_too_large", {{"file", path}}};
  }
  const auto passphrase = readPassphrase(options);
  if (!passphrase) return passphrase.error();
  auto key = crypto::SoftwareKey::fromPem(asText(file->bytes()), *passphrase);
  if (!key) return naming(key.error(), path);
  return key;
}

Result<std::vector<pki::Certificate>> readBundle(const std::string& path) {
  const auto file = readFile(path, kSmallFile);
  if (!file) return file.error();
  auto bundle = pki::Certificate::parsePemBundle(asText(*file));
  if (!bundle) return naming(bundle.error(), path);
  return bundle;
}

/// The signer's certificate first, then each other one once.
Result<std::vector<pki::Certificate>> readCertificates(const Options& options) {
  auto all = readBundle(options.valueOr("cert", ""));
  if (!all) return all;
  for (const auto& path : options.values("chain")) {
    const auto more = readBundle(path);
    if (!more) return more.error();
    for (const auto& certificate : *more) {
      if (std::ranges::find(*all, certificate) == all->end()) all->push_back(certificate);
    }
  }
  return all;
}

Result<> checkSigner(const pki::Certificate& certificate,
                     const crypto::SoftwareKey& key,
                     Instant now) {
  const std::vector<Param> who{{"subject", certificate.subject()},
                               {"from", formatVietnam(certificate.notBefore())},
                               {"until", formatVietnam(certificate.notAfter())}};
  if (key.publicKey().spki() != certificate.publicKey().spki()) {
    return Error{Code::RuleRefused, "key_not_of_certificate", who};
  }
  if (now < certificate.notBefore())
    return Error{Code::RuleRefused, "certificate_not_yet_valid", who};
  if (!certificate.validAt(now)) return Error{Code::RuleRefused, "certificate_expired", who};
  const bool signs = certificate.keyUsage(pki::KeyUsage::DigitalSignature) ||
                     certificate.keyUsage(pki::KeyUsage::NonRepudiation);
  if ((certificate.hasKeyUsage() && !signs) || !certificate.maySignDocuments()) {
    return Error{Code::RuleRefused, "certificate_not_for_signing", who};
  }
  return kDone;
}

/// `Signature1`, or the next number that no field has.
Result<std::string> fieldName(const Options& options, BytesView file) {
  if (const auto given = options.value("field")) return *given;
  const auto taken = pades::fields(file);
  if (!taken) return taken.error();
  for (int number = 1;; ++number) {
    auto name = fmt::format("Signature{}", number);
    const auto same = [&name](const pades::FieldState& field) { return field.name == name; };
    if (std::ranges::none_of(*taken, same)) return name;
  }
}

struct Signing {
  BytesView file;
  const std::vector<pki::Certificate>& certificates;
  const crypto::SoftwareKey& key;
  Instant now;
  timestamp::Source* source;
};

Result<Bytes> signPades(const Options& options, const Signing& with) {
  const auto field = fieldName(options, with.file);
  if (!field) return field.error();
  pades::SignOptions pades;
  pades.field = *field;
  pades.signer_name = with.certificates.front().commonName();
  pades.reason = options.valueOr("reason", "");
  pades.location = options.valueOr("location", "");
  pades.signing_time = with.now;
  pades.chain.assign(with.certificates.begin() + 1, with.certificates.end());
  return pades::sign(with.file, with.certificates.front(), with.key, pades, with.source);
}

Result<Bytes> signCades(const Signing& with) {
  cades::SignOptions cades;
  cades.algorithm = with.key.algorithm();
  cades.signing_time = with.now;
  cades.chain.assign(with.certificates.begin() + 1, with.certificates.end());
  const auto digest = crypto::digest(cades.algorithm.digest, with.file);
  return cades::sign(digest, with.certificates.front(), with.key, cades, with.source);
}

Result<> signFile(const Options& options, const Job& job, timestamp::Source* source) {
  const auto certificates = readCertificates(options);
  if (!certificates) return certificates.error();
  const auto key = readKey(options);
  if (!key) return key.error();
  const auto now = SystemClock().now();
  const auto fit = checkSigner(certificates->front(), *key, now);
  if (!fit) return fit;
  const auto file = MappedFile::open(job.input);
  if (!file) return file.error();

  const Signing with{file->bytes(), *certificates, *key, now, source};
  const auto made = job.format == Format::Pades ? signPades(options, with) : signCades(with);
  if (!made) return made.error();
  // A PDF is the file as it was and the revision after it; a CAdES signature stands by itself.
  const auto before = job.format == Format::Pades ? file->bytes() : BytesView{};
  return writeFile(job.output, {before, *made});
}

Exit exitOf(const Error& error) {
  constexpr std::string_view kUsage[] = {"format_not_built", "level_not_built", "output_is_input"};
  const bool usage_error = error.reason.starts_with("usage_") ||
                           std::ranges::find(kUsage, error.reason) != std::end(kUsage);
  if (usage_error) return complain(error, Exit::Usage);
  if (error.reason == "output_unwritable") return complain(error, Exit::OutputUnwritable);
  if (error.reason == "key_passphrase_wrong") return complain(error, Exit::NotAllowed);
  if (error.reason == "field_exists" || error.reason == "page_missing") {
    return complain(error, Exit::NotAllowed);
  }
  return complain(error);
}

}  // namespace

Exit signCommand(const Arguments& arguments, const TimestampSources& sources) {
  const auto options = Options::parseWithWords(arguments, signOptions());
  if (!options) return complain(options.error(), Exit::Usage);
  if (options->has("help")) {
    fmt::print("Usage: congvan sign FILE --cert PEM --key PEM [OPTIONS]\n\n{}",
               helpText(signOptions()));
    return Exit::Good;
  }
  const auto job = jobOf(*options);
  if (!job) return exitOf(job.error());
  std::unique_ptr<timestamp::Source> source;
  if (!job->tsa.empty()) {
    auto found = sources(job->tsa);
    if (!found) return complain(found.error());
    source = std::move(*found);
  }
  const auto done = signFile(*options, *job, source.get());
  if (!done) return exitOf(done.error());
  fmt::print("đã ký / signed: {}\n", job->output.string());
  return Exit::Good;
}

}  // namespace congvan::app
