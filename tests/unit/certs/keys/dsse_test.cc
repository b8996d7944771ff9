// DSSE: the protocol's vector, and envelopes that are not quite right.
#include "certs/keys/dsse.h"

#include <gtest/gtest.h>
#include <openssl/bn.h>
#include <openssl/ecdsa.h>

#include <vector>

#include "certs/keys/openssl.h"
#include "gateway/base/bytes.h"
#include "gateway/base/status.h"
#include "tests/unit/certs/command.h"

namespace passerelle::certs::keys {
namespace {

using gateway::base::PathOf;
using gateway::base::ReasonOf;

// A decimal number as 32 bytes.
std::string Coordinate(const char* decimal) {
  BIGNUM* number = nullptr;
  BN_dec2bn(&number, decimal);
  std::string bytes(32, '\0');
  BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()), 32);
  BN_free(number);
  return bytes;
}

// The DER of an IEEE P1363 signature, r ‖ s.
std::string DerOf(std::string_view raw) {
  const Owned<ECDSA_SIG, ECDSA_SIG_free> signature(ECDSA_SIG_new());
  ECDSA_SIG_set0(signature.get(), BN_bin2bn(Bytes(raw), 32, nullptr),
                 BN_bin2bn(Bytes(raw) + 32, 32, nullptr));
  return ToDerWith(i2d_ECDSA_SIG, signature.get());
}

