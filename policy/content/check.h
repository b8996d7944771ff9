// The content check of a payload against a dataset version: it fits its schema exactly, and no cell
// identifies a person (DISCLOSURE section C). Pure; run by the sender's client before a byte leaves
// and by the gateway before Decide. Memory is bounded whatever the size: some 16 MiB at most.
#ifndef PASSERELLE_POLICY_CONTENT_CHECK_H_
#define PASSERELLE_POLICY_CONTENT_CHECK_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "passerelle/record/v1/observed.pb.h"
#include "passerelle/statement/v1/data.pb.h"

namespace passerelle::policy::content {

// Version of the detectors and checks, written into Observed.
inline constexpr uint32_t kDetectorsVersion = 1;

// What a check found. `observed` is for the log; `headings` are for the sender's eyes only.
struct Report {
  record::v1::PayloadObserved observed;
  // The headings, in file order; empty when the file is not readable.
  std::vector<std::string> headings;
};

// Checks a CSV payload that comes in pieces, beside its upload; nothing depends on how it was cut.
// A file that is no table is told by the first of: `nul`, `encoding`, `line-ends` (as
// TextDecoder::fault, wherever it stands), `empty`, `separator`, and what stands first of `quotes`,
// `cell-too-long`, `columns`, `duplicate-heading` and `separator`; at last `no-rows`.
// Thread-compatible.
class PayloadChecker {
 public:
  // `commune_codes` are the codes of the convention at the dataset's geography year. Both are
  // copied.
  PayloadChecker(const statement::v1::DatasetDeclared& dataset,
                 absl::Span<const std::string> commune_codes);
  ~PayloadChecker();
  PayloadChecker(const PayloadChecker&) = delete;
  PayloadChecker& operator=(const PayloadChecker&) = delete;

  // Takes the next bytes, in file order, any number at a time.
  void Add(std::string_view bytes);

  // What was found. REQUIRES: called once, after the last Add.
  Report Finish();

 private:
  class Impl;
  const std::unique_ptr<Impl> impl_;
};

// Checks a whole CSV payload, as a PayloadChecker that is given it at once. Thread-safe.
Report CheckPayload(const statement::v1::DatasetDeclared& dataset,
                    absl::Span<const std::string> commune_codes, std::string_view bytes);

// Size rounded up to the next power of two, at least 1024 (WIRE 19).
uint64_t SizeBand(uint64_t bytes);

}  // namespace passerelle::policy::content

#endif  // PASSERELLE_POLICY_CONTENT_CHECK_H_
