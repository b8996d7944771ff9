// The memory that a check takes does not grow with the file.
#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <functional>
#include <string>

#include "gateway/base/limits.h"
#include "policy/content/check.h"
#include "tests/unit/policy/content/tables.h"

namespace passerelle::policy::content {
namespace {

constexpr size_t kFileBytes = size_t{32} * 1024 * 1024;
constexpr size_t kMostKept = size_t{16} * 1024 * 1024;

// What is allocated now.
size_t Allocated() {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

struct Outcome {
  Report report;
  size_t most = 0;  // allocated at once, beyond what was before
};

// Checks a file of kFileBytes that `next` gives piece by piece.
Outcome CheckHuge(const std::function<void(std::string& piece)>& next) {
  Outcome outcome;
  const size_t before = Allocated();
  PayloadChecker checker(EveryType(), Communes());
  std::string piece;
  for (size_t bytes = 0; bytes < kFileBytes; bytes += piece.size()) {
    piece.clear();
    next(piece);
    checker.Add(piece);
    outcome.most = std::max(outcome.most, Allocated() - before);
  }
  outcome.report = checker.Finish();
  return outcome;
}

// A header, then rows in pieces of some 64 KiB.
Outcome CheckRows(const std::string& header, const std::function<std::string(size_t)>& row) {
  size_t rows = 0;
  return CheckHuge([&](std::string& piece) {
    if (rows == 0) piece = header;
    while (piece.size() < size_t{64} * 1024) piece += row(rows++);
  });
}

class Memory : public testing::Test {
  void SetUp() override {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "a sanitizer's allocator is not counted";
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
    GTEST_SKIP() << "a sanitizer's allocator is not counted";
#endif
#endif
  }
};

TEST_F(Memory, IsBoundedForColumnsOfKeysAndInstants) {
  std::string header = "c0";
  for (size_t i = 1; i < gateway::base::kMaxColumns; ++i) header += ";c" + std::to_string(i);
  const Outcome outcome = CheckRows(header + "\n", [](size_t number) {
    std::string row;
    for (size_t i = 0; i < gateway::base::kMaxColumns; ++i) {
      const std::string minute = std::to_string(10 + number % 50);
      row += i == 0 ? "" : ";";
      row += i % 2 == 0 ? "A" + std::to_string(100000000 + number)
                        : "2012-05-31 10:" + minute + ":" + std::to_string(1000 + number);
    }
    return row + "\n";
  });
  EXPECT_LT(outcome.most, kMostKept);
  EXPECT_EQ(outcome.report.observed.unreadable(), "");
  // Found in a sample as they would be in the whole.
  ASSERT_EQ(static_cast<size_t>(outcome.report.observed.column_hits_size()),
            gateway::base::kMaxObservedHits);
  for (const auto& hit : outcome.report.observed.column_hits()) {
    EXPECT_EQ(hit.detector(), hit.column() % 2 == 1 ? "row-level" : "birth-date");
    EXPECT_EQ(hit.cells(), outcome.report.observed.rows());
  }
}

TEST_F(Memory, IsBoundedForAQuoteThatIsNeverClosed) {
  const Outcome outcome =
      CheckRows(std::string(kEveryTypeHeader) + "\"", [](size_t) { return "2024;2024-01;x\n"; });
  EXPECT_LT(outcome.most, kMostKept);
  EXPECT_EQ(outcome.report.observed.unreadable(), "quotes");
}

TEST_F(Memory, IsBoundedForALineThatNeverEnds) {
  const auto cells = CheckRows("", [](size_t) { return std::string(4096, ';'); });
  EXPECT_LT(cells.most, kMostKept);
  EXPECT_EQ(cells.report.observed.unreadable(), "columns");
  const auto cell = CheckRows("", [](size_t) { return std::string(4096, 'x'); });
  EXPECT_LT(cell.most, kMostKept);
  EXPECT_EQ(cell.report.observed.unreadable(), "cell-too-long");
  const auto row = CheckRows("a;b\n1;2\n", [](size_t) { return std::string(4096, ';'); });
  EXPECT_LT(row.most, kMostKept);
  EXPECT_EQ(row.report.observed.unreadable(), "");
  EXPECT_EQ(row.report.observed.cells_failing(), 1u);
}

TEST_F(Memory, IsBoundedForFaultsAndHits) {
  const Outcome outcome = CheckRows(std::string(kEveryTypeHeader), [](size_t) {
    return "x;x;\xE9;185074299912375;p.n@exemple.fr;1;0639980012;a;b\n";
  });
  EXPECT_LT(outcome.most, kMostKept);
  EXPECT_EQ(outcome.report.observed.unreadable(), "");
  EXPECT_EQ(outcome.report.observed.cells_failing(), outcome.report.observed.rows());
}

}  // namespace
}  // namespace passerelle::policy::content
