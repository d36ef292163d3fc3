// SPDX-License-Identifier: Apache-2.0
#include "tests/support/shell.h"
#include "trust/crypto/digest.h"
#include "trust/validation/verdict.h"

#include <gtest/gtest.h>

#include <algorithm>

/// Certificates, lists and signature values are openssl's (tests/data/validation/make_pki.sh):
/// `signer` is valid 2020-01-01 to 2022-01-01, `tsa` 2019 to 2030, `revoked-2021` revokes `signer`
/// as of 2021-03-01.
namespace congvan::validation {
namespace {

using evidence::ChangeKind;
using evidence::TimestampKind;

const test::TempFolder& pki() {
  static const test::TempFolder kFolder;
  static const auto kMade =
      test::mustRun(kFolder, "sh " CONGVAN_SOURCE_DIR "/tests/data/validation/make_pki.sh .");
  return kFolder;
}

Instant at(std::string_view text) {
  return *parseTime(text);
}

pki::Certificate certificate(const std::string& name) {
  return *pki::Certificate::parsePem(pki().text(name + ".pem"));
}

pki::Crl crl(const std::string& name) {
  return *pki::Crl::parseAny(pki().bytes(name + ".crl"));
}

evidence::SignerBlock signedBy(const std::string& name) {
  evidence::SignerBlock signer;
  const auto digest = pki().bytes("content.sha256");
  signer.digests = {{"message-digest", crypto::DigestAlgorithm::Sha256, digest, digest}};
  signer.signed_bytes = pki().bytes("content");
  signer.value = pki().bytes(name + ".sig");
  signer.algorithm = crypto::SignatureAlgorithm{crypto::Scheme::Ecdsa};
  signer.certificate = certificate(name);
  signer.references = {{crypto::DigestAlgorithm::Sha256, certificate(name).sha256(), {}, {}}};
  signer.certificates = {certificate(name)};
  return signer;
}

evidence::Signature signature(const std::string& name = "signer") {
  evidence::Signature made;
  made.id = "s1";
  made.covers = "whole-file";
  made.signer = signedBy(name);
  return made;
}

evidence::Timestamp stamped(std::string_view time,
                            TimestampKind kind = TimestampKind::Signature,
                            const std::string& by = "tsa") {
  evidence::Timestamp made;
  made.id = "t-" + std::string(time);
  made.kind = kind;
  made.time = at(time);
  made.signer = signedBy(by);
  made.imprint = made.signer.digests.front();
  made.covers = "whole-file";
  return made;
}

evidence::SignedFile fileWith(evidence::Signature one) {
  evidence::SignedFile file;
  file.format = evidence::Format::Cades;
  file.signatures.push_back(std::move(one));
  return file;
}

evidence::PdfFacts pdfFacts(std::int64_t reaches, std::size_t revision, std::size_t revisions) {
  evidence::PdfFacts facts;
  facts.field = "Signature" + std::to_string(revision);
  facts.subfilter = "ETSI.CAdES.detached";
  facts.byte_range = {0, 10, 20, reaches - 20};
  facts.revision = revision;
  facts.revisions = revisions;
  facts.covers_whole_file = revision == revisions;
  facts.later_changes.emplace();
  return facts;
}

Material trusting(const std::vector<std::string>& lists = {"clean-2021"}) {
  Material material;
  material.anchors = {certificate("root")};
  for (const auto& list : lists) material.crls.push_back(crl(list));
  return material;
}

const CheckLine& line(const std::vector<CheckLine>& checks, std::string_view name) {
  return *std::ranges::find(checks, name, &CheckLine::name);
}

struct Said {
  Indication indication;
  std::optional<SubIndication> sub_indication;
  bool operator==(const Said&) const = default;
};

void PrintTo(const Said& said, std::ostream* out) {
  *out << name(said.indication) << "/" << (said.sub_indication ? name(*said.sub_indication) : "");
}

Said said(const FileVerdict& verdict) {
  return {verdict.signatures.at(0).indication, verdict.signatures.at(0).sub_indication};
}

constexpr Said kPassed{Indication::TotalPassed, {}};
Said failedBy(SubIndication sub) {
  return {Indication::TotalFailed, sub};
}
Said openBy(SubIndication sub) {
  return {Indication::Indeterminate, sub};
}

const Instant kJune2021 = at("2021-06-15");

// ---- the plain case ----

TEST(Validate, PassesASoundSignature) {
  const auto verdict = validate(fileWith(signature()), trusting(), {}, kJune2021);
  EXPECT_EQ(said(verdict), kPassed);
  EXPECT_EQ(verdict.overall, Overall::TotalPassed);
  EXPECT_EQ(verdict.signatures[0].intact, true);
  EXPECT_EQ(verdict.signatures[0].level, "B-B");
  EXPECT_EQ(verdict.signatures[0].best_signature_time, std::nullopt);
  EXPECT_EQ(verdict.signatures[0].signer_subject, "CN=Nguyễn Văn A");
}

TEST(Validate, SaysNoSignatureWhenThereIsNone) {
  EXPECT_EQ(validate({}, trusting(), {}, kJune2021).overall, Overall::NoSignature);
}

// ---- format, certificate, value ----

TEST(Validate, FailsOnABrokenRuleOfTheFormat) {
  auto made = signature();
  made.signer.breaches = {"byte-range: overlaps"};
  const auto verdict = validate(fileWith(made), trusting(), {}, kJune2021);
  EXPECT_EQ(said(verdict), failedBy(SubIndication::FormatFailure));
  EXPECT_EQ(verdict.signatures[0].intact, true) << "the three questions are answered apart";
}

TEST(Validate, FailsOnOtherContent) {
  auto made = signature();
  made.signer.digests[0].computed[0] ^= 1U;
  const auto verdict = validate(fileWith(made), trusting(), {}, kJune2021);
  EXPECT_EQ(said(verdict), failedBy(SubIndication::HashFailure));
  EXPECT_EQ(verdict.signatures[0].intact, false);
  EXPECT_EQ(verdict.overall, Overall::TotalFailed);
}

TEST(Validate, IsUndecidedWithoutTheContent) {
  auto made = signature();
  made.signer.digests[0].computed.clear();
  const auto verdict = validate(fileWith(made), trusting(), {}, kJune2021);
  EXPECT_EQ(said(verdict), openBy(SubIndication::SignedDataNotFound));
  EXPECT_EQ(verdict.signatures[0].intact, std::nullopt);
}

TEST(Validate, FailsOnAValueByAnotherKey) {
  auto made = signature();
  made.signer.value = pki().bytes("other.sig");  // key substitution: same name, another key
  const auto verdict = validate(fileWith(made), trusting(), {}, kJune2021);
  EXPECT_EQ(said(verdict), failedBy(SubIndication::SigCryptoFailure));
}

TEST(Validate, NeverTakesACertificateThatTheSignerDidNotName) {
  auto made = signature();
  made.signer.certificate = certificate("other");
  made.signer.value = pki().bytes("other.sig");
  const auto verdict = validate(fileWith(made), trusting(), {}, kJune2021);
  EXPECT_EQ(said(verdict), openBy(SubIndication::NoSigningCertificateFound));
}

TEST(Validate, FindsTheCertificateOutsideTheFileByItsDigest) {
  auto made = signature();
  made.signer.certificate.reset();
  made.signer.certificates.clear();
  EXPECT_EQ(said(validate(fileWith(made), trusting(), {}, kJune2021)),
            openBy(SubIndication::NoSigningCertificateFound));
  auto material = trusting();
  material.certificates = {certificate("signer")};
  EXPECT_EQ(said(validate(fileWith(made), material, {}, kJune2021)), kPassed);
}

TEST(Validate, FindsTheCertificateOutsideTheFileByTheSignerIdentifier) {
  auto made = signature();
  const auto meant = certificate("signer");
  made.signer.certificate.reset();
  made.signer.certificates.clear();
  made.signer.references.clear();
  made.signer.identifier = {toBytes(meant.issuerDer()), meant.serialDer(), {}};
  auto material = trusting();
  material.certificates = {certificate("other"), meant};
  const auto verdict = validate(fileWith(made), material, {}, kJune2021);
  EXPECT_EQ(said(verdict), kPassed);
  EXPECT_EQ(verdict.signatures[0].level, "NOT-ADES");
}

TEST(Validate, IsUndecidedOnAnUnknownAlgorithm) {
  auto made = signature();
  made.signer.algorithm.reset();
  made.signer.algorithm_name = "1.2.3";
  EXPECT_EQ(said(validate(fileWith(made), trusting(), {}, kJune2021)),
            openBy(SubIndication::CryptoConstraintsFailureNoPoe));
}

// ---- trust ----

TEST(Validate, TrustsNobodyByItself) {
  EXPECT_EQ(said(validate(fileWith(signature()), {}, {}, kJune2021)),
            openBy(SubIndication::NoCertificateChainFound));
  auto material = trusting();
  material.anchors = {certificate("stranger")};
  EXPECT_EQ(said(validate(fileWith(signature()), material, {}, kJune2021)),
            openBy(SubIndication::NoCertificateChainFound));
}

TEST(Validate, RefusesAKeyThatIsNotMeantForSigning) {
  EXPECT_EQ(said(validate(fileWith(signature("sealer")), trusting(), {}, kJune2021)),
            openBy(SubIndication::ChainConstraintsFailure));
}

TEST(Validate, RefusesACertificateForOtherPurposesThanDocuments) {
  for (const auto* const by : {"tls", "tsa"}) {
    EXPECT_EQ(said(validate(fileWith(signature(by)), trusting(), {}, kJune2021)),
              openBy(SubIndication::ChainConstraintsFailure))
        << by;
    auto material = trusting();
    material.anchors = {certificate(by)};
    EXPECT_EQ(said(validate(fileWith(signature(by)), material, {}, kJune2021)), kPassed)
        << by << " is trusted directly";
  }
  EXPECT_EQ(said(validate(fileWith(signature("login")), trusting(), {}, kJune2021)), kPassed)
      << "one purpose that fits is enough";
}

TEST(Validate, ThePurposesOfAnAuthorityBindWhomItCertifies) {
  auto material = trusting();
  material.certificates = {certificate("servers")};
  const Policy policy{.revocation = pki::RevocationMode::Off};
  EXPECT_EQ(said(validate(fileWith(signature("guest")), material, policy, kJune2021)),
            openBy(SubIndication::ChainConstraintsFailure));
}

TEST(Validate, NotesAnotherSerialNumberBesideTheDigest) {
  auto made = signature();
  made.signer.references[0].serial_der = certificate("signer").serialDer();
  auto verdict = validate(fileWith(made), trusting(), {}, kJune2021);
  EXPECT_EQ(line(verdict.signatures[0].checks, "signing-certificate").result, CheckResult::Pass);
  made.signer.references[0].serial_der = certificate("other").serialDer();
  verdict = validate(fileWith(made), trusting(), {}, kJune2021);
  EXPECT_EQ(line(verdict.signatures[0].checks, "signing-certificate").result, CheckResult::Warn);
}

TEST(Validate, DemandsRevocationDataUnlessToldOtherwise) {
  const auto file = fileWith(signature());
  EXPECT_EQ(said(validate(file, trusting({}), {}, kJune2021)), openBy(SubIndication::TryLater));
  EXPECT_EQ(said(validate(file, trusting({"clean-2020"}), {}, kJune2021)),
            openBy(SubIndication::TryLater))
      << "too old";
  const Policy trying{.revocation = pki::RevocationMode::Try};
  const auto verdict = validate(file, trusting({}), trying, kJune2021);
  EXPECT_EQ(said(verdict), kPassed);
  EXPECT_EQ(line(verdict.signatures[0].checks, "revocation").result, CheckResult::Warn);
  const Policy off{.revocation = pki::RevocationMode::Off};
  EXPECT_EQ(said(validate(file, trusting({"revoked-2021"}), off, kJune2021)), kPassed);
}

TEST(Validate, AFoundRevocationCountsEvenWhenOnlyTried) {
  const Policy trying{.revocation = pki::RevocationMode::Try};
  EXPECT_EQ(said(validate(fileWith(signature()), trusting({"revoked-2021"}), trying, kJune2021)),
            openBy(SubIndication::RevokedNoPoe));
}

TEST(Validate, IsUndecidedWhileTheCertificateIsSuspended) {
  const auto held = trusting({"held-2021"});
  EXPECT_EQ(said(validate(fileWith(signature()), held, {}, kJune2021)),
            openBy(SubIndication::TryLater));
  // Made after the suspension began it is undecided, too: it may be released.
  auto late = signature();
  late.signer.claimed_time = at("2021-04-01");
  EXPECT_EQ(said(validate(fileWith(late), held, {}, kJune2021)), openBy(SubIndication::TryLater));
  auto before = signature();
  before.timestamps = {stamped("2021-02-01")};
  EXPECT_EQ(said(validate(fileWith(before), held, {}, kJune2021)), kPassed);
}

// ---- time ----

TEST(Validate, PassesARevokedCertificateWhenTheSignatureIsProvedOlder) {
  auto made = signature();
  made.timestamps = {stamped("2021-02-01")};
  const auto verdict = validate(fileWith(made), trusting({"revoked-2021"}), {}, kJune2021);
  EXPECT_EQ(said(verdict), kPassed);
  EXPECT_EQ(verdict.signatures[0].best_signature_time, at("2021-02-01"));
}

TEST(Validate, GivesTheLevelOfWhatTheFileCarriesNotOfWhatTheCallerAdds) {
  auto made = signature();
  made.timestamps = {stamped("2021-02-01")};
  auto file = fileWith(made);
  EXPECT_EQ(validate(file, trusting({"clean-2021"}), {}, kJune2021).signatures[0].level, "B-T");

  file.crls = {crl("clean-2021")};
  EXPECT_EQ(validate(file, trusting({}), {}, kJune2021).signatures[0].level, "B-LT")
      << "the list covers signer and authority";
  EXPECT_EQ(validate(file, trusting({"clean-2021"}), {}, kJune2021).signatures[0].level, "B-LT")
      << "the same list twice is one";
}

TEST(Validate, IsUndecidedWhenTheProofIsYoungerThanTheRevocation) {
  auto made = signature();
  made.timestamps = {stamped("2021-04-01")};
  EXPECT_EQ(said(validate(fileWith(made), trusting({"revoked-2021"}), {}, kJune2021)),
            openBy(SubIndication::RevokedNoPoe));
}

TEST(Validate, FailsWhenItWasMadeAfterTheRevocation) {
  auto by_claim = signature();
  by_claim.signer.claimed_time = at("2021-04-01");
  by_claim.timestamps = {stamped("2021-04-01")};
  EXPECT_EQ(said(validate(fileWith(by_claim), trusting({"revoked-2021"}), {}, kJune2021)),
            failedBy(SubIndication::Revoked));
  auto by_proof = signature();
  by_proof.timestamps = {stamped("2021-03-15", TimestampKind::Content)};
  EXPECT_EQ(said(validate(fileWith(by_proof), trusting({"revoked-2021"}), {}, kJune2021)),
            failedBy(SubIndication::Revoked));
}

TEST(Validate, PassesAnExpiredCertificateOnlyWithAProof) {
  const auto later = at("2025-06-15");
  EXPECT_EQ(said(validate(fileWith(signature()), trusting({"clean-2025"}), {}, later)),
            openBy(SubIndication::OutOfBoundsNoPoe));
  auto made = signature();
  made.timestamps = {stamped("2021-05-01")};
  EXPECT_EQ(said(validate(fileWith(made), trusting({"clean-2021", "clean-2025"}), {}, later)),
            kPassed);
}

TEST(Validate, SaysNoPoeWhenTheProofItselfHasLapsed) {
  auto made = signature();
  made.timestamps = {stamped("2021-05-01")};
  const Policy trying{.revocation = pki::RevocationMode::Try};
  EXPECT_EQ(said(validate(fileWith(made), trusting(), trying, at("2031-01-01"))),
            openBy(SubIndication::NoPoe));
}

TEST(Validate, FailsOnAProofOlderThanTheCertificate) {
  auto made = signature();
  made.timestamps = {stamped("2019-06-01")};
  EXPECT_EQ(said(validate(fileWith(made), trusting(), {}, kJune2021)),
            failedBy(SubIndication::NotYetValid));
}

TEST(Validate, FailsWhenContentWasStampedAfterExpiry) {
  auto made = signature();
  made.timestamps = {stamped("2025-01-01", TimestampKind::Content)};
  EXPECT_EQ(said(validate(fileWith(made), trusting({"clean-2025"}), {}, at("2025-06-15"))),
            failedBy(SubIndication::Expired));
}

TEST(Validate, IsUndecidedWhenTimestampsContradictEachOther) {
  auto made = signature();
  made.timestamps = {stamped("2021-05-01", TimestampKind::Content), stamped("2021-04-01")};
  EXPECT_EQ(said(validate(fileWith(made), trusting(), {}, kJune2021)),
            openBy(SubIndication::TimestampOrderFailure));
}

TEST(Validate, DoesNotRelyOnATimestampForOtherData) {
  auto made = signature();
  made.timestamps = {stamped("2021-02-01")};
  made.timestamps[0].imprint.computed[0] ^= 1U;
  const auto verdict = validate(fileWith(made), trusting({"revoked-2021"}), {}, kJune2021);
  EXPECT_EQ(said(verdict), openBy(SubIndication::RevokedNoPoe));
  EXPECT_EQ(verdict.signatures[0].level, "B-B");
}

TEST(Validate, DoesNotRelyOnATimestampByAKeyForSomethingElse) {
  for (const auto* const by : {"other", "lax", "mute", "busy", "stranger"}) {
    auto made = signature();
    made.timestamps = {stamped("2021-02-01", TimestampKind::Signature, by)};
    EXPECT_EQ(said(validate(fileWith(made), trusting({"revoked-2021"}), {}, kJune2021)),
              openBy(SubIndication::RevokedNoPoe))
        << by;
  }
}

TEST(Validate, DoesNotRelyOnATimestampFromTheFuture) {
  auto made = signature();
  made.timestamps = {stamped("2021-07-01")};
  const auto verdict = validate(fileWith(made), trusting(), {}, kJune2021);
  EXPECT_EQ(verdict.signatures[0].best_signature_time, std::nullopt);
}

// A stolen key of an authority makes tokens of any date; an archive time-stamp of an honest one
// vouches for what it covers, not for what was put beside it later.
TEST(Validate, AnArchiveTimestampProvesOnlyWhatItNames) {
  auto made = signature();
  made.timestamps = {stamped("2021-02-01", TimestampKind::Signature, "short"),
                     stamped("2021-05-01", TimestampKind::Archive)};
  const auto judge = [&] {
    const Policy trying{.revocation = pki::RevocationMode::Try};
    return validate(fileWith(made), trusting({"revoked-2021"}), trying, kJune2021);
  };
  EXPECT_EQ(said(judge()), openBy(SubIndication::RevokedNoPoe)) << "its authority has expired";
  made.timestamps[1].protects = {made.timestamps[0].id};
  EXPECT_EQ(said(judge()), kPassed);
  EXPECT_EQ(judge().signatures[0].best_signature_time, at("2021-02-01"));
}

TEST(Validate, AWeakImprintProvesNothing) {
  auto made = signature();
  made.timestamps = {stamped("2021-02-01")};
  const auto digest = crypto::digest(crypto::DigestAlgorithm::Sha1, pki().bytes("content"));
  made.timestamps[0].imprint = {"imprint", crypto::DigestAlgorithm::Sha1, digest, digest};
  const auto verdict = validate(fileWith(made), trusting({"revoked-2021"}), {}, kJune2021);
  EXPECT_EQ(said(verdict), openBy(SubIndication::RevokedNoPoe));
}

TEST(Validate, OldRevocationDataIssuedAfterTheTokenIsEnoughAndSaidSo) {
  evidence::SignedFile file;
  file.format = evidence::Format::Pades;
  file.timestamps = {stamped("2021-05-01", TimestampKind::Document)};
  file.pdf_timestamps = {pdfFacts(100, 1, 1)};
  const auto verdict = validate(file, trusting(), {}, at("2024-01-01"));
  ASSERT_EQ(verdict.timestamps.size(), 1U);
  EXPECT_EQ(verdict.timestamps[0].indication, Indication::TotalPassed);
  EXPECT_EQ(line(verdict.timestamps[0].checks, "revocation").result, CheckResult::Warn);
}

TEST(Validate, ALaterDocumentTimestampProvesAnEarlierRevision) {
  auto made = signature();
  made.pdf = pdfFacts(100, 1, 2);
  made.pdf->later_changes = {{{ChangeKind::DocumentTimestampAdded, "T", 2}}};
  auto file = fileWith(made);
  file.format = evidence::Format::Pades;
  file.timestamps = {stamped("2021-02-01", TimestampKind::Document)};
  file.pdf_timestamps = {pdfFacts(200, 2, 2)};
  const auto verdict = validate(file, trusting({"revoked-2021"}), {}, kJune2021);
  EXPECT_EQ(said(verdict), kPassed);
  EXPECT_EQ(verdict.signatures[0].best_signature_time, at("2021-02-01"));

  std::swap(file.pdf_timestamps[0], *file.signatures[0].pdf);  // now it stands before the signature
  EXPECT_EQ(said(validate(file, trusting({"revoked-2021"}), {}, kJune2021)),
            openBy(SubIndication::RevokedNoPoe));
}

TEST(Validate, BelievesAnOutsideTimestampAuthorityForTimestampsAlone) {
  auto made = signature();
  made.timestamps = {stamped("2021-02-01")};
  Material material;
  material.anchors = {certificate("signer")};
  EXPECT_EQ(validate(fileWith(made), material, {}, kJune2021).signatures[0].best_signature_time,
            std::nullopt);

  material.timestamp_anchors = {certificate("tsa")};
  const auto verdict = validate(fileWith(made), material, {}, kJune2021);
  EXPECT_EQ(said(verdict), kPassed);
  EXPECT_EQ(verdict.signatures[0].best_signature_time, at("2021-02-01"));

  material.anchors.clear();
  material.timestamp_anchors = {certificate("root")};
  EXPECT_EQ(said(validate(fileWith(made), material, {}, kJune2021)),
            openBy(SubIndication::NoCertificateChainFound));
}

// ---- algorithms ----

TEST(Validate, JudgesSha1ByDate) {
  auto made = signature("rsa");
  made.signer.value = pki().bytes("rsa-sha1.sig");
  made.signer.algorithm =
      crypto::SignatureAlgorithm{crypto::Scheme::RsaPkcs1, crypto::DigestAlgorithm::Sha1};
  auto verdict = validate(fileWith(made), trusting(), {}, kJune2021);
  EXPECT_EQ(said(verdict), openBy(SubIndication::CryptoConstraintsFailureNoPoe));
  EXPECT_EQ(verdict.signatures[0].intact, true) << "weak is not forged";

  made.timestamps = {stamped("2020-06-02")};
  EXPECT_EQ(said(validate(fileWith(made), trusting(), {}, kJune2021)),
            openBy(SubIndication::CryptoConstraintsFailure));

  EXPECT_EQ(said(validate(fileWith(signature("rsa")), trusting(), {}, kJune2021)).indication,
            Indication::TotalFailed)
      << "the value is RSA, the algorithm says ECDSA";
}

// ---- the document ----

TEST(Validate, AModifiedDocumentIsNeverPassed) {
  auto made = signature();
  made.pdf = pdfFacts(100, 1, 2);
  made.pdf->later_changes = {{{ChangeKind::PageChanged, "page 1: content", 2}}};
  for (const auto checks : {Checks::Full, Checks::Integrity}) {
    const auto verdict = validate(fileWith(made), trusting(), {.checks = checks}, kJune2021);
    EXPECT_EQ(said(verdict), failedBy(SubIndication::FormatFailure));
    EXPECT_EQ(verdict.signatures[0].document, DocumentState::Modified);
    EXPECT_EQ(verdict.signatures[0].intact, true);
    EXPECT_EQ(verdict.overall, Overall::TotalFailed);
  }
}

TEST(Validate, AnUnknownDocumentStateIsUndecided) {
  auto made = signature();
  made.pdf = pdfFacts(100, 1, 1);
  auto file = fileWith(made);
  file.damaged = true;
  const auto verdict = validate(file, trusting(), {}, kJune2021);
  EXPECT_EQ(said(verdict), openBy(SubIndication::SigConstraintsFailure));
  EXPECT_EQ(verdict.signatures[0].document, std::nullopt);
}

TEST(Validate, ABrokenDocumentTimestampFailsTheFile) {
  auto file = fileWith(signature());
  file.timestamps = {stamped("2021-02-01", TimestampKind::Document)};
  file.timestamps[0].imprint.computed[0] ^= 1U;
  file.pdf_timestamps = {pdfFacts(200, 2, 2)};
  EXPECT_EQ(validate(file, trusting(), {}, kJune2021).overall, Overall::TotalFailed);
}

// ---- integrity only ----

TEST(Validate, IntegrityLeavesTrustAndTimeOut) {
  auto made = signature();
  made.timestamps = {stamped("2021-02-01")};
  const auto verdict =
      validate(fileWith(made), {}, {.checks = Checks::Integrity}, at("2040-01-01"));
  EXPECT_EQ(said(verdict), kPassed);
  EXPECT_EQ(verdict.signatures[0].best_signature_time, std::nullopt) << "nothing is proved";
  EXPECT_EQ(line(verdict.signatures[0].checks, "path").result, CheckResult::NotRun);
  made.signer.digests[0].computed[0] ^= 1U;
  EXPECT_EQ(said(validate(fileWith(made), {}, {.checks = Checks::Integrity}, kJune2021)),
            failedBy(SubIndication::HashFailure));
}

// ---- several signatures ----

TEST(Validate, TheGravestSignatureDecides) {
  auto file = fileWith(signature());
  file.signatures.push_back(signature("sealer"));
  EXPECT_EQ(validate(file, trusting(), {}, kJune2021).overall, Overall::Indeterminate);
  file.signatures.push_back(signature());
  file.signatures.back().signer.value.clear();
  EXPECT_EQ(validate(file, trusting(), {}, kJune2021).overall, Overall::TotalFailed);
}

}  // namespace
}  // namespace congvan::validation
