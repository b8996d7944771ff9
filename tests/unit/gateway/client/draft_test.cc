#include "gateway/client/draft.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "absl/strings/match.h"
#include "certs/keys/dsse.h"
#include "gateway/base/bytes.h"
#include "gateway/base/status.h"
#include "tests/support/fakes.h"

namespace passerelle::gateway::client {
namespace {

using certs::keys::PrivateKey;

class DraftTest : public testing::Test {
 protected:
  DraftTest() {
    for (const PrivateKey* key : {&a_, &b_})
      signers_.push_back(base::ToBytes(key->public_key().fingerprint()));
    std::sort(signers_.begin(), signers_.end());
  }

  SignedFile Start() {
    statement::v1::Header header;
    header.set_log(std::string(32, 'l'));
    header.set_nonce(random_.Bytes(16));
    for (const std::string& signer : signers_) header.add_signers(signer);
    Draft draft;
    statement::v1::Act& act = draft.acts.emplace_back();
    act.set_party("p001");
    statement::v1::DeedRecorded& deed = *act.mutable_deed_recorded();
    deed.set_kind(statement::v1::DEED_KIND_MANDATE);
    deed.mutable_document()->set_digest(Attach(draft, base::CommitmentKind::kDocument,
                                               "text/plain; charset=utf-8", "ESSAI \xc3\xa9",
                                               random_));
    return StartFile(header, draft);
  }

  // The file as JSON, changed by `edit`, and what reading it says.
  template <typename Edit>
  absl::Status ReadEdited(Edit edit) {
    SignedFile file = Start();
    EXPECT_TRUE(AddSignature(file, a_).ok());
    nlohmann::json value = nlohmann::json::parse(ToJson(file));
    edit(value);
    return SignedFileFromJson(value.dump()).status();
  }

