// SPDX-License-Identifier: Apache-2.0
#include "trust/pdf/signatures.h"

#include "trust/pdf/locks.h"
#include "trust/pdf/open.h"
#include "trust/pdf/scan.h"

#include <algorithm>
#include <set>

namespace congvan::pdf {
namespace {

constexpr std::size_t kFieldsMost = 100'000;
constexpr std::size_t kFieldDepthMost = 64;
constexpr int kRangesMost = 64;
constexpr int kValidationItemsMost = 4096;
constexpr std::size_t kValidationBytesMost = 64U << 20U;

std::string nameValue(QPDFObjectHandle value) {
  return value.isName() ? value.getName().substr(1) : std::string();
}

std::string textValue(QPDFObjectHandle value) {
  return value.isString() ? value.getUTF8Value() : std::string();
}

void readByteRange(QPDFObjectHandle value, SignatureDictionary& into) {
  if (!value.isArray()) {
    into.breaches.push_back("byte-range-missing: no /ByteRange array");
    return;
  }
  const auto count = value.getArrayNItems();
  if (count > kRangesMost) {
    into.breaches.push_back("byte-range-form: " + std::to_string(count) + " numbers");
    return;
  }
  for (int i = 0; i < count; ++i) {
    auto number = value.getArrayItem(i);
    if (!number.isInteger()) {
      into.breaches.push_back("byte-range-form: not a whole number");
      into.byte_range.clear();
      return;
    }
    into.byte_range.push_back(number.getIntValue());
  }
}

class FieldReader {
 public:
  FieldReader(BytesView file, std::size_t most, FoundSignatures& found)
      : file_(file), most_(most), found_(found) {}

  /// False: a bound was passed.
  bool read(QPDFObjectHandle form) {
    auto fields = form.getKey("/Fields");
    for (int i = 0; fields.isArray() && i < fields.getArrayNItems(); ++i) {
      if (!visit(fields.getArrayItem(i), {}, 0)) return false;
    }
    return true;
  }

 private:
  /// What a field takes over from the one above it.
  struct Inherited {
    std::string name;
    std::string type;
    QPDFObjectHandle value = QPDFObjectHandle::newNull();
    QPDFObjectHandle lock = QPDFObjectHandle::newNull();
  };

  bool visit(QPDFObjectHandle field, Inherited from, std::size_t depth) {
    if (!field.isDictionary()) return true;
    if (depth > kFieldDepthMost || ++visited_ > kFieldsMost) return false;
    if (field.isIndirect() && !seen_.insert(field.getObjGen()).second) return true;
    if (field.hasKey("/T")) {
      from.name += (from.name.empty() ? "" : ".") + textValue(field.getKey("/T"));
    }
    if (const auto type = nameValue(field.getKey("/FT")); !type.empty()) from.type = type;
    if (field.hasKey("/V")) from.value = field.getKey("/V");
    if (field.hasKey("/Lock")) from.lock = field.getKey("/Lock");
    if (from.type == "Sig" && from.value.isDictionary() && !readSignature(from)) return false;
    auto kids = field.getKey("/Kids");
    for (int i = 0; kids.isArray() && i < kids.getArrayNItems(); ++i) {
      if (!visit(kids.getArrayItem(i), from, depth + 1)) return false;
    }
    return true;
  }

  bool readSignature(const Inherited& from) {
    auto value = from.value;
    const auto id = value.getObjGen();
    // Several fields, or widgets of one field, may share one signature.
    if (value.isIndirect() && !signatures_.insert(id).second) return true;
    if (!value.isIndirect() && !direct_.insert(value.getParsedOffset()).second) return true;
    if (found_.signatures.size() >= most_) return false;
    SignatureDictionary one;
    one.field = from.name;
    one.object = value.isIndirect() ? id.getObj() : 0;
    one.generation = value.isIndirect() ? id.getGen() : 0;
    readDictionary(value, one);
    if (auto lock = from.lock; !lock.isNull()) {
      one.lock_level = lockLevelOf(lock);
      one.locks.push_back(lockOf(lock));
    }
    locate(value, one);
    found_.signatures.push_back(std::move(one));
    return true;
  }

  static void readDictionary(QPDFObjectHandle value, SignatureDictionary& one) {
    one.filter = nameValue(value.getKey("/Filter"));
    one.subfilter = nameValue(value.getKey("/SubFilter"));
    const auto type = nameValue(value.getKey("/Type"));
    one.is_timestamp = type == "DocTimeStamp" || one.subfilter == "ETSI.RFC3161";
    if (!type.empty() && type != "Sig" && type != "DocTimeStamp") {
      one.breaches.push_back("signature-type: /Type /" + type);
    }
    auto contents = value.getKey("/Contents");
    if (contents.isString()) {
      one.contents = toBytes(contents.getStringValue());
    } else {
      one.breaches.push_back("contents-missing: no /Contents string");
    }
    auto certificate = value.getKey("/Cert");
    if (certificate.isArray() && certificate.getArrayNItems() > 0) {
      certificate = certificate.getArrayItem(0);
    }
    if (certificate.isString()) one.certificate = certificate.getStringValue();
    one.name = textValue(value.getKey("/Name"));
    one.reason = textValue(value.getKey("/Reason"));
    one.location = textValue(value.getKey("/Location"));
    one.time = textValue(value.getKey("/M"));
    readByteRange(value.getKey("/ByteRange"), one);
    auto prohibited = prohibitionsOf(value);
    one.doc_mdp = prohibited.doc_mdp;
    one.locks = std::move(prohibited.locks);
  }

