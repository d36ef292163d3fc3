// SPDX-License-Identifier: Apache-2.0
#include "trust/validation/verdict.h"

namespace congvan::validation {

std::string_view name(Indication indication) {
  switch (indication) {
    case Indication::TotalPassed:
      return "TOTAL-PASSED";
    case Indication::TotalFailed:
      return "TOTAL-FAILED";
    case Indication::Indeterminate:
      return "INDETERMINATE";
  }
  return "INDETERMINATE";
}

std::string_view name(SubIndication sub_indication) {
  switch (sub_indication) {
    case SubIndication::FormatFailure:
      return "FORMAT_FAILURE";
    case SubIndication::HashFailure:
      return "HASH_FAILURE";
    case SubIndication::SigCryptoFailure:
      return "SIG_CRYPTO_FAILURE";
    case SubIndication::Revoked:
      return "REVOKED";
    case SubIndication::Expired:
      return "EXPIRED";
    case SubIndication::NotYetValid:
      return "NOT_YET_VALID";
    case SubIndication::SigConstraintsFailure:
      return "SIG_CONSTRAINTS_FAILURE";
    case SubIndication::ChainConstraintsFailure:
      return "CHAIN_CONSTRAINTS_FAILURE";
    case SubIndication::CertificateChainGeneralFailure:
      return "CERTIFICATE_CHAIN_GENERAL_FAILURE";
    case SubIndication::CryptoConstraintsFailure:
      return "CRYPTO_CONSTRAINTS_FAILURE";
    case SubIndication::CryptoConstraintsFailureNoPoe:
      return "CRYPTO_CONSTRAINTS_FAILURE_NO_POE";
    case SubIndication::PolicyProcessingError:
      return "POLICY_PROCESSING_ERROR";
    case SubIndication::TimestampOrderFailure:
      return "TIMESTAMP_ORDER_FAILURE";
    case SubIndication::NoSigningCertificateFound:
      return "NO_SIGNING_CERTIFICATE_FOUND";
    case SubIndication::NoCertificateChainFound:
      return "NO_CERTIFICATE_CHAIN_FOUND";
    case SubIndication::NoCertificateChainFoundNoPoe:
      return "NO_CERTIFICATE_CHAIN_FOUND_NO_POE";
    case SubIndication::RevokedNoPoe:
      return "REVOKED_NO_POE";
    case SubIndication::RevokedCaNoPoe:
      return "REVOKED_CA_NO_POE";
    case SubIndication::OutOfBoundsNoPoe:
      return "OUT_OF_BOUNDS_NO_POE";
    case SubIndication::OutOfBoundsNotRevoked:
      return "OUT_OF_BOUNDS_NOT_REVOKED";
    case SubIndication::RevocationOutOfBoundsNoPoe:
      return "REVOCATION_OUT_OF_BOUNDS_NO_POE";
    case SubIndication::NoPoe:
      return "NO_POE";
    case SubIndication::TryLater:
      return "TRY_LATER";
    case SubIndication::SignedDataNotFound:
      return "SIGNED_DATA_NOT_FOUND";
  }
  return "";
}

std::string_view name(Overall overall) {
  switch (overall) {
    case Overall::TotalPassed:
      return "TOTAL-PASSED";
    case Overall::TotalFailed:
      return "TOTAL-FAILED";
    case Overall::Indeterminate:
      return "INDETERMINATE";
    case Overall::NoSignature:
      return "NO-SIGNATURE";
    case Overall::Malformed:
      return "MALFORMED";
  }
  return "INDETERMINATE";
}

std::string_view name(DocumentState state) {
  switch (state) {
    case DocumentState::AsSigned:
      return "as-signed";
    case DocumentState::Extended:
      return "extended";
    case DocumentState::Modified:
      return "modified";
  }
  return "modified";
}

std::string_view name(CheckResult result) {
  switch (result) {
    case CheckResult::Pass:
      return "pass";
    case CheckResult::Warn:
      return "warn";
    case CheckResult::Fail:
      return "fail";
    case CheckResult::NotRun:
      return "not-run";
  }
  return "not-run";
}

std::string_view name(evidence::Format format) {
  switch (format) {
    case evidence::Format::None:
      return "none";
    case evidence::Format::Pades:
      return "pades";
    case evidence::Format::Cades:
      return "cades";
    case evidence::Format::Xades:
      return "xades";
    case evidence::Format::AsicE:
      return "asice";
    case evidence::Format::AsicS:
      return "asics";
  }
  return "none";
}

std::string_view name(evidence::ChangeKind kind) {
  switch (kind) {
    using evidence::ChangeKind;
    case ChangeKind::SignatureAdded:
      return "signature-added";
    case ChangeKind::SignatureDrawn:
      return "signature-drawn";
    case ChangeKind::DocumentTimestampAdded:
      return "document-timestamp-added";
    case ChangeKind::ValidationDataAdded:
      return "validation-data-added";
    case ChangeKind::FieldFilled:
      return "field-filled";
    case ChangeKind::EmptyFieldAdded:
      return "empty-field-added";
    case ChangeKind::AnnotationAdded:
      return "annotation-added";
    case ChangeKind::AnnotationChanged:
      return "annotation-changed";
    case ChangeKind::AnnotationRemoved:
      return "annotation-removed";
    case ChangeKind::MetadataChanged:
      return "metadata-changed";
    case ChangeKind::PageChanged:
      return "page-changed";
    case ChangeKind::PageAdded:
      return "page-added";
    case ChangeKind::PageRemoved:
      return "page-removed";
    case ChangeKind::CatalogChanged:
      return "catalog-changed";
    case ChangeKind::LockedFieldChanged:
      return "locked-field-changed";
    case ChangeKind::ObjectUndefined:
      return "object-undefined";
    case ChangeKind::SignatureRemoved:
      return "signature-removed";
    case ChangeKind::Unexplained:
      return "unexplained";
  }
  return "unexplained";
}

}  // namespace congvan::validation
