// The founding of a log: entry 0 goes through the same hall, by the one door that an empty log has
// (WIRE 1).
#ifndef PASSERELLE_GATEWAY_CORE_FOUNDING_H_
#define PASSERELLE_GATEWAY_CORE_FOUNDING_H_

#include <string>

#include "absl/status/statusor.h"
#include "gateway/base/clock.h"
#include "gateway/base/digest.h"
#include "gateway/base/random.h"
#include "gateway/core/storage.h"
#include "passerelle/gateway/v1/receipt.pb.h"

namespace passerelle::gateway::core {

// What entry 0 must name of a storage made by CreateStorage.
struct FoundingKeys {
  std::string checkpoint_vkey;
  // SPKI of the gateway's statement key.
  std::string statement_spki;
};

// The public halves of a storage's keys.
FoundingKeys PublicKeysOf(const Storage& storage);

// A log that stands.
struct Founded {
  // Name of the log: leaf hash of entry 0.
  base::Digest log{};
  passerelle::gateway::v1::Receipt receipt;
};

// Appends entry 0 from the envelope that every founding key signed. ALREADY_EXISTS (ENACTED) when
// the log has one; INVALID_ARGUMENT when the statement names other keys than the storage's, or is
// refused (the message names rule and code).
absl::StatusOr<Founded> Enact(const StoragePaths& paths, const std::string& envelope,
                              const base::Clock& clock, base::Random& random);

}  // namespace passerelle::gateway::core

#endif  // PASSERELLE_GATEWAY_CORE_FOUNDING_H_
