// Which encoded Ed25519 points may be public keys. OpenSSL accepts any 32 bytes, among them points
// of low order, under which one signature fits every message (WIRE 18).
#ifndef PASSERELLE_CERTS_KEYS_POINT_H_
#define PASSERELLE_CERTS_KEYS_POINT_H_

#include <string_view>

namespace passerelle::certs::keys {

// Whether the 32 bytes are the canonical encoding (RFC 8032 section 5.1.2) of a point of the curve
// whose order exceeds 8. Thread-safe. REQUIRES: `encoded` is 32 bytes long.
bool IsAcceptableEd25519Point(std::string_view encoded);

}  // namespace passerelle::certs::keys

#endif  // PASSERELLE_CERTS_KEYS_POINT_H_