  /// Finds the bytes of /Contents, and refuses a dictionary that could be read in two ways.
  void locate(QPDFObjectHandle value, SignatureDictionary& one) {
    const auto offset = value.getParsedOffset();
    if (offset < 0) return;
    const auto entries = dictionaryAt(file_, static_cast<std::size_t>(offset));
    if (!entries) return;
    std::set<std::string> keys;
    for (const auto& entry : *entries) {
      if (!keys.insert(entry.key).second) {
        one.breaches.push_back("duplicate-key: " + entry.key);
      }
      if (entry.key != "/Contents") continue;
      Scanner scanner(file_, entry.begin);
      const auto token = scanner.next();
      if (token.kind != TokenKind::HexString) {
        one.breaches.push_back("contents-not-hex: /Contents is not one hexadecimal string");
        continue;
      }
      one.contents_at = token.begin;
      one.contents_end = token.end;
    }
  }

  BytesView file_;
  std::size_t most_;
  FoundSignatures& found_;
  std::size_t visited_ = 0;
  std::set<QPDFObjGen> seen_;
  std::set<QPDFObjGen> signatures_;
  std::set<qpdf_offset_t> direct_;
};

class ValidationDataReader {
 public:
  explicit ValidationDataReader(FoundSignatures& found) : found_(found) {}

  void read(QPDFObjectHandle store) {
    if (!store.isDictionary()) return;
    auto& data = found_.validation_data;
    readArray(store.getKey("/Certs"), data.certificates);
    readArray(store.getKey("/CRLs"), data.crls);
    readArray(store.getKey("/OCSPs"), data.ocsp_responses);
    auto related = store.getKey("/VRI");
    if (!related.isDictionary()) return;
    for (auto& [key, entry] : related.getDictAsMap()) {
      if (!entry.isDictionary()) continue;
      readArray(entry.getKey("/Cert"), data.certificates);
      readArray(entry.getKey("/CRL"), data.crls);
      readArray(entry.getKey("/OCSP"), data.ocsp_responses);
    }
  }

 private:
  void readArray(QPDFObjectHandle array, std::vector<Bytes>& into) {
    for (int i = 0; array.isArray() && i < array.getArrayNItems(); ++i) {
      auto stream = array.getArrayItem(i);
      if (!stream.isStream() || !seen_.insert(stream.getObjGen()).second) continue;
      if (++items_ > kValidationItemsMost || bytes_ > kValidationBytesMost) {
        found_.problems.push_back("validation-data-too-large: the rest of /DSS was not read");
        return;
      }
      try {
        const auto data = stream.getStreamData(qpdf_dl_generalized);
        const BytesView view(data->getBuffer(), data->getSize());
        bytes_ += view.size();
        into.push_back(toBytes(view));
      } catch (const QPDFExc& bad) {
        found_.problems.push_back(std::string("validation-data-unreadable: ") + bad.what());
      }
    }
  }

  FoundSignatures& found_;
  std::set<QPDFObjGen> seen_;
  int items_ = 0;
  std::size_t bytes_ = 0;
};

Result<FoundSignatures> readDocument(BytesView file, QPDF& document, std::size_t most) {
  FoundSignatures found;
  auto root = document.getRoot();
  auto form = root.getKey("/AcroForm");
  if (form.isDictionary() && !FieldReader(file, most, found).read(form)) {
    return Error{Code::TooLarge, "pdf_too_complex", {}, "form fields"};
  }
  ValidationDataReader(found).read(root.getKey("/DSS"));
  return found;
}

}  // namespace

bool FieldLock::covers(const std::string& field) const {
  if (action == Action::All) return true;
  auto end = field.size();
  while (end != std::string::npos && end != 0 && !fields.contains(field.substr(0, end))) {
    end = field.rfind('.', end - 1);
  }
  const bool named = end != std::string::npos && end != 0;
  return named == (action == Action::Include);
}

Result<FoundSignatures> findSignatures(BytesView file, std::size_t most) {
  const auto strict = open(file, Reading::Strict);
  if (!strict && strict.error().reason != "pdf_damaged") return strict.error();
  const auto document = strict ? strict : open(file, Reading::Recovering);
  if (!document) return document.error();
  auto found = guarded<FoundSignatures>([&] { return readDocument(file, **document, most); });
  if (!found) return found;
  found->damaged = !strict || (*document)->anyWarnings();
  if (!strict) found->problems.push_back("pdf-damaged: " + strict.error().detail);
  return found;
}

}  // namespace congvan::pdf
