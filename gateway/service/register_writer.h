// The file forms of a register, one implementation each.
#ifndef PASSERELLE_GATEWAY_SERVICE_REGISTER_WRITER_H_
#define PASSERELLE_GATEWAY_SERVICE_REGISTER_WRITER_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gateway/service/register_row.h"
#include "passerelle/gateway/v1/register_service.pb.h"

namespace passerelle::gateway::service {

// Writes one file. Appends to `out` whatever of it is ready; the bytes depend on the rows and the
// frame alone. Not thread-safe.
class RegisterWriter {
 public:
  virtual ~RegisterWriter() = default;

  // Writes the next sheet. RESOURCE_EXHAUSTED (REGISTER_TOO_LARGE) when the form cannot hold it.
  virtual absl::Status Add(const RegisterRow& row, std::string& out) = 0;

  // Ends the file. Nothing is added after it.
  virtual absl::Status Finish(const passerelle::gateway::v1::RegisterSummary& summary,
                              std::string& out) = 0;
};

// `frame` must outlive the writer. Of the discrepancies alone, the rows need no texts.
std::unique_ptr<RegisterWriter> MakeCsvWriter(const RegisterFrame& frame,
                                              passerelle::gateway::v1::RegisterContents contents);
std::unique_ptr<RegisterWriter> MakeJsonWriter(const RegisterFrame& frame,
                                               passerelle::gateway::v1::RegisterContents contents);
absl::StatusOr<std::unique_ptr<RegisterWriter>> MakeXlsxWriter(
    const RegisterFrame& frame, passerelle::gateway::v1::RegisterContents contents);

}  // namespace passerelle::gateway::service

#endif  // PASSERELLE_GATEWAY_SERVICE_REGISTER_WRITER_H_
