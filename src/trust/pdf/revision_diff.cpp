// SPDX-License-Identifier: Apache-2.0
#include "trust/pdf/revision_diff.h"

#include "trust/pdf/form_walk.h"
#include "trust/pdf/page_list.h"
#include "trust/pdf/reach.h"

#include <algorithm>
#include <set>

namespace congvan::pdf {
namespace {

using KeySet = std::set<std::string>;

constexpr std::size_t kExplainedMost = 1'000'000;
constexpr long long kReadOnly = 1;
/// Invisible, Hidden and NoView (ISO 32000-2, table 167): whether the widget is seen.
constexpr long long kVisibilityFlags = 1 | 2 | 32;

KeySet keysOfBoth(QPDFObjectHandle before, QPDFObjectHandle after) {
  KeySet keys;
  if (before.isDictionary()) keys = before.getKeys();
  if (after.isDictionary()) keys.merge(after.getKeys());
  return keys;
}

bool isSimple(QPDFObjectHandle value) {
  return value.isNull() || value.isString() || value.isName() || value.isNumber() || value.isBool();
}

bool isReference(QPDFObjectHandle value) {
  return value.isIndirect();
}

long long flagsOf(QPDFObjectHandle value) {
  return value.isInteger() ? value.getIntValue() : 0;
}

bool hasType(QPDFObjectHandle value, const char* type) {
  auto found = valueAt(value, "/Type");
  return found.isName() && found.getName() == type;
}

/// A widget's normal appearance that draws anything.
bool drawsSomething(QPDFObjectHandle widget) {
  auto normal = valueAt(valueAt(widget, "/AP"), "/N");
  if (normal.isDictionary()) return !normal.getKeys().empty();
  if (!normal.isStream()) return false;
  const auto data = normal.getRawStreamData();
  return data->getSize() > 0;
}

/// An XMP packet (ISO 16684-1) as far as can be told without an XML parser, which this room does
/// not have: the first element is one of its two roots, and no document type is declared.
bool isXmp(QPDFObjectHandle metadata) {
  if (!metadata.isStream()) return false;
  const auto data = metadata.getStreamData(qpdf_dl_generalized);
  const auto text = asText(BytesView(data->getBuffer(), data->getSize()));
  if (text.find("<!DOCTYPE") != std::string_view::npos) return false;
  auto at = text.find('<');
  while (at != std::string_view::npos &&
         (text.substr(at, 2) == "<?" || text.substr(at, 4) == "<!--")) {
    const bool comment = text[at + 1] == '!';
    at = text.find(comment ? "-->" : "?>", at);
    if (at != std::string_view::npos) at = text.find('<', at);
  }
  if (at == std::string_view::npos) return false;
  const auto root = text.substr(at);
  return root.starts_with("<x:xmpmeta") || root.starts_with("<x:xapmeta") ||
         root.starts_with("<rdf:RDF");
}

bool isStreamList(QPDFObjectHandle value) {
  if (value.isNull()) return true;
  if (!value.isArray()) return false;
  auto items = value.getArrayAsVector();
  return std::all_of(
      items.begin(), items.end(), [](QPDFObjectHandle item) { return item.isStream(); });
}

/// The form of /DSS (EN 319 142-1, 5.4.2.2) and of what it points to.
bool isValidationStore(QPDFObjectHandle store) {
  if (!store.isDictionary()) return false;
  for (const auto* key : {"/Certs", "/CRLs", "/OCSPs"}) {
    if (!isStreamList(store.getKey(key))) return false;
  }
  auto related = store.getKey("/VRI");
  if (related.isNull()) return true;
  if (!related.isDictionary()) return false;
  for (const auto& name : related.getKeys()) {
    auto entry = related.getKey(name);
    if (name == "/Type") continue;
    if (!entry.isDictionary()) return false;
    for (const auto* key : {"/Cert", "/CRL", "/OCSP"}) {
      if (!isStreamList(entry.getKey(key))) return false;
    }
  }
  return true;
}

/// What a validation data store points to: the streams, and the entries of /VRI.
struct StoreContents {
  ObjectSet streams;
  KeySet related;
};

StoreContents contentsOf(QPDFObjectHandle store) {
  StoreContents contents;
  const auto take = [&](QPDFObjectHandle list) {
    if (!list.isArray()) return;
    for (auto& item : list.getArrayAsVector()) contents.streams.insert(item.getObjGen());
  };
  for (const auto* key : {"/Certs", "/CRLs", "/OCSPs"}) take(valueAt(store, key));
  auto related = valueAt(store, "/VRI");
  if (!related.isDictionary()) return contents;
  contents.related = related.getKeys();
  for (const auto& name : contents.related) {
    for (const auto* key : {"/Cert", "/CRL", "/OCSP"}) take(valueAt(related.getKey(name), key));
  }
  return contents;
}

/// Some makers replace the store by one for the latest timestamp, which is lawful; taking away
/// without adding is not.
bool onlyTakesAway(const StoreContents& before, const StoreContents& after) {
  const auto within = [](const auto& part, const auto& whole) {
    return std::includes(whole.begin(), whole.end(), part.begin(), part.end());
  };
  const bool lost =
      !within(before.streams, after.streams) || !within(before.related, after.related);
  return lost && within(after.streams, before.streams);
}

/// The values of an array, or the one value.
std::vector<QPDFObjectHandle> listOf(QPDFObjectHandle value) {
  if (value.isNull()) return {};
  if (value.isArray()) return value.getArrayAsVector();
  return {value};
}

class RevisionDiff {
 public:
  RevisionDiff(Snapshot& before,
               Snapshot& after,
               const Delta& delta,
               const ReferenceCounts& references)
      : before_(before), after_(after), delta_(delta), references_(references) {}

