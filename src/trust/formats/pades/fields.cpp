// SPDX-License-Identifier: Apache-2.0
#include "trust/formats/pades/plans.h"
#include "trust/formats/pades/prepare_fields.h"
#include "trust/pdf/form.h"

namespace congvan::pades {

namespace {

pdf::Locking lockingOf(Locking locking) {
  switch (locking) {
    case Locking::Named:
      return pdf::Locking::Named;
    case Locking::Present:
      return pdf::Locking::Present;
    case Locking::All:
      break;
  }
  return pdf::Locking::All;
}

}  // namespace

pdf::Spot spotOf(const Place& place) {
  const auto& box = place.rectangle;
  return {place.page, {box.left, box.bottom, box.width, box.height}};
}

Result<Appearance> Appearance::prepare(BytesView one_page_pdf) {
  auto drawing = pdf::Drawing::prepare(one_page_pdf);
  if (!drawing) return drawing.error();
  return Appearance{std::move(*drawing)};
}

Result<Bytes> addFields(BytesView file, const std::vector<NewField>& fields) {
  std::vector<pdf::FieldPlan> plans;
  for (const auto& field : fields) {
    pdf::FieldPlan plan;
    plan.name = field.name;
    plan.kind =
        field.role == FieldRole::Signature ? pdf::FieldKind::Signature : pdf::FieldKind::Text;
    if (field.place) plan.spot = spotOf(*field.place);
    plan.locking = lockingOf(field.locking);
    plan.locks = field.locks;
    plan.stays_open = field.stays_open;
    plan.several_lines = field.several_lines;
    plan.tooltip = field.tooltip;
    plans.push_back(std::move(plan));
  }
  return pdf::appendFields(file, plans);
}

Result<std::vector<FieldState>> fields(BytesView file) {
  const auto found = pdf::listFields(file);
  if (!found) return found.error();
  std::vector<FieldState> states;
  for (const auto& field : *found) {
    if (field.kind == pdf::FieldKind::Other) continue;
    const auto role =
        field.kind == pdf::FieldKind::Signature ? FieldRole::Signature : FieldRole::Text;
    states.push_back({field.name, role, field.filled});
  }
  return states;
}

Result<std::vector<PageSize>> pages(BytesView file, std::size_t most) {
  const auto found = pdf::listPages(file, most);
  if (!found) return found.error();
  std::vector<PageSize> sizes;
  for (const auto& page : *found) sizes.push_back({page.width, page.height});
  return sizes;
}

}  // namespace congvan::pades
