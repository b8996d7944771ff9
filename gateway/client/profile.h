// What a client pins and where it keeps what it saw.
#ifndef PASSERELLE_GATEWAY_CLIENT_PROFILE_H_
#define PASSERELLE_GATEWAY_CLIENT_PROFILE_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "audit/checkpoint/note.h"
#include "certs/keys/key.h"
#include "gateway/base/digest.h"

namespace passerelle::gateway::client {

// One identity of one log. Copyable. Whoever alters a profile file chooses which log and gateway
// its user believes: it is written 0600.
struct Profile {
  // `host:port` of the gateway.
  std::string target;
  // Files: trust anchors of the gateway's certificate, our certificate (chain), our key (PEM).
  std::string ca_file;
  std::string certificate_file;
  std::string key_file;
  // File of the passphrase that opens the key, mode 0600; optional, empty for a key that is not
  // encrypted.
  std::string passphrase_file;
  // Name of the log (32 bytes, hex in files), its origin and its checkpoint key: pinned out of
  // band.
  std::string log;
  std::string origin;
  std::string checkpoint_vkey;
  // File that keeps the last verified checkpoint.
  std::string checkpoint_file;
  // How far a `test` log's clock is ahead of ours, milliseconds; optional, 0 in production. It
  // dates the reports of a key that is stopped and reads no convention any more.
  int64_t clock_shift_ms = 0;

  bool operator==(const Profile&) const = default;
};

// Reads a profile from JSON, whose members are named like those above; relative paths in it are
// relative to its folder. INVALID_ARGUMENT names the file and the member at
// fault.
absl::StatusOr<Profile> ReadProfile(const std::string& path);

// The key that a profile names, opened with the passphrase that it names. Errors as those of
// base::ReadPassphrase and PrivateKey::Load.
absl::StatusOr<certs::keys::PrivateKey> LoadKey(const Profile& profile);

// Writes a profile as JSON, mode 0600, durably.
absl::Status WriteProfile(const std::string& path, const Profile& profile);

// What a profile pins, parsed. Copyable.
struct Pins {
  base::Digest log{};
  std::string origin;
  audit::checkpoint::NoteVerifier verifier;
  int64_t clock_shift_ms = 0;
};

// INVALID_ARGUMENT names the member that is malformed.
absl::StatusOr<Pins> PinsOf(const Profile& profile);

}  // namespace passerelle::gateway::client

#endif  // PASSERELLE_GATEWAY_CLIENT_PROFILE_H_