  std::vector<Change> run() {
    dropUnchanged();
    compareTrailers(before_.document().getTrailer(), after_.document().getTrailer());
    compareChangedPages();
    compareLooseAnnotationArrays();
    attributeTheRest();
    return std::move(changes_);
  }

 private:
  // What is known about objects.

  /// Objects that were written again and say the same.
  void dropUnchanged() {
    for (const auto& id : delta_.changed) {
      if (!sameObject(before_.object(id), after_.object(id))) changed_.insert(id);
    }
  }

  bool isChanged(QPDFObjectHandle value) const {
    return value.isIndirect() && changed_.contains(value.getObjGen());
  }

  void explain(QPDFObjectHandle value) {
    if (value.isIndirect()) explained_.insert(value.getObjGen());
  }

  /// Explains `value` and what hangs below it as far as it was written in this revision. Since
  /// other things may show such an object too, changed ones are looked up again by
  /// `attributeTheRest`.
  void explainBelow(QPDFObjectHandle value) {
    std::vector<QPDFObjectHandle> open{value};
    ObjectSet seen;
    while (!open.empty()) {
      auto one = open.back();
      open.pop_back();
      if (one.isIndirect()) {
        const auto id = one.getObjGen();
        const bool written = changed_.contains(id) || delta_.added.contains(id);
        if (!written || !seen.insert(id).second || seen.size() > kExplainedMost) continue;
        if (hasType(one, "/Page") || hasType(one, "/Pages") || hasType(one, "/Catalog")) continue;
        explained_.insert(id);
        noteOtherKind(id, one);
        if (changed_.contains(id) && references_.countOf(id) > 1) shared_suspects_.insert(id);
      }
      if (one.isStream()) one = one.getDict();
      if (one.isDictionary()) {
        for (auto& [key, item] : one.getDictAsMap()) {
          if (key != "/Parent" && key != "/P") open.push_back(item);
        }
      } else if (one.isArray()) {
        for (auto& item : one.getArrayAsVector()) open.push_back(item);
      }
    }
  }

