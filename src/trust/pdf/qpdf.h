// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The only way in this project to include QPDF. Internal to trust/pdf: include it in .cpp files
/// and in headers that no other room includes.
///
/// clang cannot compile <qpdf/JSON.hh> as C++20 (a vector of the class inside the class). No header
/// used here needs more of it than the name, so clang gets the name.
#ifdef __clang__
#define JSON_HH
class JSON;
#endif

#include <qpdf/Buffer.hh>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFExc.hh>
#include <qpdf/QPDFObjGen.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <qpdf/QPDFXRefEntry.hh>
