// SPDX-License-Identifier: Apache-2.0
#include "trust/pdf/catalog_diff.h"

#include "trust/pdf/structure_text.h"
#include "trust/pdf/validation_store.h"
#include "trust/pdf/values.h"

namespace congvan::pdf {
namespace {

bool isSimple(QPDFObjectHandle value) {
  return value.isNull() || value.isString() || value.isName() || value.isNumber() || value.isBool();
}

/// Where the first element of an XML text begins, behind declarations and comments.
std::size_t firstElement(std::string_view text) {
  auto at = text.find('<');
  while (at != std::string_view::npos &&
         (text.substr(at, 2) == "<?" || text.substr(at, 4) == "<!--")) {
    const bool comment = text[at + 1] == '!';
    at = text.find(comment ? "-->" : "?>", at);
    if (at != std::string_view::npos) at = text.find('<', at);
  }
  return at;
}

/// An XMP packet (ISO 16684-1) as far as can be told without an XML parser, which this room does
/// not have: the first element is one of its two roots, and no document type is declared.
bool isXmp(QPDFObjectHandle metadata) {
  if (!metadata.isStream()) return false;
  const auto data = metadata.getStreamData(qpdf_dl_generalized);
  const auto text = asText(BytesView(data->getBuffer(), data->getSize()));
  if (text.find("<!DOCTYPE") != std::string_view::npos) return false;
  const auto at = firstElement(text);
  if (at == std::string_view::npos) return false;
  const auto root = text.substr(at);
  return root.starts_with("<x:xmpmeta") || root.starts_with("<x:xapmeta") ||
         root.starts_with("<rdf:RDF");
}

}  // namespace

void CatalogDiff::compareTrailers(QPDFObjectHandle before, QPDFObjectHandle after) {
  static const KeySet kStructural{"/Size",
                                  "/Prev",
                                  "/XRefStm",
                                  "/ID",
                                  "/W",
                                  "/Index",
                                  "/Filter",
                                  "/DecodeParms",
                                  "/Length",
                                  "/Type",
                                  "/Root",
                                  "/Info"};
  for (const auto& key : keysOfBoth(before, after)) {
    if (!kStructural.contains(key) && !sameValue(before.getKey(key), after.getKey(key))) {
      findings_.say(ChangeKind::Unexplained, "trailer: " + key);
    }
  }
  compareInfo(before.getKey("/Info"), after.getKey("/Info"));
  compareCatalogs(before.getKey("/Root"), after.getKey("/Root"));
}

/// Only plain values are metadata: a dictionary here could be a page's resources at the same time.
void CatalogDiff::compareInfo(QPDFObjectHandle before, QPDFObjectHandle after) {
  if (sameValue(before, after) && !findings_.isChanged(after)) return;
  findings_.explain(after);
  for (const auto& key : keysOfBoth(before, after)) {
    auto value = valueAt(after, key);
    if (sameValue(valueAt(before, key), value)) continue;
    if (isSimple(value)) {
      findings_.say(ChangeKind::MetadataChanged, "document information");
    } else {
      findings_.say(ChangeKind::Unexplained, "document information: " + key);
    }
  }
}

void CatalogDiff::compareCatalogs(QPDFObjectHandle before, QPDFObjectHandle after) {
  const bool replaced = before.getObjGen() != after.getObjGen();
  if (replaced && !findings_.isAdded(after)) {
    findings_.say(ChangeKind::Unexplained, "catalog: an older object");
  }
  findings_.explain(after.getObjGen());
  for (const auto& key : keysOfBoth(before, after)) {
    compareEntry(key, valueAt(before, key), valueAt(after, key));
  }
}

void CatalogDiff::compareEntry(const std::string& key,
                               QPDFObjectHandle before,
                               QPDFObjectHandle after) {
  if (key == "/AcroForm") {
    form_.compare(before, after);
  } else if (key == "/DSS") {
    compareValidationData(before, after);
  } else if (key == "/Metadata") {
    compareMetadata(before, after);
  } else if (key == "/Perms") {
    comparePermissions(before, after);
  } else if (key == "/Extensions" || key == "/Version") {
    findings_.explainBelow(after);  // says which features are used; shows nothing
  } else if (key == "/Pages") {
    tree_replaced_ = !after.isIndirect() || before.getObjGen() != after.getObjGen();
  } else if (key == "/StructTreeRoot") {
    compareStructure(before, after);
  } else if (!sameValue(before, after)) {
    findings_.say(ChangeKind::CatalogChanged, "catalog: " + key);
  }
}

void CatalogDiff::compareStructure(QPDFObjectHandle before, QPDFObjectHandle after) {
  if (sameValue(before, after)) return;
  findings_.explain(after);
  if (!before.isNull() && saysOtherText(before, after)) {
    return findings_.say(ChangeKind::CatalogChanged, "catalog: /StructTreeRoot");
  }
  findings_.say(ChangeKind::MetadataChanged, "structure tree");
}

void CatalogDiff::compareMetadata(QPDFObjectHandle before, QPDFObjectHandle after) {
  if (sameValue(before, after) && !findings_.isChanged(after)) return;
  findings_.explainBelow(after);
  if (isXmp(after)) return findings_.say(ChangeKind::MetadataChanged, "metadata");
  findings_.say(ChangeKind::CatalogChanged, "catalog: /Metadata that is no XMP");
}

/// Certifying adds /DocMDP, which the signature speaks of itself; what stands there stays.
void CatalogDiff::comparePermissions(QPDFObjectHandle before, QPDFObjectHandle after) {
  for (const auto& key : keysOfBoth(before, after)) {
    auto old_value = valueAt(before, key);
    if (key == "/DocMDP" && old_value.isNull()) continue;
    if (!sameValue(old_value, valueAt(after, key))) {
      findings_.say(ChangeKind::CatalogChanged, "catalog: /Perms " + key);
    }
  }
  findings_.explain(after);
}

void CatalogDiff::compareValidationData(QPDFObjectHandle before, QPDFObjectHandle after) {
  const auto ticked = findings_.explainedCount();
  findings_.explainBelow(after);
  if (findings_.explainedCount() == ticked && sameValue(before, after)) return;
  if (!isValidationStore(after)) {
    findings_.say(ChangeKind::Unexplained, "validation data: not of the form of a /DSS");
  } else if (onlyTakesAway(before, after)) {
    findings_.say(ChangeKind::Unexplained, "validation data: some was taken away");
  } else {
    findings_.say(ChangeKind::ValidationDataAdded, "validation data");
  }
}

}  // namespace congvan::pdf