  /// A number that stood for another kind of thing is no changed value but a reused number.
  void noteOtherKind(QPDFObjGen id, QPDFObjectHandle value) {
    if (!changed_.contains(id)) return;
    if (before_.object(id).getTypeCode() == value.getTypeCode()) return;
    say(ChangeKind::Unexplained,
        "object " + std::to_string(id.getObj()) + ": another kind of thing");
  }

  /// An array that a rule compares: explained, but nobody else may use it.
  void explainList(QPDFObjectHandle value) {
    if (!isChanged(value) || !value.isArray()) return explain(value);
    explain(value);
    if (references_.countOf(value.getObjGen()) > 1) shared_suspects_.insert(value.getObjGen());
  }

  void say(ChangeKind kind, std::string what, std::string field = {}) {
    Change change{kind, std::move(what), std::move(field)};
    if (std::find(changes_.begin(), changes_.end(), change) == changes_.end()) {
      changes_.push_back(std::move(change));
    }
  }

  // Trailer and catalog.

  void compareTrailers(QPDFObjectHandle before, QPDFObjectHandle after) {
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
        say(ChangeKind::Unexplained, "trailer: " + key);
      }
    }
    compareInfo(before.getKey("/Info"), after.getKey("/Info"));
    auto root = before.getKey("/Root");
    auto root_after = after.getKey("/Root");
    compareCatalogs(root, root_after);
  }

  /// Only plain values are metadata: a dictionary here could be a page's resources at the same
  /// time.
  void compareInfo(QPDFObjectHandle before, QPDFObjectHandle after) {
    const bool same = sameValue(before, after) && !isChanged(after);
    if (same) return;
    explain(after);
    for (const auto& key : keysOfBoth(before, after)) {
      auto value = valueAt(after, key);
      if (sameValue(valueAt(before, key), value)) continue;
      if (isSimple(value)) {
        say(ChangeKind::MetadataChanged, "document information");
      } else {
        say(ChangeKind::Unexplained, "document information: " + key);
      }
    }
  }

  void compareCatalogs(QPDFObjectHandle before, QPDFObjectHandle after) {
    explain(after);
    for (const auto& key : keysOfBoth(before, after)) {
      auto old_value = valueAt(before, key);
      auto new_value = valueAt(after, key);
      if (key == "/AcroForm") {
        compareForms(old_value, new_value);
      } else if (key == "/DSS") {
        compareValidationData(old_value, new_value);
      } else if (key == "/Metadata") {
        compareMetadata(old_value, new_value);
      } else if (key == "/Perms") {
        comparePermissions(old_value, new_value);
      } else if (key == "/Extensions" || key == "/Version") {
        explainBelow(new_value);  // says which features are used; shows nothing
      } else if (key == "/Pages") {
        tree_changed_ = !isReference(new_value) || old_value.getObjGen() != new_value.getObjGen();
      } else if (key == "/StructTreeRoot") {
        compareStructure(old_value, new_value);
      } else if (!sameValue(old_value, new_value)) {
        say(ChangeKind::CatalogChanged, "catalog: " + key);
      }
    }
  }

  void compareStructure(QPDFObjectHandle before, QPDFObjectHandle after) {
    if (sameValue(before, after)) return;
    explain(after);
    if (!before.isNull() && saysOtherText(before, after)) {
      return say(ChangeKind::CatalogChanged, "catalog: /StructTreeRoot");
    }
    say(ChangeKind::MetadataChanged, "structure tree");
  }

  void compareMetadata(QPDFObjectHandle before, QPDFObjectHandle after) {
    if (sameValue(before, after) && !isChanged(after)) return;
    explainBelow(after);
    if (isXmp(after)) return say(ChangeKind::MetadataChanged, "metadata");
    say(ChangeKind::CatalogChanged, "catalog: /Metadata that is no XMP");
  }

