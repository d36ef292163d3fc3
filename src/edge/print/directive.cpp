// SPDX-License-Identifier: Apache-2.0
#include "edge/print/directive.h"

#include "edge/print/canvas.h"

#include <algorithm>
#include <optional>

namespace congvan::print {
namespace {

constexpr double kMillimetre = 72 / 25.4;
constexpr double kPageWidth = 210 * kMillimetre;
constexpr double kPageHeight = 297 * kMillimetre;
constexpr double kTop = 20 * kMillimetre;
constexpr double kBottom = 20 * kMillimetre;
constexpr double kLeft = 30 * kMillimetre;
constexpr double kRight = 15 * kMillimetre;
constexpr double kTextWidth = kPageWidth - kLeft - kRight;
constexpr double kBodySize = 14;
constexpr double kParagraphGap = 6;
constexpr double kSealSide = 36 * kMillimetre;
constexpr double kSignatureRoom = 34 * kMillimetre;  // between post and name

struct Column {
  double left = 0;
  double width = 0;
  double centre() const { return left + width / 2; }
};
constexpr Column kAgencyColumn{kLeft, kTextWidth * 0.42};
constexpr Column kMottoColumn{kLeft + kTextWidth * 0.42, kTextWidth * 0.58};
// The recipient's arrival stamp, 50 mm by 35 mm, goes below the number and partly into the margin:
// the abstract stands beside it, the text below.
constexpr Column kAbstractColumn{kLeft + 76, kTextWidth - 152};
constexpr double kArrivalRoom = 124;  // from the number's line to the text
constexpr Column kRecipientColumn{kLeft, kTextWidth * 0.48};
constexpr Column kSignerColumn{kLeft + kTextWidth * 0.48, kTextWidth * 0.52};

/// Draws from the top down. The first refusal is kept and everything after it does nothing, so that
/// the layout below reads as a document does.
class Sheet {
 public:
  Sheet() : canvas_(kPageWidth, kPageHeight) {}

  bool refused() const { return refusal_.has_value(); }
  const Error& refusal() const { return *refusal_; }
  std::size_t page() const { return page_; }

  /// Lays out, shows at the column's left edge, and returns what it took.
  Extent write(const std::string& text, const TextStyle& style, const Column& column, double y) {
    const auto layout = lay(text, style, column.width);
    if (!layout) return {};
    showAt(canvas_.context(), layout, column.left, y);
    return extentOf(layout);
  }

  Extent measure(const std::string& text, const TextStyle& style) {
    const auto layout = lay(text, style, 0);
    return layout ? extentOf(layout) : Extent{};
  }

  /// A thin line, centred below a heading.
  void rule(const Column& column, double share, double y) {
    const auto half = column.width * share / 2;
    cairo_set_line_width(canvas_.context(), 0.7);
    cairo_move_to(canvas_.context(), column.centre() - half, y);
    cairo_line_to(canvas_.context(), column.centre() + half, y);
    cairo_stroke(canvas_.context());
  }

  /// A paragraph that may break over pages; returns where the next one begins. `last_x` is the
  /// right end of its last line.
  double flow(const std::string& text, const TextStyle& style, double y, double* last_x) {
    const auto layout = lay(text, style, kTextWidth);
    if (!layout) return y;
    const std::unique_ptr<PangoLayoutIter, decltype(&pango_layout_iter_free)> line(
        pango_layout_get_iter(layout.get()), &pango_layout_iter_free);
    do {
      PangoRectangle logical{};
      pango_layout_iter_get_line_extents(line.get(), nullptr, &logical);
      const auto height = static_cast<double>(logical.height) / PANGO_SCALE;
      if (y + height > kPageHeight - kBottom) y = turnPage();
      const auto drop =
          static_cast<double>(pango_layout_iter_get_baseline(line.get()) - logical.y) / PANGO_SCALE;
      cairo_move_to(
          canvas_.context(), kLeft + static_cast<double>(logical.x) / PANGO_SCALE, y + drop);
      pango_cairo_show_layout_line(canvas_.context(),
                                   pango_layout_iter_get_line_readonly(line.get()));
      y += height;
      *last_x = kLeft + static_cast<double>(logical.x + logical.width) / PANGO_SCALE;
    } while (pango_layout_iter_next_line(line.get()) != FALSE);
    return y + kParagraphGap;
  }

  /// The top of a new page, numbered at its head from the second one on.
  double turnPage() {
    canvas_.nextPage();
    ++page_;
    write(std::to_string(page_ + 1),
          {.size = 13, .align = Align::Centre},
          {kLeft, kTextWidth},
          kTop - 8 * kMillimetre);
    return kTop;
  }

