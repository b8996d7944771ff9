// A witness at its address.
#ifndef PASSERELLE_AUDIT_WITNESS_REACH_H_
#define PASSERELLE_AUDIT_WITNESS_REACH_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "audit/witness/witness.h"
#include "gateway/base/others.h"

namespace passerelle::audit::witness {

// Where a witness is, and the roots (PEM) of its certificate.
struct Address {
  std::string url;
  std::string anchors_pem;
};

// Asks a witness as Ask (submit.h) wants it: below its address, by POST where there is a body.
absl::StatusOr<WitnessAnswer> AskAt(const gateway::base::AskOthers& ask, const Address& address,
                                    std::string_view path, const std::string* body);

}  // namespace passerelle::audit::witness

#endif  // PASSERELLE_AUDIT_WITNESS_REACH_H_