  /// Certifying adds /DocMDP, which the signature speaks of itself; what stands there stays.
  void comparePermissions(QPDFObjectHandle before, QPDFObjectHandle after) {
    for (const auto& key : keysOfBoth(before, after)) {
      auto old_value = valueAt(before, key);
      auto new_value = valueAt(after, key);
      if (key == "/DocMDP" && old_value.isNull()) continue;
      if (!sameValue(old_value, new_value))
        say(ChangeKind::CatalogChanged, "catalog: /Perms " + key);
    }
    explain(after);
  }

  void compareValidationData(QPDFObjectHandle before, QPDFObjectHandle after) {
    const auto ticked = explained_.size();
    explainBelow(after);
    if (explained_.size() == ticked && sameValue(before, after)) return;
    if (!isValidationStore(after)) {
      say(ChangeKind::Unexplained, "validation data: not of the form of a /DSS");
    } else if (onlyTakesAway(contentsOf(before), contentsOf(after))) {
      say(ChangeKind::Unexplained, "validation data: some was taken away");
    } else {
      say(ChangeKind::ValidationDataAdded, "validation data");
    }
  }

  // Form fields.

  void compareForms(QPDFObjectHandle before, QPDFObjectHandle after) {
    explain(after);
    auto wanted = valueAt(after, "/NeedAppearances");
    const bool redraws = wanted.isBool() && wanted.getBoolValue();
    for (const auto& key : keysOfBoth(before, after)) {
      auto old_value = valueAt(before, key);
      auto new_value = valueAt(after, key);
      if (key == "/SigFlags") {
        continue;
      } else if (key == "/Fields") {
        explainList(new_value);
      } else if (key == "/DR") {
        if (redraws) compareResources(old_value, new_value);
        explainBelow(new_value);
      } else if (key == "/NeedAppearances" || (before.isNull() && key != "/XFA")) {
        continue;  // a form made by this revision can only speak of fields made by it
      } else if ((key == "/DA" || key == "/Q") && !redraws) {
        continue;  // used when somebody types; what stands there stays as it is drawn
      } else if (!sameValue(old_value, new_value)) {
        say(ChangeKind::CatalogChanged, "form: " + key);
      }
    }
    const auto fields = walkForm(before);
    fields_ = walkForm(after);
    compareFields(fields);
  }

  /// Default resources may gain entries; what is there stays.
  void compareResources(QPDFObjectHandle before, QPDFObjectHandle after) {
    if (before.isNull()) return;
    explain(after);
    for (const auto& category : keysOfBoth(before, after)) {
      auto old_part = valueAt(before, category);
      auto new_part = valueAt(after, category);
      if (old_part.isNull()) continue;
      if (!old_part.isDictionary() || !new_part.isDictionary()) {
        if (!sameValue(old_part, new_part)) {
          say(ChangeKind::CatalogChanged, "form: resources " + category);
        }
        continue;
      }
      explain(new_part);
      for (const auto& name : old_part.getKeys()) {
        if (!sameValue(old_part.getKey(name), new_part.getKey(name))) {
          say(ChangeKind::CatalogChanged, "form: resources " + category + " " + name);
        }
      }
    }
  }

  void compareFields(const FieldMap& before) {
    for (const auto& [key, entry] : before) {
      if (entry.own_name) old_names_.insert(entry.name);
      if (!fields_.contains(key)) removedField(entry);
    }
    // Values first: what else may change in a field and its widgets depends on them.
    for (const auto& [key, entry] : fields_) {
      if (const auto old_entry = before.find(key); old_entry != before.end()) {
        compareValue(old_entry->second, entry);
      }
    }
    for (const auto& [key, entry] : fields_) {
      if (const auto old_entry = before.find(key); old_entry != before.end()) {
        compareField(old_entry->second, entry);
      } else {
        newField(entry, old_names_.contains(entry.name));
      }
    }
    settleAppearances();
  }