// The test vector of DSSE's protocol.md.
TEST(Pae, AgreesWithTheProtocolsVector) {
  EXPECT_EQ(Pae("http://example.com/HelloWorld", "hello world"),
            "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
  const auto key = PublicKey::FromSpki(
      *gateway::base::FromHex("3059301306072a8648ce3d020106082a8648ce3d03010703420004") +
      Coordinate("46950820868899156662930047687818585632848591499744589407958293238635476079160") +
      Coordinate("5640078356564379163099075877009565129882514886557779369047442380624545832820"));
  ASSERT_TRUE(key.ok()) << key.status();
  const auto raw = gateway::base::FromBase64(
      "A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA==");
  ASSERT_TRUE(raw.ok());
  const std::string pae = Pae("http://example.com/HelloWorld", "hello world");
  EXPECT_TRUE(key->Verify(pae, DerOf(*raw)).ok());
  EXPECT_FALSE(key->Verify("hello world", DerOf(*raw)).ok());
}

TEST(Pae, CountsBytes) {
  EXPECT_EQ(Pae("", ""), "DSSEv1 0  0 ");
  EXPECT_EQ(Pae("t", "é"), "DSSEv1 1 t 2 é");
  const std::string zeros(3, '\0');
  EXPECT_EQ(Pae("t", zeros), "DSSEv1 1 t 3 " + zeros);
}

TEST(Pae, TellsApartWhatConcatenationWouldNot) {
  EXPECT_NE(Pae("a", "b 1 c"), Pae("a b", "1 c"));
  EXPECT_NE(Pae("a", " 0 "), Pae("a 3  0 ", ""));
}

TEST(StatementDigest, IsTheDigestOfThePae) {
  for (size_t size : {0u, 1u, 9u, 10u, 99u, 100u, 49152u}) {
    const std::string payload(size, 'p');
    EXPECT_EQ(StatementDigest(payload), gateway::base::Sha256(Pae(kStatementType, payload)));
  }
}

class EnvelopeTest : public ::testing::Test {
 protected:
  EnvelopeTest() {
    keys_.push_back(*PrivateKey::Generate(KeyType::kEd25519));
    keys_.push_back(*PrivateKey::Generate(KeyType::kP256));
    keys_.push_back(*PrivateKey::Generate(KeyType::kEd25519));
    for (const PrivateKey& key : keys_) {
      signers_.push_back(&key);
      halves_.push_back(key.public_key());
    }
    envelope_ = SignStatement("payload", signers_);
  }

  void ExpectCount() const {
    const absl::Status status = VerifyEnvelope(envelope_, halves_);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(ReasonOf(status), "SIGNATURE_COUNT");
  }

  void ExpectInvalidAt(const std::string& path) const {
    const absl::Status status = VerifyEnvelope(envelope_, halves_);
    EXPECT_EQ(status.code(), absl::StatusCode::kUnauthenticated);
    EXPECT_EQ(ReasonOf(status), "SIGNATURE_INVALID");
    EXPECT_EQ(PathOf(status), path);
  }

  std::vector<PrivateKey> keys_;
  std::vector<const PrivateKey*> signers_;
  std::vector<PublicKey> halves_;
  statement::v1::Envelope envelope_;
};

TEST_F(EnvelopeTest, VerifiesWhatWasSigned) {
  EXPECT_EQ(envelope_.payload_type(), "application/vnd.passerelle.statement.v1+protobuf");
  EXPECT_EQ(envelope_.payload(), "payload");
  EXPECT_TRUE(VerifyEnvelope(envelope_, halves_).ok());
}

TEST_F(EnvelopeTest, VerifiesAnEmptyPayload) {
  EXPECT_TRUE(VerifyEnvelope(SignStatement("", signers_), halves_).ok());
}

TEST_F(EnvelopeTest, IsVerifiedByOpenssl) {
  const tests::CommandFolder folder;
  folder.Write("pae", "DSSEv1 48 application/vnd.passerelle.statement.v1+protobuf 7 payload");
  for (int i = 0; i < 3; ++i) {
    folder.Write("key.pem", keys_[i].ToPem().RevealSecret());
    folder.Write("sig", envelope_.signatures(i).raw());
    ASSERT_EQ(folder.Openssl("pkey -in key.pem -pubout -out pub.pem").exit_code, 0);
    const auto result =
        folder.Openssl(halves_[i].type() == KeyType::kEd25519
                           ? "pkeyutl -verify -rawin -pubin -inkey pub.pem -in pae -sigfile sig"
                           : "dgst -sha256 -verify pub.pem -signature sig pae");
    EXPECT_EQ(result.exit_code, 0) << result.output;
  }
}

TEST_F(EnvelopeTest, RefusesAnotherPayloadType) {
  for (const char* type :
       {"", "application/json", "application/vnd.passerelle.statement.v2+protobuf",
        "Application/vnd.passerelle.statement.v1+protobuf"}) {
    envelope_.set_payload_type(type);
    const absl::Status status = VerifyEnvelope(envelope_, halves_);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(ReasonOf(status), "PAYLOAD_TYPE");
    EXPECT_EQ(PathOf(status), "payload_type");
  }
}

TEST_F(EnvelopeTest, RefusesASignatureOfThePayloadWithoutItsType) {
  envelope_.mutable_signatures(0)->set_raw(keys_[0].Sign("payload"));
  ExpectInvalidAt("signatures[0]");
}

TEST_F(EnvelopeTest, RefusesAMissingSignature) {
  envelope_.mutable_signatures()->RemoveLast();
  ExpectCount();
}

TEST_F(EnvelopeTest, RefusesAnExtraSignature) {
  *envelope_.add_signatures() = envelope_.signatures(0);
  ExpectCount();
}

TEST_F(EnvelopeTest, RefusesNoSignatureEvenOfNobody) {
  EXPECT_EQ(ReasonOf(VerifyEnvelope(SignStatement("payload", {}), {})), "SIGNATURE_COUNT");
}

TEST_F(EnvelopeTest, RefusesSignaturesInAnotherOrder) {
  envelope_.mutable_signatures()->SwapElements(0, 2);
  ExpectInvalidAt("signatures[0]");
}

TEST_F(EnvelopeTest, RefusesOneSignatureInThePlaceOfAnother) {
  *envelope_.mutable_signatures(2) = envelope_.signatures(0);
  ExpectInvalidAt("signatures[2]");
}

TEST_F(EnvelopeTest, RefusesAnotherKey) {
  halves_[1] = PrivateKey::Generate(KeyType::kP256)->public_key();
  ExpectInvalidAt("signatures[1]");
}

TEST_F(EnvelopeTest, RefusesASignatureOfNoKind) {
  envelope_.mutable_signatures(1)->Clear();
  ExpectInvalidAt("signatures[1]");
}

TEST_F(EnvelopeTest, RefusesAnotherPayload) {
  for (const char* payload : {"", "payloae", "payload ", "ayload"}) {
    envelope_.set_payload(payload);
    ExpectInvalidAt("signatures[0]");
  }
}

}  // namespace
}  // namespace passerelle::certs::keys
