#include "gateway/client/profile.h"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "audit/checkpoint/checkpoint.h"
#include "gateway/base/bytes.h"
#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/passphrase.h"
#include "gateway/base/status.h"
#include "gateway/base/strings.h"
#include "gateway/client/strict_json.h"

namespace passerelle::gateway::client {
namespace {

// A member that names a file, made relative to the profile's folder.
absl::StatusOr<std::string> FileAt(const nlohmann::json& object, std::string_view name,
                                   const std::filesystem::path& folder) {
  ASSIGN_OR_RETURN(const std::string text, TextAt(object, "", name));
  if (text.empty()) return base::Malformed("PATH_EMPTY", name, "the member must name a file");
  return (folder / text).string();
}

// The same error under the name that the member has in the file.
absl::Status AtMember(const absl::Status& status, std::string_view name) {
  return base::Malformed(base::ReasonOf(status), name, base::Std(status.message()));
}

absl::StatusOr<Profile> ParseProfile(const std::string& text, const std::filesystem::path& folder) {
  ASSIGN_OR_RETURN(const nlohmann::json value, ParseStrict(text));
  RETURN_IF_ERROR(CheckMembers(value, "",
                               {"target", "ca_file", "certificate_file", "key_file", "log",
                                "origin", "checkpoint_vkey", "checkpoint_file"},
                               {"clock_shift_ms", "passphrase_file"}));
  Profile profile;
  ASSIGN_OR_RETURN(profile.target, TextAt(value, "", "target"));
  ASSIGN_OR_RETURN(profile.ca_file, FileAt(value, "ca_file", folder));
  ASSIGN_OR_RETURN(profile.certificate_file, FileAt(value, "certificate_file", folder));
  ASSIGN_OR_RETURN(profile.key_file, FileAt(value, "key_file", folder));
  if (value.contains("passphrase_file")) {
    ASSIGN_OR_RETURN(profile.passphrase_file, FileAt(value, "passphrase_file", folder));
  }
  ASSIGN_OR_RETURN(profile.log, HexAt(value, "", "log", sizeof(base::Digest)));
  ASSIGN_OR_RETURN(profile.origin, TextAt(value, "", "origin"));
  ASSIGN_OR_RETURN(profile.checkpoint_vkey, TextAt(value, "", "checkpoint_vkey"));
  ASSIGN_OR_RETURN(profile.checkpoint_file, FileAt(value, "checkpoint_file", folder));
  if (const auto shift = value.find("clock_shift_ms"); shift != value.end()) {
    if (!shift->is_number_integer())
      return base::Malformed("JSON_TYPE", "clock_shift_ms", "the member must be a whole number");
    profile.clock_shift_ms = shift->get<int64_t>();
  }
  RETURN_IF_ERROR(PinsOf(profile).status());
  return profile;
}

}  // namespace

absl::StatusOr<Profile> ReadProfile(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, base::ReadFile(path, base::kMaxProfileBytes));
  absl::StatusOr<Profile> profile = ParseProfile(text, std::filesystem::path(path).parent_path());
  if (!profile.ok()) return base::InContext(profile.status(), path);
  return profile;
}

absl::StatusOr<certs::keys::PrivateKey> LoadKey(const Profile& profile) {
  ASSIGN_OR_RETURN(const base::Secret passphrase,
                   base::ReadPassphraseIfAny(profile.passphrase_file));
  return certs::keys::PrivateKey::Load(profile.key_file, passphrase);
}

absl::Status WriteProfile(const std::string& path, const Profile& profile) {
  nlohmann::ordered_json value = {{"target", profile.target},
                                  {"ca_file", profile.ca_file},
                                  {"certificate_file", profile.certificate_file},
                                  {"key_file", profile.key_file},
                                  {"log", base::ToHex(profile.log)},
                                  {"origin", profile.origin},
                                  {"checkpoint_vkey", profile.checkpoint_vkey},
                                  {"checkpoint_file", profile.checkpoint_file}};
  if (!profile.passphrase_file.empty()) value["passphrase_file"] = profile.passphrase_file;
  if (profile.clock_shift_ms != 0) value["clock_shift_ms"] = profile.clock_shift_ms;
  const std::string text =
      value.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
  return base::WriteFile(path, text, base::FileMode::kPrivate);
}

absl::StatusOr<Pins> PinsOf(const Profile& profile) {
  if (profile.target.empty())
    return base::Malformed("TARGET", "target", "the member must be host:port");
  const absl::StatusOr<base::Digest> log = base::DigestFromBytes(profile.log);
  if (!log.ok()) return AtMember(log.status(), "log");
  if (const absl::Status origin = audit::checkpoint::CheckOrigin(profile.origin); !origin.ok())
    return AtMember(origin, "origin");
  absl::StatusOr<audit::checkpoint::NoteVerifier> verifier =
      audit::checkpoint::NoteVerifier::FromVkey(profile.checkpoint_vkey);
  if (!verifier.ok()) return AtMember(verifier.status(), "checkpoint_vkey");
  return Pins{.log = *log,
              .origin = profile.origin,
              .verifier = *std::move(verifier),
              .clock_shift_ms = profile.clock_shift_ms};
}

}  // namespace passerelle::gateway::client
