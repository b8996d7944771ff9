// The sender's own check of a payload, before a byte leaves: what the gateway will find by
// ordinals, said with headings (DISCLOSURE section C; WIRE 21).
#ifndef PASSERELLE_GATEWAY_CLIENT_PAYLOAD_CHECK_H_
#define PASSERELLE_GATEWAY_CLIENT_PAYLOAD_CHECK_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "passerelle/convention/v1/convention.pb.h"
#include "passerelle/record/v1/decision.pb.h"
#include "passerelle/statement/v1/data.pb.h"
#include "policy/content/check.h"

namespace passerelle::gateway::client {

// What the check found, one sentence each. They name lines and headings, never a value; they are
// for the sender's eyes, since a heading may itself be a name.
struct PayloadReport {
  // Any of these and the payload must not be sent.
  std::vector<std::string> refusals;
  std::vector<std::string> warnings;
};

// What a payload is checked against: the dataset version with the threshold in force, so that cells
// are held against what Decide will ask for.
statement::v1::DatasetDeclared InForce(const statement::v1::DatasetDeclared& dataset,
                                       const record::v1::TermsOutcome& terms);

// Says what a check against `InForce` found under the terms in force: the columns are exactly the
// fields in force, every value fits its type, every count is 0 or at least the threshold in force,
// nothing identifies a person. Pure.
PayloadReport Describe(const policy::content::Report& report,
                       const statement::v1::DatasetDeclared& in_force,
                       const record::v1::TermsOutcome& terms, bool french);

// The INSEE codes of all parties in force on 1 January of a year, sorted: what a commune or IRIS
// column may hold.
std::vector<std::string> CommuneCodesOf(const convention::v1::Convention& convention,
                                        uint32_t year);

}  // namespace passerelle::gateway::client

#endif  // PASSERELLE_GATEWAY_CLIENT_PAYLOAD_CHECK_H_
