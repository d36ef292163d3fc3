// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/openssl_pki.h"
#include "tests/support/pdf_files.h"

#include <cstdio>
#include <map>
#include <regex>
#include <string>

/// Revisions written by hand, good and evil, and signatures by the openssl command.
namespace congvan::test {

inline std::string xrefRow(std::size_t offset, int generation, char kind) {
  char line[32];
  std::snprintf(line, sizeof line, "%010zu %05d %c \n", offset, generation, kind);
  return line;
}

/// `body` is the text of an object without `n g obj`; empty: the object is freed.
using Objects = std::map<int, std::string>;

inline std::string lastNumberAfter(const std::string& text, const std::string& word) {
  const auto at = text.rfind(word) + word.size();
  const auto from = text.find_first_of("0123456789", at);
  return text.substr(from, text.find_first_not_of("0123456789", from) - from);
}

/// `file` with one more revision in the classic form. `trailer` gets more entries of the trailer.
inline std::string grown(std::string text,
                         const Objects& objects,
                         const std::string& trailer = {}) {
  const auto prev = lastNumberAfter(text, "startxref");
  const auto root = lastNumberAfter(text, "/Root");
  int size = std::stoi(lastNumberAfter(text, "/Size"));
  std::string table = "xref\n";
  for (const auto& [number, body] : objects) {
    size = std::max(size, number + 1);
    table += std::to_string(number) + " 1\n";
    table += body.empty() ? xrefRow(0, 1, 'f') : xrefRow(text.size(), 0, 'n');
    if (!body.empty()) text += std::to_string(number) + " 0 obj\n" + body + "\nendobj\n";
  }
  const auto at = text.size();
  return text + table + "trailer\n<< /Size " + std::to_string(size) + " /Root " + root +
         " 0 R /Prev " + prev + " " + trailer + " >>\nstartxref\n" + std::to_string(at) +
         "\n%%EOF\n";
}

/// What `roughPdf` writes, with the table it lacks.
inline std::string tabledPdf(const PdfShape& shape) {
  auto text = roughPdf(shape);
  text.resize(text.find("trailer\n"));
  std::map<int, std::size_t> offsets;
  for (auto at = text.find(" 0 obj\n"); at != std::string::npos;
       at = text.find(" 0 obj\n", at + 1)) {
    const auto line = text.rfind('\n', at) + 1;
    offsets[std::stoi(text.substr(line, at - line))] = line;
  }
  const auto at = text.size();
  text += "xref\n0 1\n" + xrefRow(0, 65535, 'f');
  for (const auto& [number, offset] : offsets) {
    text += std::to_string(number) + " 1\n" + xrefRow(offset, 0, 'n');
  }
  return text + "trailer\n<< /Size " + std::to_string(offsets.rbegin()->first + 1) +
         " /Root 1 0 R >>\nstartxref\n" + std::to_string(at) + "\n%%EOF\n";
}

inline std::string stream(const std::string& dictionary, const std::string& content) {
  return "<< " + dictionary + " /Length " + std::to_string(content.size()) + " >>\nstream\n" +
         content + "\nendstream";
}

/// `file` as another maker fills a text field in it, whatever was there: one more revision.
inline Bytes filledByAnother(const Bytes& file, const std::string& field) {
  const auto text = toText(file);
  const auto title_at = text.rfind("/T (" + field + ")");
  const auto head_at = text.rfind(" 0 obj", title_at);
  const auto number = text.substr(text.rfind('\n', head_at) + 1);
  const auto body_at = text.find("<<", head_at) + 2;
  const auto body = text.substr(body_at, text.find("endobj", body_at) - body_at);
  const auto rest = std::regex_replace(body, std::regex(" /V (<[^>]*>|\\([^)]*\\))"), "");
  return toBytes(grown(text, {{std::stoi(number), "<< /V (So 12, ngay 23/11/2026) " + rest}}));
}

/// Fills the empty field 13 of `foreignFields` with a signature dictionary 20, whose CMS is made by
/// openssl.
inline std::string signedByOpenssl(const OpensslPki& pki,
                                   const std::string& who,
                                   const std::string& file,
                                   const std::string& extra = {}) {
  constexpr std::size_t kHexDigits = 12000;
  const std::string range = "/ByteRange [0 0000000000 0000000000 0000000000]";
  auto text = grown(file,
                    {{13,
                      "<< /Type /Annot /Subtype /Widget /FT /Sig /T (Approval) /Rect [100 200 300 "
                      "280] /P 3 0 R /F 4 "
                      "/V 20 0 R >>"},
                     {20,
                      "<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached " +
                          extra + " /M (D:20261122091305+07'00') " + range + " /Contents <" +
                          std::string(kHexDigits, '0') + "> >>"}});
  const auto hole = text.rfind("/Contents <") + 10;
  const auto after = hole + kHexDigits + 2;
  char numbers[64];
  std::snprintf(numbers,
                sizeof numbers,
                "/ByteRange [0 %010zu %010zu %010zu]",
                hole,
                after,
                text.size() - after);
  text.replace(text.rfind(range), range.size(), numbers);
  const auto& folder = pki.folder();
  folder.write("covered.bin", text.substr(0, hole) + text.substr(after));
  mustRun(folder,
          "openssl cms -sign -binary -cades -md sha256 -signer " + who + ".pem -inkey " + who +
              ".key -in covered.bin -outform DER -out covered.p7s && xxd -p covered.p7s | tr -d "
              "'\\n' > "
              "covered.hex");
  const auto hex = folder.text("covered.hex");
  text.replace(hole + 1, hex.size(), hex);
  return text;
}

}  // namespace congvan::test
