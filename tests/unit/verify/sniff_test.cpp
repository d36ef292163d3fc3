// SPDX-License-Identifier: Apache-2.0
#include "trust/verify/sniff.h"

#include <gtest/gtest.h>

namespace congvan::verify {
namespace {

Container containerOf(std::string_view text) {
  return sniff(asBytes(text)).container;
}

TEST(Sniff, KnowsAnEmptyFile) {
  EXPECT_EQ(containerOf(""), Container::Empty);
}

TEST(Sniff, FindsAPdfHeaderInTheFirstKilobyte) {
  EXPECT_EQ(containerOf("%PDF-1.7\n"), Container::Pdf);
  EXPECT_EQ(containerOf(std::string(1019, ' ') + "%PDF-1.7"), Container::Pdf);
  EXPECT_EQ(containerOf(std::string(1020, ' ') + "%PDF-1.7"), Container::Plain);
}

TEST(Sniff, TakesCmsBeforeThePdfInsideIt) {
  const std::string start("\x30\x80\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02\xA0\x80", 15);
  EXPECT_EQ(containerOf(start + "%PDF-1.4"), Container::Cms);
}

TEST(Sniff, RecognisesContainersItDoesNotRead) {
  EXPECT_EQ(containerOf("<?xml version='1.0'?><a xmlns='http://www.w3.org/2000/09/xmldsig#'/>"),
            Container::SignedXml);
  const std::string zip("PK\x03\x04", 4);
  const auto asice = sniff(asBytes(zip + "mimetypeapplication/vnd.etsi.asic-e+zip"));
  EXPECT_EQ(asice.container, Container::SignedZip);
  EXPECT_EQ(asice.format, evidence::Format::AsicE);
  EXPECT_EQ(sniff(asBytes(zip + "mimetypeapplication/vnd.etsi.asic-s+zip")).format,
            evidence::Format::AsicS);
  EXPECT_EQ(containerOf(zip + "_xmlsignatures/sig1.xml"), Container::SignedZip);
}

TEST(Sniff, TakesEverythingElseForPlain) {
  EXPECT_EQ(containerOf("xin chào"), Container::Plain);
  EXPECT_EQ(containerOf("<html></html>"), Container::Plain);
  EXPECT_EQ(containerOf(std::string("PK\x03\x04word/document.xml", 21)), Container::Plain);
  EXPECT_EQ(containerOf("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
            Container::Plain);
}

}  // namespace
}  // namespace congvan::verify
