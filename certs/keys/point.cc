#include "certs/keys/point.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "certs/keys/openssl.h"
#include "gateway/base/bytes.h"

namespace passerelle::certs::keys {
namespace {

// y-coordinates (little-endian, without the sign bit) of the eight points whose order divides 8.
// With either sign, and with p and p + 1 standing for 0 and 1, they are the 14 encodings that
// decoders take for such a point.
constexpr const char* kLowOrder[] = {
    // Order 4: y = 0, and its alias p.
    "0000000000000000000000000000000000000000000000000000000000000000",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    // The neutral element: y = 1, and its alias p + 1.
    "0100000000000000000000000000000000000000000000000000000000000000",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    // Order 2: y = p - 1.
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    // Order 8: two values of y, each with two of x.
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
};
// The prime 2^255 - 19 and the curve's constant d, big-endian.
constexpr const char* kPrime = "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed";
constexpr const char* kD = "52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3";

OwnedBn Number(const char* hex) {
  BIGNUM* number = nullptr;
  RequireOpenssl(BN_hex2bn(&number, hex) != 0);
  return OwnedBn(number);
}

// Whether some x has -x² + y² = 1 + d x² y², that is whether (y² - 1) / (d y² + 1) is a square,
// or, alike and without division, (y² - 1) (d y² + 1).
bool IsOnCurve(const BIGNUM* y, const BIGNUM* prime) {
  static const OwnedBn d = Number(kD);
  const OwnedBnContext context(BN_CTX_new());
  const OwnedBn u(BN_new());
  const OwnedBn v(BN_new());
  RequireOpenssl(context != nullptr && u != nullptr && v != nullptr);
  RequireOpenssl(BN_mod_sqr(u.get(), y, prime, context.get()) == 1);
  RequireOpenssl(BN_mod_mul(v.get(), u.get(), d.get(), prime, context.get()) == 1);
  RequireOpenssl(BN_sub_word(u.get(), 1) == 1 && BN_add_word(v.get(), 1) == 1);
  RequireOpenssl(BN_mod_mul(u.get(), u.get(), v.get(), prime, context.get()) == 1);
  const int symbol = BN_kronecker(u.get(), prime, context.get());
  RequireOpenssl(symbol >= -1);
  return symbol >= 0;
}

}  // namespace

bool IsAcceptableEd25519Point(std::string_view encoded) {
  static const OwnedBn prime = Number(kPrime);
  std::string y(encoded);
  y.back() = static_cast<char>(static_cast<uint8_t>(y.back()) & 0x7f);
  const std::string hex = gateway::base::ToHex(y);
  if (std::find(std::begin(kLowOrder), std::end(kLowOrder), hex) != std::end(kLowOrder))
    return false;
  const OwnedBn number(BN_lebin2bn(Bytes(y), static_cast<int>(y.size()), nullptr));
  RequireOpenssl(number != nullptr);
  return BN_cmp(number.get(), prime.get()) < 0 && IsOnCurve(number.get(), prime.get());
}

}  // namespace passerelle::certs::keys