  void removedField(const FieldEntry& entry) {
    const bool was_signed = entry.type == "Sig" && !valueAt(entry.node, "/V").isNull();
    if (was_signed) {
      say(ChangeKind::SignatureRemoved, "field " + entry.name + ": removed", entry.name);
    } else {
      say(ChangeKind::Unexplained, "field " + entry.name + ": removed", entry.name);
    }
  }

  void newField(const FieldEntry& entry, bool name_taken) {
    if (isReference(entry.node)) new_widgets_.insert(entry.node.getObjGen());
    explain(entry.node);
    explainList(valueAt(entry.node, "/Kids"));
    const auto problem = troubleWithNew(entry, name_taken);
    if (!problem.empty()) {
      return say(ChangeKind::Unexplained, "field " + entry.name + ": " + problem, entry.name);
    }
    if (!entry.leaf || !entry.own_name) return;
    auto value = valueAt(entry.node, "/V");
    if (entry.type == "Sig" && value.isDictionary()) {
      signatureAdded(entry, value);
    } else if (entry.type == "Sig" && value.isNull() && !drawsSomething(entry.node)) {
      say(ChangeKind::EmptyFieldAdded, "field " + entry.name + ": new", entry.name);
    } else {
      // It covers what is below it, and says something that nobody signed.
      say(ChangeKind::AnnotationAdded, "field " + entry.name + ": new", entry.name);
    }
  }

  /// Empty: none.
  std::string troubleWithNew(const FieldEntry& entry, bool name_taken) {
    if (!entry.own_name) {
      const bool lawful = !name_taken || signed_.contains(entry.name);
      return lawful ? "" : "another widget";
    }
    if (name_taken) return "a second one of that name";
    if (entry.leaf && entry.type.empty()) return "new, without a type";
    const auto dot = entry.name.rfind('.');
    if (dot != std::string::npos && old_names_.contains(entry.name.substr(0, dot))) {
      return "new, below an older field";
    }
    return "";
  }

  void signatureAdded(const FieldEntry& entry, QPDFObjectHandle value) {
    explain(value);
    // Signatures are new objects; an old one that only now becomes the value of a field waited for
    // that.
    if (isReference(value) && !delta_.added.contains(value.getObjGen())) {
      return say(ChangeKind::Unexplained,
                 "field " + entry.name + ": signed with an older object",
                 entry.name);
    }
    const bool stamp = hasType(value, "/DocTimeStamp");
    explainBelow(valueAt(entry.node, "/AP"));
    say(stamp ? ChangeKind::DocumentTimestampAdded : ChangeKind::SignatureAdded,
        "field " + entry.name + (stamp ? ": document timestamp" : ": signature"),
        entry.name);
  }

  void compareField(const FieldEntry& before, const FieldEntry& after) {
    const bool unchanged = isReference(after.node) && !isChanged(after.node) &&
                           before.node.getObjGen() == after.node.getObjGen();
    if (before.name != after.name || before.type != after.type) {
      say(ChangeKind::Unexplained, "field " + before.name + ": another name or type", before.name);
    }
    explainList(valueAt(after.node, "/Kids"));
    if (unchanged) return;
    explain(after.node);
    for (const auto& key : keysOfBoth(before.node, after.node)) {
      if (key == "/V" || key == "/Kids" || key == "/T" || key == "/FT") continue;  // compared above
      auto old_value = valueAt(before.node, key);
      auto new_value = valueAt(after.node, key);
      if (!sameValue(old_value, new_value)) compareFieldKey(after, key, old_value, new_value);
    }
  }

