// SPDX-License-Identifier: Apache-2.0
#include "trust/pdf/form_diff.h"

#include "trust/pdf/signature_place.h"

#include <algorithm>
#include <utility>

namespace congvan::pdf {
namespace {

constexpr std::size_t kPlacesNamed = 3;
constexpr long long kReadOnly = 1;
/// Invisible, Hidden and NoView (ISO 32000-2, table 167): whether the widget is seen.
constexpr long long kVisibilityFlags = 1 | 2 | 32;

long long flagsOf(QPDFObjectHandle value) {
  return value.isInteger() ? value.getIntValue() : 0;
}

bool wantsRedrawing(QPDFObjectHandle form) {
  auto wanted = valueAt(form, "/NeedAppearances");
  return wanted.isBool() && wanted.getBoolValue();
}

constexpr const char* kAnyName = "#";  // written with escapes

/// Every name in the operators of a default look.
void addNames(const std::string& operators, KeySet& names) {
  if (operators.find('#') != std::string::npos) names.insert(kAnyName);
  for (auto at = operators.find('/'); at != std::string::npos; at = operators.find('/', at + 1)) {
    const auto end = operators.find_first_of(std::string_view("\0\t\n\f\r ()<>[]{}/%", 16), at + 1);
    names.insert(operators.substr(at, end - at));
  }
}

/// Whether readers have to draw the widget themselves, with what the form says by default.
bool isDrawnByReaders(const FieldEntry& entry) {
  auto node = entry.node;
  if (entry.type == "Sig" || !node.hasKey("/Rect") || drawsSomething(node)) return false;
  auto value = inheritedKey(node, "/V");
  const bool says_nothing = value.isNull() || (value.isString() && value.getStringValue().empty());
  return !says_nothing || !valueAt(valueAt(node, "/MK"), "/CA").isNull();
}

}  // namespace

void FormDiff::compare(QPDFObjectHandle before, QPDFObjectHandle after) {
  findings_.explain(after);
  compareEntries(before, after);
  // Where reading the earlier revision had to guess, its tree is not relied on.
  fields_ = findings_.before().document().anyWarnings()
                ? walkForm(after)
                : walkForm(after, before_, findings_.delta());
  compareFields();
  settleAppearances();
}

/// Whether the earlier revision showed, or could show, anything in fields. What a viewer draws
/// there itself may say something else than the appearance that was signed.
bool FormDiff::showsValues() const {
  return std::any_of(before_.begin(), before_.end(), [](const auto& known) {
    const auto& entry = known.second;
    return entry.type != "Sig" &&
           (!valueAt(entry.node, "/V").isNull() || drawsSomething(entry.node));
  });
}

void FormDiff::compareEntries(QPDFObjectHandle before, QPDFObjectHandle after) {
  const bool redraws = wantsRedrawing(after);
  if (redraws && !wantsRedrawing(before) && showsValues()) {
    findings_.say(ChangeKind::CatalogChanged, "form: /NeedAppearances");
  }
  const auto defaults_show = [&] {
    return redraws || std::any_of(before_.begin(), before_.end(), [](const auto& known) {
             return isDrawnByReaders(known.second);
           });
  };
  for (const auto& key : keysOfBoth(before, after)) {
    auto old_value = valueAt(before, key);
    auto new_value = valueAt(after, key);
    if (key == "/SigFlags") {
      continue;
    } else if (key == "/Fields") {
      findings_.explain(new_value);
    } else if (key == "/DR") {
      if (!resourcesTouched(old_value, new_value)) continue;
      if (defaults_show()) {
        compareResources(old_value, new_value);
      } else {
        findings_.explainBelow(new_value);
      }
    } else if (key == "/NeedAppearances" || (before.isNull() && key != "/XFA")) {
      continue;  // a form made by this revision can only speak of fields made by it
    } else if (sameValue(old_value, new_value)) {
      continue;
    } else if ((key == "/DA" || key == "/Q") && !defaults_show()) {
      continue;  // used when somebody types; what stands there stays as it is drawn
    } else {
      findings_.say(ChangeKind::CatalogChanged, "form: " + key);
    }
  }
}

bool FormDiff::resourcesTouched(QPDFObjectHandle before, QPDFObjectHandle after) const {
  if (!sameValue(before, after) || findings_.isChanged(after)) return true;
  for (const auto& category : keysOfBoth({}, after)) {
    auto part = after.getKey(category);
    if (findings_.isChanged(part)) return true;
    for (const auto& name : keysOfBoth({}, part)) {
      if (findings_.isChanged(part.getKey(name))) return true;
    }
  }
  return false;
}

/// Whether a field that readers draw names the resource, which was not there yet.
bool FormDiff::isAskedFor(const std::string& name) const {
  if (!asked_) {
    asked_.emplace();
    const auto add = [&](QPDFObjectHandle look) {
      if (look.isString()) addNames(look.getStringValue(), *asked_);
    };
    add(valueAt(valueAt(findings_.before().document().getRoot(), "/AcroForm"), "/DA"));
    for (const auto& [key, entry] : before_) {
      if (isDrawnByReaders(entry)) add(inheritedKey(entry.node, "/DA"));
    }
  }
  return asked_->contains(name) || asked_->contains(kAnyName);
}

/// Default resources may gain entries; what is there stays, also what it is made of, since nothing
/// here explains that.
void FormDiff::compareResources(QPDFObjectHandle before, QPDFObjectHandle after) {
  if (before.isNull()) return findings_.explainBelow(after);
  findings_.explain(after);
  for (const auto& category : keysOfBoth(before, after)) {
    compareResourceCategory(category, valueAt(before, category), valueAt(after, category));
  }
}

void FormDiff::compareResourceCategory(const std::string& category,
                                       QPDFObjectHandle before,
                                       QPDFObjectHandle after) {
  if (before.isNull()) return findings_.explainBelow(after);
  const auto say = [&](const std::string& name) {
    findings_.say(ChangeKind::CatalogChanged, "form: resources " + category + name);
  };
  if (!before.isDictionary() || !after.isDictionary()) {
    if (!sameValue(before, after)) say("");
    return;
  }
  findings_.explain(after);
  for (const auto& name : keysOfBoth(before, after)) {
    if (!before.hasKey(name)) {
      if (isAskedFor(name)) say(" " + name);
      findings_.explainBelow(after.getKey(name));
    } else if (!sameValue(before.getKey(name), after.getKey(name))) {
      say(" " + name);
    }
  }
}

void FormDiff::compareFields() {
  for (const auto& [key, entry] : before_) {
    if (!fields_.contains(key)) removedField(entry);
  }
  // Of a field that was taken over, only the value can be another one, when it is its own object.
  std::vector<std::pair<const FieldEntry*, const FieldEntry*>> pairs;
  for (const auto& [key, entry] : fields_) {
    if (entry.unchanged && !findings_.changed().contains(entry.value_object)) continue;
    const auto old_entry = before_.find(key);
    pairs.emplace_back(old_entry == before_.end() ? nullptr : &old_entry->second, &entry);
  }
  // Values first: what else may change in a field and its widgets depends on them.
  for (const auto& [old_entry, entry] : pairs) {
    if (old_entry != nullptr) compareValue(*old_entry, *entry);
  }
  for (const auto& [old_entry, entry] : pairs) {
    if (old_entry != nullptr) {
      compareField(*old_entry, *entry);
    } else {
      newField(*entry);
    }
  }
}

void FormDiff::removedField(const FieldEntry& entry) {
  const bool was_signed = entry.type == "Sig" && !valueAt(entry.node, "/V").isNull();
  sayOf(entry, was_signed ? ChangeKind::SignatureRemoved : ChangeKind::Unexplained, "removed");
}

void FormDiff::newField(const FieldEntry& entry) {
  auto node = entry.node;
  if (node.isIndirect()) new_widgets_.insert(node.getObjGen());
  findings_.explain(valueAt(node, "/Kids"));
  const auto trouble = troubleWithNew(entry);
  if (!trouble.empty()) return sayOf(entry, ChangeKind::Unexplained, trouble);
  if (!entry.leaf || !entry.own_name) return;
  auto value = valueAt(node, "/V");
  if (entry.type == "Sig" && value.isDictionary()) {
    signatureAdded(entry, value);
  } else if (entry.type == "Sig" && value.isNull() && !drawsSomething(node)) {
    sayOf(entry, ChangeKind::EmptyFieldAdded, "new");
  } else {
    // It covers what is below it, and says something that nobody signed.
    sayOf(entry, ChangeKind::AnnotationAdded, "new");
  }
}

/// Empty: none.
std::string FormDiff::troubleWithNew(const FieldEntry& entry) const {
  const bool name_taken = hadName(entry.name);
  // It may have been, and still be, anything else.
  if (!findings_.isAdded(entry.node)) return "new, made of an older object";
  if (!entry.own_name) {
    const bool lawful = !name_taken || signed_.contains(entry.name);
    return lawful ? "" : "another widget";
  }
  if (name_taken) return "a second one of that name";
  if (entry.leaf && entry.type.empty()) return "new, without a type";
  const auto dot = entry.name.rfind('.');
  if (dot != std::string::npos && hadName(entry.name.substr(0, dot))) {
    return "new, below an older field";
  }
  return "";
}

void FormDiff::signatureAdded(const FieldEntry& entry, QPDFObjectHandle value) {
  findings_.explain(value);
  // Signatures are new objects; an old one that only now becomes the value of a field waited for
  // that.
  if (!findings_.isAdded(value)) {
    return sayOf(entry, ChangeKind::Unexplained, "signed with an older object");
  }
  const bool stamp = hasType(value, "/DocTimeStamp");
  findings_.explainBelow(valueAt(entry.node, "/AP"));
  sayOf(entry,
        stamp ? ChangeKind::DocumentTimestampAdded : ChangeKind::SignatureAdded,
        stamp ? "document timestamp" : "signature");
}

void FormDiff::compareField(const FieldEntry& before, const FieldEntry& after) {
  auto node = after.node;
  const bool unchanged = node.isIndirect() && !findings_.isChanged(node) &&
                         QPDFObjectHandle(before.node).getObjGen() == node.getObjGen();
  if (before.name != after.name || before.type != after.type) {
    sayOf(before, ChangeKind::Unexplained, "another name or type");
  }
  findings_.explain(valueAt(node, "/Kids"));
  if (unchanged) return;
  findings_.explain(node.getObjGen());
  for (const auto& key : keysOfBoth(before.node, node)) {
    if (key == "/V" || key == "/Kids" || key == "/T" || key == "/FT") continue;  // compared above
    auto old_value = valueAt(before.node, key);
    auto new_value = valueAt(node, key);
    if (!sameValue(old_value, new_value)) compareFieldKey(after, key, old_value, new_value);
  }
}

/// Where the field is shown, for a person.
std::string FormDiff::placesOf(const std::string& name) {
  if (!places_) {
    places_.emplace();
    for (const auto& [key, entry] : fields_) {
      const auto place = widgetRectangle(entry.node);
      if (entry.type != "Sig" && !isEmpty(place)) (*places_)[entry.name].push_back(place);
    }
  }
  const auto found = places_->find(name);
  if (found == places_->end()) return "";
  const auto& places = found->second;
  std::string words;
  for (std::size_t i = 0; i < std::min(places.size(), kPlacesNamed); ++i) {
    words += (i == 0 ? ", " : " and ") + placeInWords(places[i]);
  }
  if (places.size() <= kPlacesNamed) return words;
  return words + " and " + std::to_string(places.size() - kPlacesNamed) + " more";
}

void FormDiff::compareValue(const FieldEntry& before, const FieldEntry& after) {
  auto old_value = valueAt(before.node, "/V");
  auto new_value = valueAt(after.node, "/V");
  if (sameValue(old_value, new_value) && !findings_.isChanged(new_value)) return;
  if (after.type != "Sig") {
    findings_.explainBelow(new_value);
    filled_.insert(after.name);
    return sayOf(after, ChangeKind::FieldFilled, "value" + placesOf(after.name));
  }
  if (!old_value.isNull()) {
    findings_.explain(new_value);
    return sayOf(after,
                 ChangeKind::SignatureRemoved,
                 new_value.isNull() ? "signature removed" : "signature replaced");
  }
  if (!new_value.isDictionary()) return sayOf(after, ChangeKind::Unexplained, "no signature");
  filled_.insert(after.name);
  signed_.insert(after.name);
  signatureAdded(after, new_value);
}

void FormDiff::compareFieldKey(const FieldEntry& field,
                               const std::string& key,
                               QPDFObjectHandle before,
                               QPDFObjectHandle after) {
  static const KeySet kShown{"/AP", "/AS", "/MK"};
  static const KeySet kWhenSigned{"/DA", "/Type", "/Subtype", "/Rect", "/Lock", "/RV"};
  const bool fresh = before.isNull() && signed_.contains(field.name);
  if (kShown.contains(key)) {
    shown_[field.name].push_back(key);
  } else if (key == "/M" || (key == "/P" && before.isNull())) {
    return;
  } else if (key == "/RV" && filled_.contains(field.name)) {
    return;
  } else if (key == "/Ff" && (flagsOf(before) | kReadOnly) == flagsOf(after)) {
    return;  // locking makes fields read-only
  } else if (key == "/F" && (signed_.contains(field.name) ||
                             ((flagsOf(before) ^ flagsOf(after)) & kVisibilityFlags) == 0)) {
    return;
  } else if (key == "/F") {
    sayOf(field, ChangeKind::AnnotationChanged, "shown or hidden");
  } else if (fresh && kWhenSigned.contains(key)) {
    return;
  } else {
    sayOf(field, ChangeKind::Unexplained, key);
  }
}

/// What a field shows may change when its value does; looks without a new value deceive.
void FormDiff::settleAppearances() {
  for (const auto& [key, entry] : fields_) {
    if (!filled_.contains(entry.name)) continue;
    findings_.explainBelow(valueAt(entry.node, "/AP"));
    findings_.explainBelow(valueAt(entry.node, "/MK"));
  }
  for (const auto& [name, keys] : shown_) {
    if (filled_.contains(name)) continue;
    findings_.say(ChangeKind::AnnotationChanged,
                  "field " + name + ": another look (" + keys.front() + ") without another value",
                  name);
  }
}

const FieldEntry* FormDiff::accountFor(QPDFObjectHandle annotation) const {
  if (!annotation.isIndirect()) return nullptr;
  const auto known = fields_.find(nodeKey(annotation));
  if (known == fields_.end()) return nullptr;
  // An invisible field that is signed becomes a widget only now.
  const bool mine =
      new_widgets_.contains(annotation.getObjGen()) || signed_.contains(known->second.name);
  return mine ? &known->second : nullptr;
}

std::vector<const FieldEntry*> FormDiff::filledInPlace() const {
  std::vector<const FieldEntry*> found;
  if (filled_.empty()) return found;
  for (const auto& [key, entry] : fields_) {
    auto node = entry.node;
    const bool older = node.isIndirect() && !new_widgets_.contains(node.getObjGen());
    if (older && filled_.contains(entry.name)) found.push_back(&entry);
  }
  return found;
}

ObjectSet FormDiff::filledWidgets() const {
  ObjectSet ids;
  for (const auto& [key, entry] : fields_) {
    const bool mine = filled_.contains(entry.name) || !hadName(entry.name);
    auto node = entry.node;
    if (mine && node.isIndirect()) ids.insert(node.getObjGen());
  }
  return ids;
}

bool FormDiff::hadName(const std::string& name) const {
  if (!old_names_) {
    old_names_.emplace();
    for (const auto& [key, entry] : before_) {
      if (entry.own_name) old_names_->insert(entry.name);
    }
  }
  return old_names_->contains(name);
}

void FormDiff::sayOf(const FieldEntry& entry, ChangeKind kind, const std::string& what) {
  findings_.say(kind, "field " + entry.name + ": " + what, entry.name);
}

}  // namespace congvan::pdf
