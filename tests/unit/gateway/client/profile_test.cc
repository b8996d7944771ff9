#include "gateway/client/profile.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "certs/keys/key.h"
#include "gateway/base/files.h"
#include "gateway/base/passphrase.h"
#include "gateway/base/status.h"
#include "tests/support/temp_folder.h"

namespace passerelle::gateway::client {
namespace {

// From AUDIT-LOG's public vectors (C2SP signed-note).
constexpr char kVkey[] = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

Profile Example() {
  Profile profile;
  profile.target = "gateway.example:8443";
  profile.ca_file = "/etc/essai/ca.pem";
  profile.certificate_file = "/etc/essai/agent.pem";
  profile.key_file = "/etc/essai/agent.key";
  profile.log = std::string(32, '\x7f');
  profile.origin = "example.com/foo";
  profile.checkpoint_vkey = kVkey;
  profile.checkpoint_file = "/var/lib/essai/checkpoint";
  return profile;
}

class ProfileTest : public testing::Test {
 protected:
  // Reads the example after `edit` changed its JSON.
  template <typename Edit>
  absl::StatusOr<Profile> ReadEdited(Edit edit) {
    EXPECT_TRUE(WriteProfile(path_, Example()).ok());
    nlohmann::json value = nlohmann::json::parse(*base::ReadFile(path_, 65536));
    edit(value);
    EXPECT_TRUE(base::WriteFile(path_, value.dump(), base::FileMode::kPrivate).ok());
    return ReadProfile(path_);
  }

  tests::TempFolder folder_;
  const std::string path_ = folder_ / "passerelle.json";
};

TEST_F(ProfileTest, SurvivesTheRoundTripAndIsPrivate) {
  ASSERT_TRUE(WriteProfile(path_, Example()).ok());
  const absl::StatusOr<Profile> read = ReadProfile(path_);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, Example());
  EXPECT_EQ(*base::PermissionsOf(path_), 0600);
}

TEST_F(ProfileTest, ErrorsNameTheFileAndTheMember) {
  const absl::Status status =
      ReadEdited([](nlohmann::json& value) { value["log"] = "zz"; }).status();
  EXPECT_EQ(base::PathOf(status), "log");
  EXPECT_EQ(std::string(status.message()).rfind(path_ + ": ", 0), 0u) << status;
}

TEST_F(ProfileTest, RelativePathsAreRelativeToItsFolder) {
  const absl::StatusOr<Profile> read =
      ReadEdited([](nlohmann::json& value) { value["key_file"] = "keys/agent.key"; });
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->key_file, folder_ / "keys/agent.key");
  EXPECT_EQ(read->ca_file, "/etc/essai/ca.pem");
}

TEST_F(ProfileTest, MayNameTheClockShiftOfATestLog) {
  Profile shifted = Example();
  shifted.clock_shift_ms = -86'400'000;
  ASSERT_TRUE(WriteProfile(path_, shifted).ok());
  const absl::StatusOr<Profile> read = ReadProfile(path_);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, shifted);
  EXPECT_EQ(PinsOf(*read)->clock_shift_ms, -86'400'000);
  for (const nlohmann::json& wrong : {nlohmann::json("1"), nlohmann::json(1.5)})
    EXPECT_EQ(base::PathOf(ReadEdited([&](nlohmann::json& value) {
                             value["clock_shift_ms"] = wrong;
                           }).status()),
              "clock_shift_ms");
}

TEST_F(ProfileTest, MayNameThePassphraseOfItsKey) {
  const auto key = certs::keys::PrivateKey::Generate(certs::keys::KeyType::kEd25519);
  ASSERT_TRUE(
      base::WriteFile(folder_ / "phrase", "correct horse\n", base::FileMode::kPrivate).ok());
  ASSERT_TRUE(key->Save(folder_ / "key", *base::ReadPassphrase(folder_ / "phrase")).ok());
  Profile closed = Example();
  closed.key_file = folder_ / "key";
  EXPECT_EQ(base::ReasonOf(LoadKey(closed).status()), "KEY_ENCRYPTED");
  closed.passphrase_file = folder_ / "phrase";
  ASSERT_TRUE(WriteProfile(path_, closed).ok());
  const absl::StatusOr<Profile> read = ReadProfile(path_);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, closed);
  EXPECT_EQ(LoadKey(*read)->public_key().spki(), key->public_key().spki());
  const absl::StatusOr<Profile> relative =
      ReadEdited([](nlohmann::json& value) { value["passphrase_file"] = "phrase"; });
  EXPECT_EQ(relative->passphrase_file, folder_ / "phrase");
}

TEST_F(ProfileTest, NamesTheMemberAtFault) {
  using nlohmann::json;
  ASSERT_TRUE(WriteProfile(path_, Example()).ok());
  const json whole = json::parse(*base::ReadFile(path_, 65536));
  ASSERT_EQ(whole.size(), 8u);
  for (const auto& member : whole.items()) {
    const absl::Status missing =
        ReadEdited([&](json& value) { value.erase(member.key()); }).status();
    EXPECT_EQ(base::ReasonOf(missing), "JSON_MISSING");
    EXPECT_EQ(base::PathOf(missing), member.key());
    const absl::Status empty = ReadEdited([&](json& value) { value[member.key()] = ""; }).status();
    EXPECT_EQ(empty.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(base::PathOf(empty), member.key());
  }
  EXPECT_EQ(base::ReasonOf(
                ReadEdited([](json& value) { value["ssl_target_name_override"] = "x"; }).status()),
            "JSON_UNKNOWN");
  EXPECT_EQ(base::PathOf(ReadEdited([](json& value) { value["log"] = "abcd"; }).status()), "log");
}

TEST_F(ProfileTest, AMissingFileIsNotFound) {
  EXPECT_TRUE(absl::IsNotFound(ReadProfile(folder_ / "none.json").status()));
}

}  // namespace
}  // namespace passerelle::gateway::client
