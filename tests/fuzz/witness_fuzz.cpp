// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/property.h"
#include "trust/tlog/witness.h"

namespace congvan::tlog {
namespace {

using fuzz::require;

const NoteKey& fuzzLog() {
  static const auto kKey =
      *NoteKey::fromSeed("log.example", crypto::SecretBytes(BytesView(Bytes(32, 9))));
  return kKey;
}

void checkRequest(std::string_view input) {
  const auto request = parseAddCheckpoint(input);
  const auto submission = openSubmission(input, {fuzzLog().verifier()});
  if (!request) {
    require(!submission, "what cannot be read is nobody's");
    return;
  }
  require(addCheckpointText(*request) == input, "a request has one spelling");
  if (submission) require(submission->checkpoint.origin == "log.example", "it is of that log");
}

/// A witness that is asked by a log it knows: whatever the proof, only growth is cosigned.
void checkProof(std::string_view input) {
  auto request = parseAddCheckpoint(input);
  if (!request) return;
  const auto checkpoint = parseCheckpoint(parseNote(request->checkpoint)->text);
  require(bool(checkpoint), "a request holds a checkpoint");
  request->checkpoint = signCheckpoint({"log.example", checkpoint->head, {}}, fuzzLog());
  const auto submission = openSubmission(addCheckpointText(*request), {fuzzLog().verifier()});
  require(bool(submission) == (request->old_size <= checkpoint->head.size),
          "signed, so it is taken");
  if (!submission) return;
  const auto before = sha256(asBytes("what was there before"));
  const bool cosigned = bool(continuesFrom({request->old_size, before}, *submission));
  require(!cosigned || request->old_size == 0, "nothing leads from a root that nobody can know");
}

void checkAnswers(std::string_view input) {
  const auto lines = parseSignatureLines(input);
  require(!lines || signatureLines(*lines) == input, "signature lines have one spelling");
  const auto size = parseSizeAnswer(input);
  require(!size || std::to_string(*size) + "\n" == input, "a size has one spelling");
}

}  // namespace
}  // namespace congvan::tlog

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = congvan::asText({data, size});
  congvan::tlog::checkRequest(text);
  congvan::tlog::checkProof(text);
  congvan::tlog::checkAnswers(text);
  return 0;
}