  void compareValue(const FieldEntry& before, const FieldEntry& after) {
    auto old_value = valueAt(before.node, "/V");
    auto new_value = valueAt(after.node, "/V");
    const bool same = sameValue(old_value, new_value) && !isChanged(new_value);
    if (same) return;
    if (after.type != "Sig") {
      explainBelow(new_value);
      filled_.insert(after.name);
      return say(ChangeKind::FieldFilled, "field " + after.name + ": value", after.name);
    }
    if (old_value.isNull() && new_value.isDictionary()) {
      filled_.insert(after.name);
      signed_.insert(after.name);
      return signatureAdded(after, new_value);
    }
    if (!old_value.isNull()) {
      explain(new_value);
      say(ChangeKind::SignatureRemoved,
          "field " + after.name +
              (new_value.isNull() ? ": signature removed" : ": signature replaced"),
          after.name);
    }
  }

  void compareFieldKey(const FieldEntry& field,
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
      say(ChangeKind::AnnotationChanged, "field " + field.name + ": shown or hidden", field.name);
    } else if (fresh && kWhenSigned.contains(key)) {
      return;
    } else {
      say(ChangeKind::Unexplained, "field " + field.name + ": " + key, field.name);
    }
  }

  /// What a field shows may change when its value does; looks without a new value deceive.
  void settleAppearances() {
    for (const auto& [key, entry] : fields_) {
      if (filled_.contains(entry.name)) explainBelow(valueAt(entry.node, "/AP"));
      if (filled_.contains(entry.name)) explainBelow(valueAt(entry.node, "/MK"));
    }
    for (const auto& [name, keys] : shown_) {
      if (filled_.contains(name)) continue;
      say(ChangeKind::AnnotationChanged,
          "field " + name + ": another look (" + keys.front() + ") without another value",
          name);
    }
  }

  // Pages and annotations.

  PageList& pagesBefore() {
    if (!pages_before_) pages_before_ = std::make_unique<PageList>(before_.document());
    return *pages_before_;
  }
  PageList& pagesAfter() {
    if (!pages_after_) pages_after_ = std::make_unique<PageList>(after_.document());
    return *pages_after_;
  }

  void compareChangedPages() {
    for (const auto& id : changed_) {
      if (explained_.contains(id)) continue;
      auto old_page = before_.object(id);
      auto new_page = after_.object(id);
      if (hasType(old_page, "/Page") && hasType(new_page, "/Page")) {
        explained_.insert(id);
        comparePage(id, old_page, new_page);
      } else if (hasType(old_page, "/Pages") && hasType(new_page, "/Pages")) {
        explained_.insert(id);
        compareTreeNode(old_page, new_page);
      }
    }
    if (tree_changed_) comparePageLists();
  }

  void compareTreeNode(QPDFObjectHandle before, QPDFObjectHandle after) {
    tree_changed_ = true;
    for (const auto& key : keysOfBoth(before, after)) {
      if (key == "/Kids") explain(after.getKey(key));
      if (key == "/Kids" || key == "/Count" || key == "/Parent") continue;
      if (!sameValue(before.getKey(key), after.getKey(key))) {
        say(ChangeKind::PageChanged, "pages: inherited " + key);
      }
    }
  }

  void comparePageLists() {
    const auto& before = pagesBefore().ids();
    const auto& after = pagesAfter().ids();
    if (before == after) return;
    const ObjectSet old_set(before.begin(), before.end());
    const ObjectSet new_set(after.begin(), after.end());
    for (const auto& id : before) {
      if (!new_set.contains(id))
        say(ChangeKind::PageRemoved, pagesBefore().label(id) + ": removed");
    }
    for (const auto& id : after) {
      if (!old_set.contains(id)) say(ChangeKind::PageAdded, pagesAfter().label(id) + ": new");
    }
    if (old_set == new_set) say(ChangeKind::PageChanged, "pages: another order");
  }

  void comparePage(QPDFObjGen id, QPDFObjectHandle before, QPDFObjectHandle after) {
    static const KeySet kHarmless{"/LastModified", "/StructParents"};
    for (const auto& key : keysOfBoth(before, after)) {
      auto old_value = before.getKey(key);
      auto new_value = after.getKey(key);
      if (key == "/Annots") {
        compareAnnotations(id, old_value, new_value);
      } else if (kHarmless.contains(key)) {
        continue;
      } else if (key == "/Tabs") {
        const bool first =
            old_value.isNull() && !sameValue(valueAt(before, "/Annots"), valueAt(after, "/Annots"));
        if (first || sameValue(old_value, new_value)) continue;
        say(ChangeKind::AnnotationChanged, pagesAfter().label(id) + ": order of annotations");
      } else if (key == "/Parent") {
        if (!isReference(new_value) || old_value.getObjGen() != new_value.getObjGen())
          tree_changed_ = true;
      } else if (!sameValue(old_value, new_value)) {
        say(ChangeKind::PageChanged, pagesAfter().label(id) + ": " + key);
      }
    }
  }

  void compareAnnotations(QPDFObjGen page, QPDFObjectHandle before, QPDFObjectHandle after) {
    explainList(after);
    auto old_items = before.isArray() ? before.getArrayAsVector() : std::vector<QPDFObjectHandle>{};
    auto new_items = after.isArray() ? after.getArrayAsVector() : std::vector<QPDFObjectHandle>{};
    if (!after.isArray() && !after.isNull()) {
      return say(ChangeKind::Unexplained, pagesAfter().label(page) + ": /Annots is no array");
    }
    // Each old one is looked for behind the place of the one before it: annotations are painted in
    // order.
    auto place = new_items.begin();
    std::vector<bool> kept(new_items.size(), false);
    for (auto& item : old_items) {
      const auto same = [&](QPDFObjectHandle other) { return sameValue(item, other); };
      auto found = std::find_if(place, new_items.end(), same);
      if (found != new_items.end()) {
        kept[static_cast<std::size_t>(found - new_items.begin())] = true;
        place = found + 1;
        continue;
      }
      const bool elsewhere = std::any_of(new_items.begin(), place, same);
      if (item.isNull()) continue;
      if (elsewhere) {
        say(ChangeKind::AnnotationChanged,
            pagesAfter().label(page) + ": annotations in another order");
      } else {
        auto subtype = valueAt(item, "/Subtype");
        const bool widget = subtype.isName() && subtype.getName() == "/Widget";
        say(widget ? ChangeKind::Unexplained : ChangeKind::AnnotationRemoved,
            pagesAfter().label(page) + (widget ? ": widget removed" : ": annotation removed"));
      }
    }
    for (std::size_t i = 0; i < new_items.size(); ++i) {
      if (!kept[i]) newAnnotation(page, new_items[i]);
    }
  }

  void newAnnotation(QPDFObjGen page, QPDFObjectHandle item) {
    if (item.isIndirect() && new_widgets_.contains(item.getObjGen())) return;
    if (item.isNull()) return;
    // An invisible field that is signed becomes a widget only now.
    const auto known = item.isIndirect() ? fields_.find(nodeKey(item)) : fields_.end();
    if (known != fields_.end() && signed_.contains(known->second.name)) return;
    auto subtype = valueAt(item, "/Subtype");
    say(ChangeKind::AnnotationAdded,
        pagesAfter().label(page) + ": annotation " +
            (subtype.isName() ? subtype.getName() : std::string("without a type")));
  }

  /// An /Annots array that is an object of its own changes without its page.
  void compareLooseAnnotationArrays() {
    for (const auto& id : changed_) {
      if (explained_.contains(id)) continue;
      auto items = after_.object(id);
      if (!items.isArray()) continue;
      if (const auto page = pageOfArray(items, id)) {
        compareAnnotations(*page, before_.object(id), items);
      }
    }
  }

  std::optional<QPDFObjGen> pageOfArray(QPDFObjectHandle items, QPDFObjGen id) {
    // Most widgets name their page; that spares reading all pages.
    for (int i = items.getArrayNItems(); i > 0; --i) {
      auto page = valueAt(items.getArrayItem(i - 1), "/P");
      auto annotations = valueAt(page, "/Annots");
      if (hasType(page, "/Page") && annotations.isIndirect() && annotations.getObjGen() == id) {
        return page.getObjGen();
      }
    }
    return pagesAfter().pageWithAnnotations(id);
  }

  // Whatever no rule explained.

  void attributeTheRest() {
    ObjectSet rest;
    const auto take = [&](const ObjectSet& ids) {
      std::copy_if(
          ids.begin(), ids.end(), std::inserter(rest, rest.end()), [&](const QPDFObjGen& id) {
            return !explained_.contains(id);
          });
    };
    take(changed_);
    take(delta_.removed);
    if (rest.empty() && shared_suspects_.empty()) return;
    for (auto& found : findReached(after_.document(), rest, shared_suspects_, filledWidgets())) {
      const bool structure = found.change.kind == ChangeKind::MetadataChanged;
      const bool other =
          structure && saysOtherText(before_.object(found.object), after_.object(found.object));
      if (other) {
        found.change = {ChangeKind::CatalogChanged, "structure tree: another text", {}};
      }
      say(found.change.kind, std::move(found.change.what));
    }
  }

  ObjectSet filledWidgets() {
    ObjectSet ids;
    for (const auto& [key, entry] : fields_) {
      const bool mine = filled_.contains(entry.name) || !old_names_.contains(entry.name);
      if (mine && isReference(entry.node)) ids.insert(entry.node.getObjGen());
    }
    return ids;
  }

  /// The structure tree may grow, as when a new widget is tagged; what it says about older content
  /// stays.
  static bool saysOtherText(QPDFObjectHandle before, QPDFObjectHandle after) {
    static const KeySet kGrowing{"/K", "/Kids", "/Nums", "/Names"};
    static const KeySet kMaps{"/RoleMap", "/ClassMap", "/Namespaces"};
    static const KeySet kBookkeeping{"/Limits", "/ParentTree", "/ParentTreeNextKey", "/IDTree"};
    if (before.isArray()) return !grows(before, after);
    if (!before.isDictionary() || !after.isDictionary()) return true;
    for (const auto& key : keysOfBoth(before, after)) {
      auto old_value = before.getKey(key);
      auto new_value = after.getKey(key);
      if (kBookkeeping.contains(key) || sameValue(old_value, new_value)) continue;
      if (kMaps.contains(key) && old_value.isNull()) continue;
      if (!kGrowing.contains(key) || !grows(old_value, new_value)) return true;
    }
    return false;
  }

  /// The old items are all there, in their order.
  static bool grows(QPDFObjectHandle before, QPDFObjectHandle after) {
    auto old_items = listOf(before);
    auto new_items = listOf(after);
    auto place = new_items.begin();
    for (auto& item : old_items) {
      place = std::find_if(
          place, new_items.end(), [&](QPDFObjectHandle other) { return sameValue(item, other); });
      if (place == new_items.end()) return false;
      ++place;
    }
    return true;
  }

  Snapshot& before_;
  Snapshot& after_;
  const Delta& delta_;
  const ReferenceCounts& references_;
  ObjectSet changed_;  ///< without those that were only written again
  ObjectSet explained_;
  ObjectSet shared_suspects_;
  ObjectSet new_widgets_;
  FieldMap fields_;
  KeySet old_names_;
  KeySet filled_;
  KeySet signed_;
  std::map<std::string, std::vector<std::string>> shown_;
  bool tree_changed_ = false;
  std::unique_ptr<PageList> pages_before_;
  std::unique_ptr<PageList> pages_after_;
  std::vector<Change> changes_;
};

}  // namespace

std::vector<Change> explainRevision(Snapshot& before,
                                    Snapshot& after,
                                    const Delta& delta,
                                    const ReferenceCounts& references) {
  return RevisionDiff(before, after, delta, references).run();
}

}  // namespace congvan::pdf
