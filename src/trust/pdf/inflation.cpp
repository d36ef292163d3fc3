// SPDX-License-Identifier: Apache-2.0
#include "trust/pdf/inflation.h"

#include "trust/pdf/qpdf.h"

#include <qpdf/Pipeline.hh>
#include <qpdf/Pl_Flate.hh>
#include <qpdf/QPDFStreamFilter.hh>

#include <cstdlib>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <vector>

namespace congvan::pdf {
namespace {

struct Budget {
  std::size_t stream_most = SIZE_MAX;
  std::size_t left = SIZE_MAX;
  bool exceeded = false;
};
thread_local Budget budget;  // NOLINT: see the header

/// Counts what flows through.
class BoundedPipe final : public Pipeline {
 public:
  explicit BoundedPipe(Pipeline* target) : Pipeline("bounded", target) {}

  void write(const unsigned char* data, size_t length) override {
    if (length > budget.stream_most - passed_ || length > budget.left) {
      budget.exceeded = true;
      throw std::runtime_error("a stream inflates beyond the limit");
    }
    passed_ += length;
    budget.left -= length;
    getNext()->write(data, length);
  }
  void finish() override { getNext()->finish(); }

 private:
  std::size_t passed_ = 0;
};

struct Predictor {
  std::size_t row_bytes = 1;
  std::size_t pixel_bytes = 1;
};

/// Undoes the PNG filters (PNG specification, 9.2), row by row.
class PngRows final : public Pipeline {
 public:
  PngRows(Pipeline* target, Predictor shape)
      : Pipeline("png rows", target), shape_(shape), above_(shape.row_bytes, 0) {
    row_.reserve(shape.row_bytes + 1);
  }

  void write(const unsigned char* data, size_t length) override {
    for (size_t i = 0; i < length; ++i) {
      row_.push_back(data[i]);
      if (row_.size() == shape_.row_bytes + 1) emitRow();
    }
  }
  void finish() override {
    if (row_.size() > 1) emitRow();
    getNext()->finish();
  }

 private:
  void emitRow() {
    const auto kind = row_.front();
    std::vector<unsigned char> plain(row_.begin() + 1, row_.end());
    for (std::size_t i = 0; i < plain.size(); ++i) {
      const int left = i < shape_.pixel_bytes ? 0 : plain[i - shape_.pixel_bytes];
      const int corner = i < shape_.pixel_bytes ? 0 : above_[i - shape_.pixel_bytes];
      plain[i] = static_cast<unsigned char>(plain[i] + predicted(kind, left, above_[i], corner));
    }
    getNext()->write(plain.data(), plain.size());
    plain.resize(shape_.row_bytes, 0);
    above_ = std::move(plain);
    row_.clear();
  }

  static int predicted(unsigned char kind, int left, int above, int corner) {
    switch (kind) {
      case 1:
        return left;
      case 2:
        return above;
      case 3:
        return (left + above) / 2;
      case 4: {
        const int guess = left + above - corner;
        const int from_left = std::abs(guess - left);
        const int from_above = std::abs(guess - above);
        const int from_corner = std::abs(guess - corner);
        if (from_left <= from_above && from_left <= from_corner) return left;
        return from_above <= from_corner ? above : corner;
      }
      default:
        return 0;
    }
  }

  Predictor shape_;
  std::vector<unsigned char> above_;
  std::vector<unsigned char> row_;
};

class BoundedFlate final : public QPDFStreamFilter {
 public:
  bool setDecodeParms(QPDFObjectHandle parameters) override {
    if (parameters.isNull()) return true;
    if (!parameters.isDictionary()) return false;
    const auto kind = numberOf(parameters, "/Predictor", 1, 1, 15);
    const auto columns = numberOf(parameters, "/Columns", 1, 1, 1 << 20);
    const auto colours = numberOf(parameters, "/Colors", 1, 1, 32);
    const auto bits = numberOf(parameters, "/BitsPerComponent", 8, 1, 16);
    if (kind == 0 || columns == 0 || colours == 0 || bits == 0) return false;
    if (kind == 1) return true;
    if (kind < 10) return false;  // TIFF rows are for images, which nobody decodes here
    shape_ = std::make_unique<Predictor>(Predictor{(columns * colours * bits + 7) / 8,
                                                   std::max<std::size_t>(1, colours * bits / 8)});
    return true;
  }

  Pipeline* getDecodePipeline(Pipeline* next) override {
    if (shape_) {
      rows_ = std::make_unique<PngRows>(next, *shape_);
      next = rows_.get();
    }
    bounded_ = std::make_unique<BoundedPipe>(next);
    inflate_ = std::make_unique<Pl_Flate>("inflate", bounded_.get(), Pl_Flate::a_inflate);
    return inflate_.get();
  }

 private:
  /// 0: out of bounds.
  static std::size_t numberOf(
      QPDFObjectHandle from, const char* key, int otherwise, int least, int most) {
    auto value = from.getKey(key);
    if (value.isNull()) return static_cast<std::size_t>(otherwise);
    if (!value.isInteger()) return 0;
    const auto number = value.getIntValue();
    return number < least || number > most ? 0 : static_cast<std::size_t>(number);
  }

  std::unique_ptr<Predictor> shape_;
  std::unique_ptr<PngRows> rows_;
  std::unique_ptr<BoundedPipe> bounded_;
  std::unique_ptr<Pl_Flate> inflate_;
};

/// LZW grows as fast as Flate and QPDF's decoder cannot be bounded from outside. Structures are
/// never written with it, and what pages show is never decoded here.
class RefusedFilter final : public QPDFStreamFilter {
 public:
  bool setDecodeParms(QPDFObjectHandle) override { return false; }
  Pipeline* getDecodePipeline(Pipeline* next) override { return next; }
};

}  // namespace

void limitInflation(const InflationLimits& limits) {
  static std::once_flag once;
  std::call_once(once, [] {
    QPDF::registerStreamFilter("/FlateDecode", [] { return std::make_shared<BoundedFlate>(); });
    QPDF::registerStreamFilter("/LZWDecode", [] { return std::make_shared<RefusedFilter>(); });
  });
  budget = {limits.stream_bytes, limits.document_bytes, false};
}

std::size_t inflationLeft() {
  return budget.left;
}

bool inflationExceeded() {
  return budget.exceeded;
}

}  // namespace congvan::pdf
