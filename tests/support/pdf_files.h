// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/shell.h"

#include <string>
#include <vector>

/// Small PDFs of every structure that makers use. What is written here by hand is only bodies of
/// objects and, where no tool can make it, the hybrid form; the rest is qpdf's work.
namespace congvan::test {

struct PdfShape {
  std::string page_extra;  ///< `/Rotate 90`
  std::string media_box = "[0 0 595 842]";
  std::string root_extra;  ///< `/AcroForm << … >>`
  std::string objects;     ///< more objects, from number 10 on: `10 0 obj … endobj`
  std::string content = "BT /F1 24 Tf 72 700 Td (Hello) Tj ET 72 72 100 50 re S";
};

/// A file without a cross-reference table, for qpdf to mend.
inline std::string roughPdf(const PdfShape& shape = {}) {
  return "%PDF-1.7\n%\xE2\xE3\xCF\xD3\n"
         "1 0 obj\n<< /Type /Catalog /Pages 2 0 R " +
         shape.root_extra +
         " >>\nendobj\n"
         "2 0 obj\n<< /Type /Pages /Kids [3 0 R 5 0 R] /Count 2 /Resources << /Font << /F1 6 0 R "
         ">> >> "
         "/MediaBox " +
         shape.media_box +
         " >>\nendobj\n"
         "3 0 obj\n<< /Type /Page /Parent 2 0 R /Contents 4 0 R " +
         shape.page_extra +
         " >>\nendobj\n"
         "4 0 obj\n<< /Length " +
         std::to_string(shape.content.size()) + " >>\nstream\n" + shape.content +
         "\nendstream\nendobj\n"
         "5 0 obj\n<< /Type /Page /Parent 2 0 R /Contents 4 0 R >>\nendobj\n"
         "6 0 obj\n<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>\nendobj\n" +
         shape.objects + "trailer\n<< /Size 99 /Root 1 0 R >>\nstartxref\n0\n%%EOF\n";
}

/// The file as qpdf writes it with `options`.
inline Bytes byQpdf(const TempFolder& folder, const PdfShape& shape, const std::string& options) {
  folder.write("rough.pdf", roughPdf(shape));
  const auto ran = run(folder, "qpdf --deterministic-id " + options + " rough.pdf made.pdf");
  if (ran.status != 0 && ran.status != 3) throw std::runtime_error(ran.output);
  return folder.bytes("made.pdf");
}

inline constexpr const char* kClassic = "--object-streams=disable";
inline constexpr const char* kObjectStreams = "--object-streams=generate";

/// A hybrid-reference file (7.5.8.4): the /AcroForm and its fields stand in an object stream that
/// only the /XRefStm of the table's trailer names.
inline Bytes hybridPdf() {
  std::string text = "%PDF-1.5\n";
  std::vector<std::size_t> offsets(9, 0);
  const auto object = [&](std::size_t number, const std::string& body) {
    offsets[number] = text.size();
    text += std::to_string(number) + " 0 obj\n" + body + "\nendobj\n";
  };
  object(1, "<< /Type /Catalog /Pages 2 0 R /AcroForm 6 0 R >>");
  object(2, "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] >>");
  object(3, "<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << >> >>");
  object(4, "<< /Length 16 >>\nstream\n72 72 100 50 re S\nendstream");
  text.replace(text.find("/Length 16"), 10, "/Length 17");
  const std::string hidden = "<< /Fields 7 0 R /SigFlags 0 >> [ ]";
  const std::string index = "6 0 7 32 ";
  object(5,
         "<< /Type /ObjStm /N 2 /First " + std::to_string(index.size()) + " /Length " +
             std::to_string(index.size() + hidden.size()) + " >>\nstream\n" + index + hidden +
             "\nendstream");
  offsets[8] = text.size();
  std::string rows;
  const auto row = [&rows](int type, std::size_t second, int third) {
    rows += static_cast<char>(type);
    rows += static_cast<char>(second >> 8U);
    rows += static_cast<char>(second & 0xFFU);
    rows += static_cast<char>(third);
  };
  row(2, 5, 0);
  row(2, 5, 1);
  text += "8 0 obj\n<< /Type /XRef /Size 9 /W [1 2 1] /Index [6 2] /Root 1 0 R /Length " +
          std::to_string(rows.size()) + " >>\nstream\n" + rows + "\nendstream\nendobj\n";
  const auto table_at = text.size();
  text += "xref\n0 9\n";
  for (std::size_t i = 0; i < 9; ++i) {
    char line[32];
    const bool free = i == 0 || i == 6 || i == 7;
    std::snprintf(line,
                  sizeof line,
                  "%010zu %05d %c \n",
                  free ? 0 : offsets[i],
                  i == 0 ? 65535 : 0,
                  free ? 'f' : 'n');
    text += line;
  }
  text += "trailer\n<< /Size 9 /Root 1 0 R /XRefStm " + std::to_string(offsets[8]) +
          " >>\nstartxref\n" + std::to_string(table_at) + "\n%%EOF\n";
  return toBytes(text);
}

struct BaseKind {
  std::string name;
  Bytes (*make)(const TempFolder&);
};

inline PdfShape indirectForm() {
  PdfShape shape;
  shape.root_extra = "/AcroForm 10 0 R";
  shape.page_extra = "/Annots 12 0 R";
  shape.objects =
      "10 0 obj\n<< /Fields 11 0 R /DR 14 0 R >>\nendobj\n11 0 obj\n[ 13 0 R ]\nendobj\n12 0 "
      "obj\n[ 13 0 R ]\nendobj\n"
      "13 0 obj\n<< /Type /Annot /Subtype /Widget /FT /Tx /T (Old) /Rect [10 10 60 30] /P 3 0 R /F "
      "4 "
      "/DA (/F1 12 Tf 0 g) >>\nendobj\n14 0 obj\n<< /Font 15 0 R >>\nendobj\n15 0 obj\n<< /F1 6 0 "
      "R >>\nendobj\n";
  return shape;
}

inline PdfShape inlineForm() {
  PdfShape shape;
  shape.root_extra = "/AcroForm << /Fields [ 13 0 R ] >>";
  shape.page_extra = "/Annots [ 13 0 R ]";
  shape.objects =
      "13 0 obj\n<< /Type /Annot /Subtype /Widget /FT /Tx /T (Old) /Rect [10 10 60 30] /P 3 0 R /F "
      "4 "
      "/DA (/F1 12 Tf 0 g) >>\nendobj\n";
  return shape;
}

/// An empty signature field on a page, and a text field of two widgets, made by another hand.
inline PdfShape foreignFields() {
  PdfShape shape;
  shape.root_extra = "/AcroForm << /Fields [ 13 0 R 14 0 R ] >>";
  shape.page_extra = "/Annots [ 13 0 R 15 0 R 16 0 R ]";
  shape.objects =
      "13 0 obj\n<< /Type /Annot /Subtype /Widget /FT /Sig /T (Approval) /Rect [100 200 300 280] "
      "/P 3 0 R /F 4 >>\n"
      "endobj\n14 0 obj\n<< /FT /Tx /T (Number) /DA (/F1 12 Tf 0 g) /Kids [ 15 0 R 16 0 R ] "
      ">>\nendobj\n"
      "15 0 obj\n<< /Type /Annot /Subtype /Widget /Parent 14 0 R /Rect [10 10 60 30] /P 3 0 R /F 4 "
      ">>\nendobj\n"
      "16 0 obj\n<< /Type /Annot /Subtype /Widget /Parent 14 0 R /Rect [10 50 60 70] /P 3 0 R /F 4 "
      ">>\nendobj\n";
  return shape;
}

inline const std::vector<BaseKind>& baseKinds() {
  static const std::vector<BaseKind> kinds = {
      {"classic", [](const TempFolder& f) { return byQpdf(f, {}, kClassic); }},
      {"object_streams", [](const TempFolder& f) { return byQpdf(f, {}, kObjectStreams); }},
      {"qdf", [](const TempFolder& f) { return byQpdf(f, {}, "--qdf"); }},
      {"linearized",
       [](const TempFolder& f) { return byQpdf(f, {}, "--linearize --object-streams=disable"); }},
      {"linearized_object_streams",
       [](const TempFolder& f) { return byQpdf(f, {}, "--linearize --object-streams=generate"); }},
      {"form_inline", [](const TempFolder& f) { return byQpdf(f, inlineForm(), kClassic); }},
      {"form_indirect", [](const TempFolder& f) { return byQpdf(f, indirectForm(), kClassic); }},
      {"form_in_object_streams",
       [](const TempFolder& f) { return byQpdf(f, indirectForm(), kObjectStreams); }},
      {"hybrid", [](const TempFolder&) { return hybridPdf(); }},
      {"no_line_end",
       [](const TempFolder& f) {
         auto file = byQpdf(f, {}, kClassic);
         while (file.back() == '\n') file.pop_back();
         return file;
       }},
      {"trailing_junk",
       [](const TempFolder& f) {
         auto file = byQpdf(f, {}, kObjectStreams);
         append(file, "\r\n\0\0 junk");
         return file;
       }},
  };
  return kinds;
}

}  // namespace congvan::test