  tests::SeededRandom random_{3};
  const PrivateKey a_ = *PrivateKey::FromEd25519Seed(std::string(32, 'a'));
  const PrivateKey b_ = *PrivateKey::FromEd25519Seed(std::string(32, 'b'));
  const PrivateKey c_ = *PrivateKey::FromEd25519Seed(std::string(32, 'c'));
  std::vector<std::string> signers_;
};

TEST_F(DraftTest, AttachmentsOpenTheirCommitment) {
  Draft draft;
  const std::string commitment =
      Attach(draft, base::CommitmentKind::kPerson, "text/plain", "fictive", random_);
  ASSERT_EQ(draft.attachments.size(), 1u);
  const record::v1::Attachment& attachment = draft.attachments[0];
  EXPECT_EQ(attachment.commitment(), commitment);
  EXPECT_EQ(commitment,
            base::View(base::Commit(base::CommitmentKind::kPerson, attachment.nonce(), "fictive")));
}

TEST_F(DraftTest, TheEnvelopeVerifiesInTheOrderOfTheHeader) {
  // Whoever signs first.
  for (const auto& [first, second] : {std::pair{&a_, &b_}, std::pair{&b_, &a_}}) {
    SignedFile file = Start();
    ASSERT_TRUE(AddSignature(file, *first).ok());
    ASSERT_TRUE(AddSignature(file, *second).ok());
    const absl::StatusOr<statement::v1::Envelope> envelope = ToEnvelope(file);
    ASSERT_TRUE(envelope.ok()) << envelope.status();
    std::vector<certs::keys::PublicKey> keys = {a_.public_key(), b_.public_key()};
    if (base::View(keys[0].fingerprint()) != signers_[0]) std::swap(keys[0], keys[1]);
    EXPECT_TRUE(certs::keys::VerifyEnvelope(*envelope, keys).ok());
  }
}

TEST_F(DraftTest, NamesTheSignaturesThatMiss) {
  SignedFile file = Start();
  ASSERT_TRUE(AddSignature(file, a_).ok());
  const absl::Status missing = ToEnvelope(file).status();
  EXPECT_EQ(base::ReasonOf(missing), "SIGNATURES_MISSING");
  EXPECT_TRUE(
      absl::StrContains(missing.message(), base::ToHex(base::View(b_.public_key().fingerprint()))));
  EXPECT_FALSE(
      absl::StrContains(missing.message(), base::ToHex(base::View(a_.public_key().fingerprint()))));
}

TEST_F(DraftTest, RefusesStrangersAndSecondSignatures) {
  SignedFile file = Start();
  EXPECT_EQ(base::ReasonOf(AddSignature(file, c_)), "NOT_A_SIGNER");
  ASSERT_TRUE(AddSignature(file, a_).ok());
  EXPECT_EQ(base::ReasonOf(AddSignature(file, a_)), "SIGNED_ALREADY");
  EXPECT_EQ(file.signatures.size(), 1u);
}

TEST_F(DraftTest, SurvivesTheRoundTripByteForByte) {
  SignedFile file = Start();
  ASSERT_TRUE(AddSignature(file, b_).ok());
  const absl::StatusOr<SignedFile> read = SignedFileFromJson(ToJson(file));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->payload, file.payload);
  EXPECT_EQ(read->signatures, file.signatures);
  ASSERT_EQ(read->attachments.size(), 1u);
  EXPECT_EQ(read->attachments[0].SerializeAsString(), file.attachments[0].SerializeAsString());
  EXPECT_EQ(ToJson(*read), ToJson(file));
}

TEST_F(DraftTest, WritesPayloadAndSignaturesAsDsseDoes) {
  SignedFile file = Start();
  ASSERT_TRUE(AddSignature(file, a_).ok());
  const nlohmann::json value = nlohmann::json::parse(ToJson(file));
  EXPECT_EQ(value["payloadType"], "application/vnd.passerelle.statement.v1+protobuf");
  EXPECT_EQ(*base::FromBase64(value["payload"].get<std::string>()), file.payload);
  const std::string signature = *base::FromBase64(value["signatures"][0]["sig"].get<std::string>());
  EXPECT_TRUE(a_.public_key()
                  .Verify(certs::keys::Pae(certs::keys::kStatementType, file.payload), signature)
                  .ok());
}

TEST_F(DraftTest, RefusesWhatIsMissingUnknownOrOfAnotherType) {
  using nlohmann::json;
  EXPECT_TRUE(ReadEdited([](json&) {}).ok());
  for (const char* member : {"payloadType", "payload", "signatures", "attachments"}) {
    const absl::Status missing = ReadEdited([&](json& value) { value.erase(member); });
    EXPECT_EQ(base::ReasonOf(missing), "JSON_MISSING");
    EXPECT_EQ(base::PathOf(missing), member);
    EXPECT_EQ(base::ReasonOf(ReadEdited([&](json& value) { value[member] = 3; })), "JSON_TYPE");
  }
  EXPECT_EQ(base::ReasonOf(ReadEdited([](json& value) { value["comment"] = "x"; })),
            "JSON_UNKNOWN");
  EXPECT_EQ(base::PathOf(ReadEdited([](json& value) { value["signatures"][0]["note"] = "x"; })),
            "signatures[0]");
  EXPECT_EQ(base::PathOf(ReadEdited([](json& value) { value["attachments"][0].erase("nonce"); })),
            "attachments[0].nonce");
}

TEST_F(DraftTest, RefusesWhatContradictsItself) {
  using nlohmann::json;
  EXPECT_EQ(base::ReasonOf(ReadEdited([](json& value) { value["payloadType"] = "text/plain"; })),
            "PAYLOAD_TYPE");
  EXPECT_EQ(base::PathOf(ReadEdited([](json& value) {
              value["payload"] = "AAAA";
            })).rfind("statement", 0),
            0u);
  EXPECT_EQ(base::ReasonOf(ReadEdited([](json& value) { value["payload"] = "not base64"; })),
            "BASE64");
  EXPECT_EQ(base::ReasonOf(ReadEdited([&](json& value) {
              value["signatures"][0]["keyid"] =
                  base::ToHex(base::View(c_.public_key().fingerprint()));
            })),
            "NOT_A_SIGNER");
  EXPECT_EQ(base::ReasonOf(ReadEdited(
                [](json& value) { value["signatures"].push_back(value["signatures"][0]); })),
            "SIGNED_ALREADY");
  EXPECT_EQ(
      base::ReasonOf(ReadEdited([](json& value) { value["attachments"][0]["content"] = "AAAA"; })),
      "COMMITMENT");
}

TEST_F(DraftTest, RefusesWhatIsNoJsonOrSaysAMemberTwice) {
  EXPECT_EQ(base::ReasonOf(SignedFileFromJson("{").status()), "JSON");
  EXPECT_EQ(base::ReasonOf(SignedFileFromJson("{} x").status()), "JSON");
  EXPECT_EQ(base::ReasonOf(SignedFileFromJson("{\"payload\":\"\xff\"}").status()), "JSON");
  EXPECT_EQ(base::ReasonOf(SignedFileFromJson("[]").status()), "JSON_TYPE");
  EXPECT_EQ(base::ReasonOf(SignedFileFromJson(R"({"payload":"AA==","payload":"AQ=="})").status()),
            "JSON_DUPLICATE");
}

}  // namespace
}  // namespace passerelle::gateway::client
