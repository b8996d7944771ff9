#include "certs/ca/profile.h"

#include <openssl/x509v3.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "certs/keys/openssl.h"
#include "gateway/base/status.h"
#include "gateway/base/strings.h"

namespace passerelle::certs::ca {
namespace {

using gateway::base::Absl;

constexpr size_t kMaxCommonNameBytes = 64;
// RFC 1035 section 2.3.4, without the root's dot.
constexpr size_t kMaxDnsNameBytes = 253;
constexpr size_t kMaxDnsLabelBytes = 63;
// SPIFFE-ID section 2.3.
constexpr size_t kMaxUriBytes = 2048;
// The last second of the year 9999, milliseconds UTC: X.509 has four digits for a year.
constexpr int64_t kLastMs = 253402300799000;
constexpr std::string_view kScheme = "spiffe://";

absl::Status Wrong(std::string_view path, std::string_view message) {
  return gateway::base::Malformed("PROFILE", path, message);
}

bool IsDnsLabel(absl::string_view label) {
  return !label.empty() && label.size() <= kMaxDnsLabelBytes && label.front() != '-' &&
         label.back() != '-' && std::all_of(label.begin(), label.end(), [](char c) {
           return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-';
         });
}

bool IsDnsName(std::string_view name) {
  if (name.empty() || name.size() > kMaxDnsNameBytes) return false;
  for (absl::string_view label : absl::StrSplit(Absl(name), '.'))
    if (!IsDnsLabel(label)) return false;
  return true;
}

bool IsAddress(const std::string& address) {
  const keys::ErrorScope errors;
  const keys::Owned<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free> parsed(
      a2i_IPADDRESS(address.c_str()));
  return parsed != nullptr && address.find('\0') == std::string::npos;
}

// `spiffe://<trust domain>/<path>` of SPIFFE's characters, without empty or relative segments.
bool IsSpiffeId(std::string_view uri) {
  if (uri.size() > kMaxUriBytes || !uri.starts_with(kScheme)) return false;
  uri.remove_prefix(kScheme.size());
  int segments = 0;
  for (absl::string_view segment : absl::StrSplit(Absl(uri), '/')) {
    ++segments;
    if (segment.empty() || segment == "." || segment == "..") return false;
    for (char c : segment)
      if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) && c != '-' && c != '.' && c != '_')
        return false;
  }
  return segments > 1;
}

}  // namespace

absl::Status CheckCommonName(std::string_view name) {
  const bool printable = std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_isprint(static_cast<unsigned char>(c));
  });
  if (name.empty() || name.size() > kMaxCommonNameBytes || !printable)
    return Wrong("common_name", "a common name is 1 to 64 printable ASCII characters");
  return absl::OkStatus();
}

absl::Status CheckValidity(int64_t not_before_ms, int64_t not_after_ms) {
  if (not_before_ms < 0 || not_before_ms / 1000 >= not_after_ms / 1000)
    return Wrong("not_after_ms", "a validity ends at least a second after it begins");
  if (not_after_ms / 1000 > kLastMs / 1000)
    return Wrong("not_after_ms", "a certificate's dates end with the year 9999");
  return absl::OkStatus();
}

absl::Status CheckProfile(const Profile& profile) {
  RETURN_IF_ERROR(CheckCommonName(profile.common_name));
  RETURN_IF_ERROR(CheckValidity(profile.not_before_ms, profile.not_after_ms));
  const bool names_server = !profile.dns_names.empty() || !profile.ip_addresses.empty();
  if (names_server == !profile.uri.empty())
    return Wrong("uri",
                 "a leaf is a server's, with DNS names or addresses, or an agent's, with a URI");
  for (size_t i = 0; i < profile.dns_names.size(); ++i)
    if (!IsDnsName(profile.dns_names[i]))
      return Wrong(absl::StrCat("dns_names[", i, "]"), "this is not a DNS name");
  for (size_t i = 0; i < profile.ip_addresses.size(); ++i)
    if (!IsAddress(profile.ip_addresses[i]))
      return Wrong(absl::StrCat("ip_addresses[", i, "]"), "this is not an IP address");
  if (!profile.uri.empty() && !IsSpiffeId(profile.uri))
    return Wrong("uri", "an agent's URI is a SPIFFE id with a path");
  return absl::OkStatus();
}

}  // namespace passerelle::certs::ca