  Bytes finish() { return canvas_.finish(); }

 private:
  Layout lay(const std::string& text, const TextStyle& style, double width) {
    if (refusal_) return nullptr;
    auto layout = layOut(canvas_.context(), text, style, width);
    if (layout) return std::move(*layout);
    refusal_ = layout.error();
    return nullptr;
  }

  Canvas canvas_;
  std::size_t page_ = 0;
  std::optional<Error> refusal_;
};

Slot slotAt(std::size_t page, double left, double top, double width, double height) {
  return {page, left, kPageHeight - top - height, width, height, {}};
}

constexpr TextStyle centred(double size, Face face) {
  return {.size = size, .face = face, .align = Align::Centre};
}

/// Agency at the left, motto at the right; returns where the number and date line begins.
double drawHeads(Sheet& sheet, const DirectiveText& text) {
  auto left = kTop;
  if (!text.parent_agency.empty()) {
    left += sheet.write(text.parent_agency, centred(12, Face::Regular), kAgencyColumn, left).height;
  }
  left += sheet.write(text.agency, centred(13, Face::Bold), kAgencyColumn, left).height;
  sheet.rule(kAgencyColumn, 0.4, left + 3);

  auto right = kTop;
  right +=
      sheet
          .write(
              "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", centred(12.5, Face::Bold), kMottoColumn, right)
          .height;
  const std::string motto = "Độc lập - Tự do - Hạnh phúc";
  const auto width = sheet.measure(motto, {.size = 13.5, .face = Face::Bold}).width;
  right += sheet.write(motto, centred(13.5, Face::Bold), kMottoColumn, right).height;
  sheet.rule(kMottoColumn, width / kMottoColumn.width, right + 3);
  return std::max(left, right) + 12;
}

/// A label and the room after it, centred together; the room is sized by a sample of what will
/// stand there.
Slot drawOpenLine(Sheet& sheet,
                  const std::string& label,
                  const std::string& sample,
                  const Column& column,
                  double y,
                  const TextStyle& style) {
  // Trailing spaces would not count in a layout's width.
  const auto whole = sheet.measure(label + sample, style);
  const auto room = sheet.measure(sample, style);
  const auto left = column.centre() - whole.width / 2;
  sheet.write(label, style, {left, whole.width}, y);
  auto slot =
      slotAt(sheet.page(), left + whole.width - room.width, y, room.width * 1.15, room.height);
  slot.look = {style.size, style.face == Face::Italic ? FieldFace::Italic : FieldFace::Upright};
  return slot;
}

double drawTitle(Sheet& sheet, const DirectiveText& text, double y) {
  const Column column{kLeft, kTextWidth};
  y += sheet.write(text.type, centred(14, Face::Bold), column, y).height;
  y += sheet.write(text.abstract, centred(14, Face::Bold), kAbstractColumn, y).height;
  sheet.rule(column, 0.28, y + 4);
  return y + 18;
}

bool isHeading(const std::string& paragraph) {
  return paragraph.size() > 2 && paragraph[0] >= '1' && paragraph[0] <= '9' &&
         paragraph.compare(1, 2, ". ") == 0 && paragraph.size() < 140;
}

double drawBody(Sheet& sheet, const DirectiveText& text, double y, Directive& directive) {
  double last_x = kLeft;
  for (const auto& paragraph : text.paragraphs) {
    const TextStyle style{.size = kBodySize,
                          .face = isHeading(paragraph) ? Face::Bold : Face::Regular,
                          .align = Align::Justify,
                          .indent = 12.7 * kMillimetre,
                          .line_factor = 1.15};
    y = sheet.flow(paragraph, style, y, &last_x);
  }
  // Initials stand right after the last words, inside of the margin.
  constexpr double kInitialsWidth = 60;
  const auto left = std::min(last_x + 6, kPageWidth - kRight - kInitialsWidth);
  directive.initials = slotAt(sheet.page(), left, y - kParagraphGap - 20, kInitialsWidth, 22);
  return y + 6;
}

void drawRecipients(Sheet& sheet, const DirectiveText& text, double y) {
  y += sheet.write("Nơi nhận:", {.size = 12, .face = Face::BoldItalic}, kRecipientColumn, y).height;
  for (const auto& recipient : text.recipients) {
    y += sheet.write("- " + recipient, {.size = 11}, kRecipientColumn, y).height;
  }
}

void drawSigner(Sheet& sheet, const DirectiveText& text, double y, Directive& directive) {
  y += sheet.write(text.capacity, centred(13.5, Face::Bold), kSignerColumn, y).height;
  y += sheet.write(text.post, centred(13.5, Face::Bold), kSignerColumn, y).height;
  const auto width = kSignerColumn.width * 0.72;
  const auto left = kSignerColumn.centre() - width / 2;
  directive.signature = slotAt(sheet.page(), left, y + 8, width, kSignatureRoom - 16);
  // The seal's middle is on the line that cuts off the left third.
  directive.seal = slotAt(sheet.page(),
                          left + width / 3 - kSealSide * 2 / 3,
                          y + (kSignatureRoom - kSealSide) / 2,
                          kSealSide,
                          kSealSide);
  sheet.write(text.signer, centred(14, Face::Bold), kSignerColumn, y + kSignatureRoom);
}

}  // namespace

Result<Directive> drawDirective(const DirectiveText& text) {
  Sheet sheet;
  Directive directive;
  const auto line = drawHeads(sheet, text);
  directive.number = drawOpenLine(sheet, "Số: ", "000/CT-UBND", kAgencyColumn, line, {.size = 13});
  directive.date = drawOpenLine(sheet,
                                text.place + ", ",
                                "ngày 22 tháng 12 năm 2026",
                                kMottoColumn,
                                line,
                                {.size = 13.5, .face = Face::Italic});
  auto y = std::max(drawTitle(sheet, text, line + 34), line + kArrivalRoom);
  y = drawBody(sheet, text, y, directive);

  // Recipients and signature stay together (and with the end of the text, when there is room).
  const auto names = static_cast<double>(text.recipients.size());
  const auto needed = std::max(kSignatureRoom + 60, 18 + names * 14);
  if (y + needed > kPageHeight - kBottom) y = sheet.turnPage();
  drawRecipients(sheet, text, y);
  drawSigner(sheet, text, y, directive);
  if (sheet.refused()) return sheet.refusal();
  directive.pages = sheet.page() + 1;
  directive.pdf = sheet.finish();
  return directive;
}

DirectiveText demonstrationDirective() {
  DirectiveText text;
  text.agency = "ỦY BAN NHÂN DÂN\nTỈNH AN BÌNH";
  text.place = "An Bình";
  text.type = "CHỈ THỊ";
  text.abstract =
      "Về việc tăng cường sử dụng chữ ký số và gửi, nhận văn bản điện tử trong các cơ quan hành "
      "chính "
      "trên địa bàn tỉnh";
  text.paragraphs = {
      "Thời gian qua, việc gửi, nhận văn bản điện tử giữa các cơ quan, đơn vị trên địa bàn tỉnh đã "
      "có nhiều "
      "chuyển biến: phần lớn văn bản được soạn thảo, trình duyệt và phát hành trên hệ thống; thời "
      "gian luân "
      "chuyển được rút ngắn; chi phí in, sao và bưu chính giảm rõ rệt. Tuy vậy, ở một số nơi vẫn "
      "còn tình "
      "trạng vừa gửi bản điện tử vừa gửi bản giấy; văn bản đến chưa được kiểm tra chữ ký trước khi "
      "đăng ký; "
      "chứng thư chữ ký số hết hạn chưa được gia hạn kịp thời; việc bàn giao, thu hồi thiết bị lưu "
      "khóa khi "
      "cán bộ chuyển công tác chưa chặt chẽ.",
      "Để khắc phục những tồn tại nêu trên, bảo đảm giá trị pháp lý, tính xác thực và tính toàn "
      "vẹn của văn "
      "bản điện tử, Ủy ban nhân dân tỉnh yêu cầu Thủ trưởng các sở, ban, ngành; Chủ tịch Ủy ban "
      "nhân dân các "
      "xã, phường tập trung thực hiện các nhiệm vụ sau:",
      "1. Về ký số và phát hành văn bản",
      "a) Toàn bộ văn bản hành chính không chứa bí mật nhà nước phải được ký số bởi người có thẩm "
      "quyền và cơ "
      "quan ban hành trước khi phát hành. Không phát hành bản giấy kèm theo, trừ trường hợp pháp "
      "luật có quy "
      "định khác hoặc bên nhận chưa thể tiếp nhận bản điện tử.",
      "b) Chữ ký số của người có thẩm quyền, chữ ký số của cơ quan, số, ngày, tháng, năm ban hành "
      "được đặt "
      "đúng vị trí theo quy định về thể thức và kỹ thuật trình bày văn bản. Sau khi cơ quan ký số, "
      "không ai "
      "được sửa đổi bất cứ nội dung nào của văn bản.",
      "c) Văn bản phát hành phải có dấu thời gian. Khi dịch vụ cấp dấu thời gian tạm thời gián "
      "đoạn, văn thư "
      "vẫn phát hành đúng hạn và bổ sung dấu thời gian ngay khi dịch vụ hoạt động trở lại.",
      "d) Người đứng đầu cơ quan chịu trách nhiệm về việc sử dụng khóa bí mật của mình; không giao "
      "thiết bị "
      "lưu khóa, mã PIN cho người khác dưới bất kỳ hình thức nào. Việc ủy quyền ký phải bằng văn "
      "bản và được "
      "ghi nhận trên hệ thống.",
      "2. Về tiếp nhận và xử lý văn bản đến",
      "a) Văn thư kiểm tra tính xác thực và toàn vẹn của văn bản điện tử đến trước khi đăng ký. "
      "Văn bản có "
      "chữ ký không hợp lệ, bị thay đổi sau khi ký hoặc gửi sai nơi nhận thì trả lại ngay trên hệ "
      "thống và nêu "
      "rõ lý do.",
      "b) Văn bản đến ngày nào phải được đăng ký, trình và chuyển giao trong ngày đó, chậm nhất là "
      "đầu giờ "
      "làm việc của ngày làm việc tiếp theo. Văn bản có mức độ khẩn phải được xử lý ngay sau khi "
      "nhận.",
      "c) Lãnh đạo cơ quan giao việc trên hệ thống, ghi rõ đơn vị chủ trì, đơn vị phối hợp, nội "
      "dung và thời "
      "hạn giải quyết. Kết quả xử lý được cập nhật thường xuyên để nơi gửi theo dõi.",
      "3. Về quản lý chứng thư chữ ký số",
      "a) Các cơ quan, đơn vị rà soát chứng thư chữ ký số đã cấp cho cá nhân và tổ chức; lập danh "
      "sách chứng "
      "thư sắp hết hạn trong vòng 60 ngày và đề nghị gia hạn trước khi hết hạn ít nhất 15 ngày.",
      "b) Khi có thay đổi về tổ chức, nhân sự hoặc khi nghi ngờ lộ khóa bí mật, phải đề nghị thu "
      "hồi chứng thư "
      "trong thời gian không quá 04 giờ làm việc. Danh sách chứng thư bị thu hồi được công bố "
      "thường xuyên.",
      "c) Mọi lần cấp, gia hạn, thu hồi chứng thư đều được ghi vào nhật ký không thể sửa đổi để "
      "phục vụ công "
      "tác thanh tra, kiểm tra.",
      "4. Về đào tạo và kiểm tra",
      "a) Mỗi cơ quan, đơn vị tổ chức ít nhất một lớp hướng dẫn sử dụng chữ ký số trong năm cho "
      "toàn thể cán "
      "bộ, công chức, viên chức; bố trí cán bộ đầu mối hỗ trợ kỹ thuật.",
      "b) Kết quả thực hiện được đưa vào tiêu chí đánh giá, xếp loại mức độ hoàn thành nhiệm vụ "
      "hằng năm của "
      "tập thể và người đứng đầu.",
      "5. Tổ chức thực hiện",
      "a) Văn phòng Ủy ban nhân dân tỉnh chủ trì theo dõi, đôn đốc; định kỳ hằng quý tổng hợp tình "
      "hình gửi, "
      "nhận và ký số văn bản điện tử, báo cáo Chủ tịch Ủy ban nhân dân tỉnh.",
      "b) Sở Khoa học và Công nghệ bảo đảm hạ tầng kỹ thuật, an toàn thông tin; hướng dẫn kết nối "
      "giữa các hệ "
      "thống; kịp thời xử lý sự cố.",
      "c) Sở Tài chính cân đối, bố trí kinh phí để duy trì và nâng cấp hệ thống theo quy định hiện "
      "hành.",
      "Chỉ thị này có hiệu lực kể từ ngày ký. Trong quá trình thực hiện, nếu có khó khăn, vướng "
      "mắc, các cơ "
      "quan, đơn vị phản ánh về Văn phòng Ủy ban nhân dân tỉnh để được hướng dẫn, giải quyết./."};
  text.recipients = {"Thường trực Tỉnh ủy, Thường trực HĐND tỉnh (để b/c);",
                     "Chủ tịch, các Phó Chủ tịch UBND tỉnh;",
                     "Các sở, ban, ngành thuộc tỉnh;",
                     "UBND các xã, phường;",
                     "Cổng Thông tin điện tử tỉnh;",
                     "Lưu: VT, TH."};
  text.capacity = "TM. ỦY BAN NHÂN DÂN";
  text.post = "CHỦ TỊCH";
  text.signer = "Trần Minh Khôi";
  return text;
}

}  // namespace congvan::print
