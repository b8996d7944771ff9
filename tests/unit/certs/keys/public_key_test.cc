// Which keys and signatures are accepted: RFC 8032 vectors, the openssl command, mutations.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include <thread>
#include <vector>

#include "certs/keys/key.h"
#include "certs/keys/openssl.h"
#include "gateway/base/bytes.h"
#include "gateway/base/status.h"
#include "tests/unit/certs/command.h"

namespace passerelle::certs::keys {
namespace {

using gateway::base::FromHex;
using gateway::base::ReasonOf;
using ::testing::HasSubstr;
using tests::CommandFolder;

constexpr std::string_view kEd25519Spki = "302a300506032b6570032100";
constexpr std::string_view kP256Spki = "3059301306072a8648ce3d020106082a8648ce3d030107034200";

std::string Hex(std::string_view text) { return *FromHex(text); }

absl::StatusOr<PublicKey> Ed25519(std::string_view point_hex) {
  return PublicKey::FromSpki(Hex(kEd25519Spki) + Hex(point_hex));
}

void ExpectRefused(const absl::StatusOr<PublicKey>& key) {
  EXPECT_EQ(key.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(key.status()), "SPKI_FORM");
}

void ExpectInvalid(const absl::Status& status) {
  EXPECT_EQ(status.code(), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(ReasonOf(status), "SIGNATURE_INVALID");
}

// The little-endian bytes of y + 19k for small y: of p + y when `alias`.
std::string SmallY(int y, bool alias, bool sign) {
  std::string bytes(32, alias ? '\xff' : '\0');
  bytes[0] = static_cast<char>(alias ? 0xed + y : y);
  bytes[31] = static_cast<char>((alias ? 0x7f : 0) | (sign ? 0x80 : 0));
  return bytes;
}

struct Rfc8032Vector {
  const char* seed;
  const char* point;
  const char* message;
  const char* signature;
};

// RFC 8032 section 7.1, TEST 1 to TEST 3.
constexpr Rfc8032Vector kRfc8032[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b"
     "4"
     "6bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11"
     "d"
     "8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc"
     "6"
     "594a7c15e9716ed28dc027beceea1ec40a"},
};

TEST(PublicKey, AgreesWithRfc8032) {
  for (const Rfc8032Vector& vector : kRfc8032) {
    const auto key = PrivateKey::FromEd25519Seed(Hex(vector.seed));
    ASSERT_TRUE(key.ok());
    EXPECT_EQ(key->public_key().spki(), Hex(kEd25519Spki) + Hex(vector.point));
    EXPECT_EQ(key->Sign(Hex(vector.message)), Hex(vector.signature));
    EXPECT_TRUE(Ed25519(vector.point)->Verify(Hex(vector.message), Hex(vector.signature)).ok());
  }
}

TEST(PublicKey, IsNamedByTheDigestOfItsSpki) {
  const auto key = PrivateKey::Generate(KeyType::kP256);
  ASSERT_TRUE(key.ok());
  const PublicKey& half = key->public_key();
  EXPECT_EQ(half.type(), KeyType::kP256);
  EXPECT_EQ(half.fingerprint(), gateway::base::Sha256(half.spki()));
  const auto again = PublicKey::FromSpki(half.spki());
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->fingerprint(), half.fingerprint());
  EXPECT_EQ(again->spki(), half.spki());
}

TEST(PublicKey, HoldsNoPrivatePart) {
  const auto key = PrivateKey::Generate(KeyType::kEd25519);
  size_t size = 0;
  EXPECT_EQ(EVP_PKEY_get_raw_private_key(key->evp(), nullptr, &size), 1);
  EXPECT_NE(EVP_PKEY_get_raw_private_key(key->public_key().evp(), nullptr, &size), 1);
  ERR_clear_error();
}

TEST(PublicKey, RefusesEveryEncodingOfALowOrderPoint) {
  std::vector<std::string> encodings;
  for (const char* y : {"0000000000000000000000000000000000000000000000000000000000000000",
                        "0100000000000000000000000000000000000000000000000000000000000000",
                        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
                        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"}) {
    std::string positive = Hex(y);
    encodings.push_back(positive);
    positive[31] = static_cast<char>(positive[31] | 0x80);
    encodings.push_back(positive);
  }
  ASSERT_EQ(encodings.size(), 14u);
  for (const std::string& point : encodings)
    ExpectRefused(PublicKey::FromSpki(Hex(kEd25519Spki) + point));
}

TEST(PublicKey, RefusesAPointUnderWhichOpensslTakesOneSignatureForEveryMessage) {
  const std::string neutral = SmallY(1, false, false);
  EVP_PKEY* raw = EVP_PKEY_new_raw_public_key(
      EVP_PKEY_ED25519, nullptr, reinterpret_cast<const unsigned char*>(neutral.data()), 32);
  const std::string signature = neutral + std::string(32, '\0');
  for (std::string_view message : {"one", "two"}) {
    const OwnedMdContext context(EVP_MD_CTX_new());
    EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, raw);
    EXPECT_EQ(EVP_DigestVerify(context.get(), Bytes(signature), 64, Bytes(message), 3), 1);
  }
  EVP_PKEY_free(raw);
  ExpectRefused(PublicKey::FromSpki(Hex(kEd25519Spki) + neutral));
}

TEST(PublicKey, RefusesASecondEncodingOfAPoint) {
  // y and p + y decode alike; of 2 to 18 those that are on the curve have both.
  for (int y = 2; y <= 18; ++y)
    for (bool sign : {false, true})
      ExpectRefused(PublicKey::FromSpki(Hex(kEd25519Spki) + SmallY(y, true, sign)));
  EXPECT_TRUE(PublicKey::FromSpki(Hex(kEd25519Spki) + SmallY(3, false, false)).ok());
}

TEST(PublicKey, RefusesAnEd25519PointOffTheCurve) {
  // Which y below 30 belong to no point, by Euler's criterion in exact arithmetic elsewhere.
  const std::vector<int> off = {2, 7, 8, 11, 12, 13, 17, 20, 22};
  for (int y = 2; y < 30; ++y) {
    const bool expected = std::find(off.begin(), off.end(), y) == off.end();
    for (bool sign : {false, true}) {
      const auto key = PublicKey::FromSpki(Hex(kEd25519Spki) + SmallY(y, false, sign));
      EXPECT_EQ(key.ok(), expected) << y;
    }
  }
}

TEST(PublicKey, RefusesAP256PointOffTheCurve) {
  const std::string good = PrivateKey::Generate(KeyType::kP256)->public_key().spki();
  ASSERT_EQ(good.size(), 91u);
  ASSERT_TRUE(PublicKey::FromSpki(good).ok());
  std::string moved = good;
  moved[90] = static_cast<char>(moved[90] ^ 1);
  ExpectRefused(PublicKey::FromSpki(moved));
  ExpectRefused(PublicKey::FromSpki(Hex(kP256Spki) + "\x04" + std::string(64, '\0')));
  ExpectRefused(PublicKey::FromSpki(Hex(kP256Spki) + "\x04" + std::string(64, '\xff')));
  // A hybrid point states the sign of y a second time.
  for (char form : {'\x00', '\x02', '\x03', '\x06', '\x07'}) {
    std::string hybrid = good;
    hybrid[26] = form;
    ExpectRefused(PublicKey::FromSpki(hybrid));
  }
}

TEST(PublicKey, RefusesAnyOtherLengthOrHead) {
  for (KeyType type : {KeyType::kEd25519, KeyType::kP256}) {
    const std::string good = PrivateKey::Generate(type)->public_key().spki();
    ExpectRefused(PublicKey::FromSpki(""));
    ExpectRefused(PublicKey::FromSpki(good + '\0'));
    ExpectRefused(PublicKey::FromSpki(good.substr(1)));
    for (size_t size = 0; size < good.size(); ++size)
      ExpectRefused(PublicKey::FromSpki(good.substr(0, size)));
    const size_t head = type == KeyType::kEd25519 ? 12 : 27;
    for (size_t i = 0; i < head; ++i)
      for (int bit = 0; bit < 8; ++bit) {
        std::string changed = good;
        changed[i] = static_cast<char>(changed[i] ^ (1 << bit));
        ExpectRefused(PublicKey::FromSpki(changed));
      }
  }
}

TEST(PublicKey, RefusesTheOtherFormsThatOpensslWrites) {
  const CommandFolder folder;
  const std::vector<std::string> recipes = {
      "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -pkeyopt "
      "ec_param_enc:explicit",
      "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384",
      "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:secp256k1",
      "genpkey -algorithm ED448",
      "genpkey -algorithm X25519",
      "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048",
  };
  for (const std::string& recipe : recipes) {
    ASSERT_EQ(folder.Openssl(recipe + " -out key.pem").exit_code, 0) << recipe;
    ASSERT_EQ(folder.Openssl("pkey -in key.pem -pubout -outform DER -out spki").exit_code, 0);
    ExpectRefused(PublicKey::FromSpki(folder.Read("spki")));
    EXPECT_FALSE(PrivateKey::FromPem(folder.Read("key.pem")).ok()) << recipe;
  }
  folder.Openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem");
  folder.Openssl("ec -in key.pem -pubout -conv_form compressed -outform DER -out spki");
  ASSERT_EQ(folder.Read("spki").size(), 59u);
  ExpectRefused(PublicKey::FromSpki(folder.Read("spki")));
}

TEST(PublicKey, VerifiesWhatOpensslSigned) {
  const CommandFolder folder;
  folder.Write("message", "a message, not a secret\n");
  ASSERT_EQ(folder.Openssl("genpkey -algorithm ED25519 -out ed.pem").exit_code, 0);
  ASSERT_EQ(folder.Openssl("pkeyutl -sign -rawin -inkey ed.pem -in message -out ed.sig").exit_code,
            0);
  ASSERT_EQ(folder.Openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ec.pem")
                .exit_code,
            0);
  ASSERT_EQ(folder.Openssl("dgst -sha256 -sign ec.pem -out ec.sig message").exit_code, 0);
  for (const std::string name : {"ed", "ec"}) {
    ASSERT_EQ(folder.Openssl("pkey -in " + name + ".pem -pubout -outform DER -out spki").exit_code,
              0);
    const auto key = PublicKey::FromSpki(folder.Read("spki"));
    ASSERT_TRUE(key.ok()) << key.status();
    EXPECT_TRUE(key->Verify(folder.Read("message"), folder.Read(name + ".sig")).ok());
    ExpectInvalid(key->Verify(folder.Read("message") + " ", folder.Read(name + ".sig")));
    EXPECT_EQ(PrivateKey::FromPem(folder.Read(name + ".pem"))->public_key().spki(), key->spki());
  }
}

TEST(PublicKey, OpensslVerifiesWhatWeSigned) {
  const CommandFolder folder;
  folder.Write("message", "a message, not a secret\n");
  for (KeyType type : {KeyType::kEd25519, KeyType::kP256}) {
    const auto key = PrivateKey::Generate(type);
    ASSERT_TRUE(key.ok());
    folder.Write("key.pem", key->ToPem().RevealSecret());
    folder.Write("sig", key->Sign(folder.Read("message")));
    ASSERT_EQ(folder.Openssl("pkey -in key.pem -pubout -out pub.pem").exit_code, 0);
    const auto result =
        folder.Openssl(type == KeyType::kEd25519
                           ? "pkeyutl -verify -rawin -pubin -inkey pub.pem -in message -sigfile sig"
                           : "dgst -sha256 -verify pub.pem -signature sig message");
    EXPECT_EQ(result.exit_code, 0) << result.output;
  }
}

TEST(PublicKey, RefusesEveryFlippedBitOfASignature) {
  for (KeyType type : {KeyType::kEd25519, KeyType::kP256}) {
    const auto key = PrivateKey::Generate(type);
    const std::string good = key->Sign("message");
    ASSERT_TRUE(key->public_key().Verify("message", good).ok());
    for (size_t i = 0; i < good.size() * 8; ++i) {
      std::string flipped = good;
      flipped[i / 8] = static_cast<char>(flipped[i / 8] ^ (1 << (i % 8)));
      ExpectInvalid(key->public_key().Verify("message", flipped));
    }
    for (size_t size = 0; size < good.size(); ++size)
      ExpectInvalid(key->public_key().Verify("message", good.substr(0, size)));
    ExpectInvalid(key->public_key().Verify("message", good + '\0'));
  }
}

TEST(PublicKey, RefusesAnEd25519ScalarBeyondTheOrder) {
  const auto key = PrivateKey::FromEd25519Seed(std::string(32, '\x07'));
  std::string signature = key->Sign("message");
  BIGNUM* order = nullptr;
  BN_hex2bn(&order, "1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed");
  BIGNUM* scalar = BN_lebin2bn(Bytes(signature) + 32, 32, nullptr);
  BN_add(scalar, scalar, order);
  BN_bn2lebinpad(scalar, reinterpret_cast<unsigned char*>(signature.data()) + 32, 32);
  BN_free(scalar);
  BN_free(order);
  ExpectInvalid(key->public_key().Verify("message", signature));
}

// The DER of an INTEGER with exactly these content bytes.
std::string Integer(std::string_view content) {
  return std::string("\x02") + static_cast<char>(content.size()) + std::string(content);
}

std::string Sequence(std::string_view content) {
  return std::string("\x30") + static_cast<char>(content.size()) + std::string(content);
}

// The content bytes of a positive number.
std::string Content(const BIGNUM* number) {
  std::string bytes(static_cast<size_t>(BN_num_bytes(number)), '\0');
  BN_bn2bin(number, reinterpret_cast<unsigned char*>(bytes.data()));
  if (bytes.empty() || (bytes[0] & 0x80) != 0) bytes.insert(bytes.begin(), '\0');
  return bytes;
}

// A P-256 signature taken apart, so that its numbers can be written otherwise.
class DerTest : public ::testing::Test {
 protected:
  DerTest() : key_(*PrivateKey::Generate(KeyType::kP256)) {
    const std::string der = key_.Sign("message");
    const unsigned char* in = Bytes(der);
    signature_.reset(d2i_ECDSA_SIG(nullptr, &in, static_cast<long>(der.size())));
    r_ = Content(ECDSA_SIG_get0_r(signature_.get()));
    s_ = Content(ECDSA_SIG_get0_s(signature_.get()));
    BIGNUM* order = nullptr;
    BN_hex2bn(&order, "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
    order_.reset(order);
  }

  absl::Status Verify(const std::string& signature) const {
    return key_.public_key().Verify("message", signature);
  }

  PrivateKey key_;
  Owned<ECDSA_SIG, ECDSA_SIG_free> signature_;
  OwnedBn order_;
  std::string r_;
  std::string s_;
};

TEST_F(DerTest, AcceptsTheStrictEncoding) {
  EXPECT_TRUE(Verify(Sequence(Integer(r_) + Integer(s_))).ok());
}

TEST_F(DerTest, RefusesNumbersThatAreNotMinimal) {
  const std::string zero(1, '\0');
  ExpectInvalid(Verify(Sequence(Integer(zero + r_) + Integer(s_))));
  ExpectInvalid(Verify(Sequence(Integer(r_) + Integer(zero + s_))));
}

TEST_F(DerTest, RefusesLongAndIndefiniteLengths) {
  const std::string body = Integer(r_) + Integer(s_);
  ExpectInvalid(Verify(std::string("\x30\x81") + static_cast<char>(body.size()) + body));
  ExpectInvalid(Verify(std::string("\x30\x80") + body + std::string(2, '\0')));
  ExpectInvalid(
      Verify(Sequence(std::string("\x02\x81") + static_cast<char>(r_.size()) + r_ + Integer(s_))));
}

TEST_F(DerTest, RefusesBytesInAndAfterTheSequence) {
  const std::string good = Integer(r_) + Integer(s_);
  ExpectInvalid(Verify(Sequence(good) + '\0'));
  ExpectInvalid(Verify(Sequence(good + std::string(1, '\0'))));
  ExpectInvalid(Verify(Sequence(good + Integer(s_))));
  ExpectInvalid(Verify(Sequence(good) + Sequence(good)));
}

TEST_F(DerTest, RefusesNumbersOutOfRange) {
  const std::string zero(1, '\0');
  const std::string order = Content(order_.get());
  ExpectInvalid(Verify(Sequence(Integer(zero) + Integer(s_))));
  ExpectInvalid(Verify(Sequence(Integer(r_) + Integer(zero))));
  ExpectInvalid(Verify(Sequence(Integer("") + Integer(s_))));
  ExpectInvalid(Verify(Sequence(Integer(order) + Integer(s_))));
  ExpectInvalid(Verify(Sequence(Integer(r_) + Integer(order))));
  // Equal modulo the order, and so true of the equation.
  const OwnedBn sum(BN_new());
  BN_add(sum.get(), ECDSA_SIG_get0_s(signature_.get()), order_.get());
  ExpectInvalid(Verify(Sequence(Integer(r_) + Integer(Content(sum.get())))));
  BN_add(sum.get(), ECDSA_SIG_get0_r(signature_.get()), order_.get());
  ExpectInvalid(Verify(Sequence(Integer(Content(sum.get())) + Integer(s_))));
  // Negative: the sign bit set without the leading zero.
  std::string negative = r_.size() == 33 ? r_.substr(1) : r_;
  negative[0] = static_cast<char>(negative[0] | 0x80);
  ExpectInvalid(Verify(Sequence(Integer(negative) + Integer(s_))));
}

TEST_F(DerTest, RefusesTheRawConcatenation) {
  std::string raw(64, '\0');
  auto* out = reinterpret_cast<unsigned char*>(raw.data());
  BN_bn2binpad(ECDSA_SIG_get0_r(signature_.get()), out, 32);
  BN_bn2binpad(ECDSA_SIG_get0_s(signature_.get()), out + 32, 32);
  ExpectInvalid(Verify(raw));
}

TEST(PublicKey, RefusesAnotherKeysSignature) {
  const auto ed = PrivateKey::Generate(KeyType::kEd25519);
  const auto ec = PrivateKey::Generate(KeyType::kP256);
  const auto other = PrivateKey::Generate(KeyType::kEd25519);
  ExpectInvalid(other->public_key().Verify("message", ed->Sign("message")));
  ExpectInvalid(ec->public_key().Verify("message", ed->Sign("message")));
  ExpectInvalid(ed->public_key().Verify("message", ec->Sign("message")));
}

TEST(PublicKey, LeavesNoErrorBehindForTheNextTlsCall) {
  ERR_clear_error();
  const auto key = PrivateKey::Generate(KeyType::kP256);
  ExpectInvalid(key->public_key().Verify("message", "\x30\x05junk!"));
  ExpectRefused(PublicKey::FromSpki(Hex(kP256Spki) + "\x04" + std::string(64, '\1')));
  EXPECT_FALSE(PrivateKey::FromPem("junk").ok());
  EXPECT_EQ(ERR_peek_error(), 0u);
}

TEST(PublicKey, VerifiesFromManyThreadsAtOnce) {
  for (KeyType type : {KeyType::kEd25519, KeyType::kP256}) {
    const auto key = PrivateKey::Generate(type);
    const std::string signature = key->Sign("message");
    std::vector<int> verified(4, 0);
    std::vector<std::thread> threads;
    for (int& count : verified)
      threads.emplace_back([&] {
        for (int i = 0; i < 20; ++i) {
          if (key->public_key().Verify("message", signature).ok()) ++count;
          if (key->public_key().Verify("message", key->Sign("message")).ok()) ++count;
        }
      });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(verified, std::vector<int>(4, 40));
  }
}

}  // namespace
}  // namespace passerelle::certs::keys
