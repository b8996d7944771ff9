// Which names a certificate of ours may hold.
#ifndef PASSERELLE_CERTS_CA_PROFILE_H_
#define PASSERELLE_CERTS_CA_PROFILE_H_

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "certs/ca/authority.h"

namespace passerelle::certs::ca {

// Whether a leaf is a server's (DNS names or addresses) rather than an agent's (a URI).
inline bool IsServer(const Profile& profile) { return profile.uri.empty(); }

// INVALID_ARGUMENT (reason PROFILE) unless it is 1 to 64 printable ASCII characters (RFC 5280's
// ub-common-name).
absl::Status CheckCommonName(std::string_view name);

// INVALID_ARGUMENT (PROFILE) unless the validity is at least a second long and lies between
// 1970 and 9999.
absl::Status CheckValidity(int64_t not_before_ms, int64_t not_after_ms);

// INVALID_ARGUMENT (PROFILE) unless the profile is wholly a server's or wholly an agent's, and each
// of its names well-formed.
absl::Status CheckProfile(const Profile& profile);

}  // namespace passerelle::certs::ca

#endif  // PASSERELLE_CERTS_CA_PROFILE_H_
