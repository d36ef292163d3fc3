// SPDX-License-Identifier: Apache-2.0
#include "trust/pdf/form.h"

#include "base/text.h"
#include "trust/pdf/form_edit.h"
#include "trust/pdf/open.h"
#include "trust/pdf/values.h"

#include <algorithm>
#include <set>

namespace congvan::pdf {
namespace {

constexpr std::size_t kByteRangeWidth = 60;  // `[0 `, three numbers of up to 13 digits, `]`
constexpr std::string_view kSignatureFlags = "/F 132";  // Print, Locked
constexpr std::string_view kTextFlags = "/F 4";         // Print
constexpr std::string_view kTimestampField = "dau-thoi-gian-";

Error conflict(std::string reason, const std::string& field) {
  return {Code::Conflict, std::move(reason), {{"field", field}}};
}

Result<> checkName(const std::string& name) {
  if (name.empty() || name.size() > 400 || name.find('.') != std::string::npos || !isUtf8(name) ||
      hasControlCharacters(name)) {
    return Error{Code::Malformed, "field_name", {{"field", name}}};
  }
  return kDone;
}

std::string lockText(std::string_view action, const std::vector<std::string>& names) {
  std::string text = "/Action /" + std::string(action) + " /Fields [";
  for (const auto& name : names) text += " " + textString(name);
  return text + " ]";
}

/// What closes `present` and `plans`, but for the open ones. Named one by one, so that what comes
/// later is not closed; a name of the first level stands for all below it.
std::string lockOfPresent(const FieldTree& present, const std::vector<FieldPlan>& plans) {
  std::set<std::string> closed;
  const auto close = [&](const std::string& name) {
    closed.insert(name.substr(0, name.find('.')));
  };
  for (const auto& node : present.terminals) close(node.name);
  for (const auto& name : present.groups) close(name);
  std::vector<std::string> open;
  for (const auto& plan : plans) plan.stays_open ? open.push_back(plan.name) : close(plan.name);
  // A field without a name can be closed only with everything.
  if (closed.contains("")) return lockText("Exclude", open);
  return lockText("Include", {closed.begin(), closed.end()});
}

/// Of the /Lock; empty: none.
std::string lockEntries(const FieldPlan& plan,
                        const FieldTree& present,
                        const std::vector<FieldPlan>& plans) {
  switch (plan.locking) {
    case Locking::All:
      return "/Action /All";
    case Locking::Present:
      return lockOfPresent(present, plans);
    case Locking::Named:
      break;
  }
  return plan.locks.empty() ? std::string() : lockText("Include", plan.locks);
}

std::string fieldEntries(const FieldPlan& plan,
                         const std::string& lock_entries,
                         ObjectId empty,
                         Update& update) {
  std::string entries;
  if (plan.kind == FieldKind::Signature) {
    entries = "/FT /Sig " + std::string(kSignatureFlags);
    if (!lock_entries.empty()) {
      const auto lock = update.create();  // 12.7.5.5: shall be an indirect reference
      update.put(lock, "<< /Type /SigFieldLock " + lock_entries + " >>");
      entries += " /Lock " + reference(lock);
    }
  } else {
    entries = "/FT /Tx /DA (/TiRo 13 Tf 0 g) " + std::string(kTextFlags);
    if (plan.several_lines) entries += " /Ff 4096";  // table 231: Multiline
  }
  if (plan.spot) entries += " /AP << /N " + reference(empty) + " >>";
  if (!plan.tooltip.empty()) entries += " /TU " + textString(plan.tooltip);
  return entries;
}

Result<> addPlanned(FormEdit& edit,
                    const FieldPlan& plan,
                    const std::vector<FieldPlan>& plans,
                    ObjectId empty) {
  const auto named = checkName(plan.name);
  if (!named) return named;
  if (edit.fields().hasName(plan.name)) return conflict("field_exists", plan.name);
  if (edit.permissions().locked(plan.name)) return conflict("field_locked", plan.name);
  if (plan.kind == FieldKind::Text && !plan.spot) return Error{Code::Malformed, "field_rectangle"};
  const auto stand = edit.stand(plan.spot);
  if (!stand) return stand.error();
  if (plan.kind == FieldKind::Signature) edit.needSignatureFlags();
  if (plan.kind == FieldKind::Text) edit.needFont();
  const auto lock = lockEntries(plan, edit.fields(), plans);
  edit.addField(plan.name, *stand, fieldEntries(plan, lock, empty, edit.update()));
  return kDone;
}

Result<Bytes> addAll(BytesView file, const std::vector<FieldPlan>& plans) {
  auto edit = FormEdit::open(file);
  if (!edit) return edit.error();
  // New fields are none of the things that any certification level permits (12.8.2.2).
  if (edit->permissions().certified() != 0) return Error{Code::RuleRefused, "certified_no_changes"};
  std::set<std::string> names;
  const auto empty = emptyForm(edit->update());
  for (const auto& plan : plans) {
    if (!names.insert(plan.name).second) {
      return Error{Code::Malformed, "field_name", {{"field", plan.name}}};
    }
    const auto added = addPlanned(*edit, plan, plans, empty);
    if (!added) return added.error();
  }
  auto written = edit->finish();
  if (!written) return written.error();
  return std::move(written->bytes);
}

int quarterTurns(QPDFObjectHandle widget) {
  auto page = valueAt(widget, "/P");
  if (page.isDictionary()) return geometryOf(page).rotate;
  auto turn = valueAt(valueAt(widget, "/MK"), "/R");
  if (!turn.isInteger()) return 0;
  return static_cast<int>(((turn.getIntValue() / 90) % 4 + 4) % 4) * 90;
}

/// The appearance dictionary for `drawing` in a rectangle of page coordinates; empty: no room.
std::string appearanceIn(const UserRectangle& box,
                         int rotate,
                         const FormXObject& drawing,
                         Update& update) {
  auto width = box.right - box.left;
  auto height = box.top - box.bottom;
  if (!(width > 0) || !(height > 0)) return {};
  if (rotate == 90 || rotate == 270) std::swap(width, height);
  return "<< /N " + reference(placeForm(drawing, width, height, rotate, update)) + " >>";
}

/// Sets the appearance of every widget of `node`, each in its own rectangle.
Result<> dress(FormEdit& edit, const FieldNode& node, const std::optional<Drawing>& drawing) {
  if (!drawing) return kDone;
  const auto form = drawing->putInto(edit.update());
  for (const auto& widget : node.widgets) {
    const auto text =
        appearanceIn(widgetRectangle(widget), quarterTurns(widget), form, edit.update());
    if (text.empty()) continue;
    const auto changed = edit.change(widget, {{"/AP", text}, {"/AS", ""}});
    if (!changed) return changed;
  }
  return kDone;
}

Result<> fillText(FormEdit& edit, const ValuePlan& plan) {
  const auto* node = edit.fields().find(plan.field);
  if (node == nullptr) return Error{Code::NotFound, "field_missing", {{"field", plan.field}}};
  if (node->kind != FieldKind::Text) return conflict("field_not_text", plan.field);
  if (edit.permissions().locked(plan.field)) return conflict("field_locked", plan.field);
  const auto changed = edit.change(node->field, {{"/V", textString(plan.value)}, {"/RV", ""}});
  if (!changed) return changed;
  return dress(edit, *node, plan.appearance);
}

/// 12.8.2.4: signing a field that has /Lock records the lock in the signature itself.
std::string lockReference(FormEdit& edit, QPDFObjectHandle lock) {
  if (!lock.isDictionary()) return {};
  const auto root = reference(idOf(edit.pdf().getRoot()));
  auto action = valueAt(lock, "/Action");
  auto fields = valueAt(lock, "/Fields");
  std::string parameters = "<< /Type /TransformParams /V /1.2 /Action " +
                           (action.isName() ? action.unparse() : std::string("/All"));
  if (fields.isArray()) parameters += " /Fields " + arrayText(fields);
  std::string references = "<< /Type /SigRef /TransformMethod /FieldMDP /TransformParams " +
                           parameters + " >> /Data " + root + " >>";
  auto level = valueAt(lock, "/P");
  if (level.isInteger()) {
    references +=
        " << /Type /SigRef /TransformMethod /DocMDP /TransformParams << /Type /TransformParams "
        "/V /1.2 /P " +
        level.unparse() + " >> >>";
  }
  return " /Reference [ " + references + " ]";
}

/// Where the byte range and the hole go, in the order in which `withByteRange` looks for them.
std::string placeholders(std::size_t hole_size) {
  return " /ByteRange " + std::string(kByteRangeWidth, ' ') + " /Contents <" +
         std::string(hole_size, '0') + ">";
}

std::string signatureBody(const SignaturePlan& plan, const std::string& references) {
  std::string body = "<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached";
  body += placeholders(plan.hole_size);
  if (!plan.time.empty()) body += " /M " + textString(plan.time);
  if (!plan.signer_name.empty()) body += " /Name " + textString(plan.signer_name);
  if (!plan.reason.empty()) body += " /Reason " + textString(plan.reason);
  if (!plan.location.empty()) body += " /Location " + textString(plan.location);
  return body + references + " >>";
}

Result<> fillSignatureField(FormEdit& edit,
                            const SignaturePlan& plan,
                            const FieldNode& node,
                            ObjectId signature) {
  if (node.kind != FieldKind::Signature) return conflict("field_not_signature", plan.field);
  if (!QPDFObjectHandle(node.value).isNull()) return conflict("field_already_signed", plan.field);
  if (edit.permissions().locked(plan.field)) return conflict("field_locked", plan.field);
  auto demands = valueAt(node.field, "/SV");
  auto required = valueAt(demands, "/Ff");
  if (required.isInteger() && required.getIntValue() != 0) {
    return conflict("field_seed_value", plan.field);
  }
  const auto changed = edit.change(node.field, {{"/V", reference(signature)}});
  if (!changed) return changed;
  const auto references = lockReference(edit, valueAt(node.field, "/Lock"));
  edit.update().put(signature, signatureBody(plan, references));
  return dress(edit, node, plan.appearance);
}

Result<> addSignatureField(FormEdit& edit, const SignaturePlan& plan, ObjectId signature) {
  const auto named = checkName(plan.field);
  if (!named) return named;
  if (edit.fields().hasName(plan.field)) return conflict("field_not_signature", plan.field);
  if (edit.permissions().locked(plan.field)) return conflict("field_locked", plan.field);
  const auto stand = edit.stand(plan.spot);
  if (!stand) return stand.error();
  std::string entries = "/FT /Sig " + std::string(kSignatureFlags) + " /V " + reference(signature);
  if (plan.spot && plan.appearance) {
    const auto form = plan.appearance->putInto(edit.update());
    entries += " /AP " + appearanceIn(stand->rectangle, stand->rotate, form, edit.update());
  } else if (plan.spot) {
    entries += " /AP << /N " + reference(emptyForm(edit.update())) + " >>";
  }
  edit.update().put(signature, signatureBody(plan, {}));
  edit.addField(plan.field, *stand, entries);
  return kDone;
}

/// Writes /ByteRange over its placeholder and tells where the hole is.
SignatureUpdate withByteRange(Update::Written written,
                              ObjectId signature,
                              const BaseFile& base,
                              std::size_t hole_size) {
  const auto text = asText(written.bytes);
  const auto body_at = written.body_at.at(signature);
  constexpr std::string_view kRangeWord = "/ByteRange ";
  const auto range_at = text.find(kRangeWord, body_at) + kRangeWord.size();
  const auto open_at = text.find('<', range_at);  // of /Contents
  const auto close_at = open_at + 1 + hole_size + 1;
  auto range = "[0 " + std::to_string(base.size + open_at) + " " +
               std::to_string(base.size + close_at) + " " +
               std::to_string(written.bytes.size() - close_at) + "]";
  std::copy(
      range.begin(), range.end(), written.bytes.begin() + static_cast<std::ptrdiff_t>(range_at));
  return {std::move(written.bytes), open_at + 1};
}

Result<SignatureUpdate> signAll(BytesView file, const SignaturePlan& plan) {
  auto edit = FormEdit::open(file);
  if (!edit) return edit.error();
  if (edit->permissions().certified() == 1) return Error{Code::RuleRefused, "certified_no_changes"};
  edit->needSignatureFlags();
  const auto signature = edit->update().create();
  const auto* node = edit->fields().find(plan.field);
  const auto placed = node != nullptr ? fillSignatureField(*edit, plan, *node, signature)
                                      : addSignatureField(*edit, plan, signature);
  if (!placed) return placed.error();
  for (const auto& value : plan.values) {
    const auto filled = fillText(*edit, value);
    if (!filled) return filled.error();
  }
  auto written = edit->finish();
  if (!written) return written.error();
  return withByteRange(std::move(*written), signature, edit->update().base(), plan.hole_size);
}

Result<SignatureUpdate> stampAll(BytesView file, std::size_t hole_size) {
  auto edit = FormEdit::open(file);
  if (!edit) return edit.error();
  edit->needSignatureFlags();
  const auto stand = edit->stand(std::nullopt);
  if (!stand) return stand.error();
  const auto stamp = edit->update().create();
  edit->update().put(stamp,
                     "<< /Type /DocTimeStamp /Filter /Adobe.PPKLite /SubFilter /ETSI.RFC3161" +
                         placeholders(hole_size) + " >>");
  std::string name;
  for (int number = 1; name.empty() || edit->fields().hasName(name); ++number) {
    name = std::string(kTimestampField) + std::to_string(number);
  }
  edit->addField(
      name, *stand, "/FT /Sig " + std::string(kSignatureFlags) + " /V " + reference(stamp));
  auto written = edit->finish();
  if (!written) return written.error();
  return withByteRange(std::move(*written), stamp, edit->update().base(), hole_size);
}

}  // namespace

Result<std::vector<FieldFound>> listFields(BytesView file) {
  const auto pdf = open(file, Reading::Strict);
  if (!pdf) return pdf.error();
  return guarded<std::vector<FieldFound>>([&]() -> Result<std::vector<FieldFound>> {
    const auto tree = readFields(**pdf);
    if (!tree) return tree.error();
    std::vector<FieldFound> found;
    for (const auto& node : tree->terminals) {
      auto value = node.value;
      const bool empty = value.isNull() || (value.isString() && value.getStringValue().empty());
      found.push_back({node.name, node.kind, !empty});
    }
    return found;
  });
}

Result<std::vector<ShownSize>> listPages(BytesView file, std::size_t most) {
  const auto pdf = open(file, Reading::Strict);
  if (!pdf) return pdf.error();
  return guarded<std::vector<ShownSize>>([&]() -> Result<std::vector<ShownSize>> {
    const auto pages = allPages(**pdf, most);
    if (!pages) return pages.error();
    std::vector<ShownSize> sizes;
    for (const auto& page : *pages) sizes.push_back(shownSize(geometryOf(page)));
    return sizes;
  });
}

Result<Bytes> appendFields(BytesView file, const std::vector<FieldPlan>& plans) {
  return guarded<Bytes>([&] { return addAll(file, plans); });
}

Result<SignatureUpdate> appendSignature(BytesView file, const SignaturePlan& plan) {
  return guarded<SignatureUpdate>([&] { return signAll(file, plan); });
}

Result<SignatureUpdate> appendTimestamp(BytesView file, std::size_t hole_size) {
  return guarded<SignatureUpdate>([&] { return stampAll(file, hole_size); });
}

}  // namespace congvan::pdf
