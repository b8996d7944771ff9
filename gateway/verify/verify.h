// The offline verdict over an export or a receipt: no gateway, no network, nothing but the log's
// own bytes and a pinned name or key.
//
// Memory: 64 bytes an entry (the hashes of all complete subtrees, against which `seen` is held)
// plus the state that the log rebuilds and, of the statements, a few hundred that wait for a core
// to verify their signatures; kMaxVerifiedEntries bounds it.
#ifndef PASSERELLE_GATEWAY_VERIFY_VERIFY_H_
#define PASSERELLE_GATEWAY_VERIFY_VERIFY_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "audit/checkpoint/cosignature.h"
#include "certs/x509/certificate.h"
#include "gateway/base/digest.h"
#include "passerelle/record/v1/entry.pb.h"

namespace passerelle::gateway::verify {

// Where the evidence of others lies that came with an export: time stamps (`stamps/`) and the last
// checkpoint that the quorum of witnesses cosigned (`witnessed`), in a sibling of its folder.
std::string EvidenceFolderOf(const std::string& export_folder);

// What to verify beside what every export must hold.
struct ExportOptions {
  // The name of the log that the auditor knows (notice of transcription), or null.
  const base::Digest* pinned_log = nullptr;
  // Whether every accepted or noted entry of this engine version is decided again (WIRE 7).
  bool redecide = false;
  // Cores that verify signatures, the caller's own among them. The verdict is the same for any
  // number.
  unsigned cores = 1;
  // Whether the verdict holds a dump of the state, which is larger than the state itself.
  bool dump = false;
};

// Entries that a log lost, by the last succession after a loss.
struct Lost {
  // The indexes [first, end) of the log that was closed.
  uint64_t first = 0;
  uint64_t end = 0;
  // Of these: presented by a receipt, and recorded again or binding since.
  uint64_t presented = 0;
  uint64_t recorded = 0;
  // Those of which nobody presented a receipt: ranges [first, end), ascending.
  std::vector<std::pair<uint64_t, uint64_t>> missing;
};

// What was verified, or the first thing that is wrong.
struct Verdict {
  bool accepted = false;
  // One sentence: which entry, what, since when; empty when accepted.
  std::string fault_en, fault_fr;
  // Index of the entry at fault, if it is one entry's.
  std::optional<uint64_t> index;
  // Sentences about what was not interpreted or, when asked for, not re-decided; empty when
  // everything was.
  std::string note_en, note_fr;
  // Entries verified, and of these the ones from the first of a higher format minor on: hashed, but
  // not interpreted, since the keys and facts that later entries rest on may stand in it.
  uint64_t entries = 0;
  uint64_t not_interpreted = 0;
  // When asked for: entries that were re-decided, and those that were not: refused ones, whose
  // statements are not in the log, and of other engine versions, by version.
  uint64_t redecided = 0;
  uint64_t refused = 0;
  std::map<std::string, uint64_t> other_engines;
  // Statement signatures verified.
  uint64_t signatures = 0;
  // Name of the log, its origin, root, and record times of the first and last interpreted entry.
  base::Digest log{};
  std::string origin;
  base::Digest root{};
  int64_t first_ms = 0;
  int64_t last_ms = 0;
  // Time stamps that were verified, those that the log states and that are not at hand, and the
  // last one verified: its time and the size of its checkpoint.
  uint64_t stamps = 0;
  uint64_t stamps_missing = 0;
  int64_t stamped_ms = 0;
  uint64_t stamped_size = 0;
  // When the quorum of the witnesses of the settings in force stood behind this log, seconds since
  // 1970, and how many entries it had then; nothing when no cosigned checkpoint is at hand.
  std::optional<uint64_t> witnessed_s;
  uint64_t witnessed_size = 0;
  // What was lost, if anything was.
  std::optional<Lost> lost;
  // When asked for: canonical dump of the state that the log rebuilds.
  std::string dump;
};

// Verifies an export folder in one pass: every bundle and tile byte for byte, no file beside them,
// root, checkpoint signature; entry 0 founds this very log under this very key; every statement
// signature against the log alone, `seen`, party chains, times; decisions too when asked for.
// Entries and state are given up at the first fault. `progress` hears the entries done. Errors are
// for a folder that cannot be read at all.
absl::StatusOr<Verdict> VerifyExport(
    const std::string& folder, const ExportOptions& options,
    absl::FunctionRef<void(uint64_t done, uint64_t total)> progress);

// What a party's export proves, or the first thing that is wrong.
struct PartyVerdict {
  bool accepted = false;
  // One sentence; empty when accepted.
  std::string fault_en, fault_fr;
  std::optional<uint64_t> index;
  // The party; number of entries of its own chain and of `all`; statement signatures verified.
  std::string party;
  uint64_t own = 0;
  uint64_t common = 0;
  uint64_t signatures = 0;
  // What the heads prove: nothing that concerns the party is missing before this entry, recorded at
  // this time. Nothing when the gateway stated no heads yet.
  std::optional<uint64_t> complete_before;
  int64_t stated_ms = 0;
  // Entries shown after it, which the next heads will cover.
  uint64_t beyond = 0;
  // Name of the log, its origin, size and root of the last checkpoint.
  base::Digest log{};
  std::string origin;
  uint64_t size = 0;
  base::Digest root{};
};

// Whether a folder is a party's export.
bool IsPartyExport(const std::string& folder);

// Verifies a party's export: checkpoints that continue one another under one key, every entry in
// the log that they sign, entry 0 founding this very log, no gap in the party's chain or in `all`,
// every statement's signatures under the keys that the log enrolled, no act of the party outside
// its chain, and both chains ending where the stated heads say. What it cannot show: that an entry
// was left out of every chain, which the whole log alone shows. `pinned_log` may be null.
absl::StatusOr<PartyVerdict> VerifyPartyExport(
    const std::string& folder, const base::Digest* pinned_log,
    absl::FunctionRef<void(uint64_t done, uint64_t total)> progress);

// What a receipt proves.
struct ReceiptVerdict {
  bool accepted = false;
  // One sentence; empty when accepted.
  std::string fault_en, fault_fr;
  record::v1::Entry entry;
  uint64_t index = 0;
  // Leaf hash of the entry, and size of the tree that the receipt proves it in.
  base::Digest leaf{};
  uint64_t size = 0;
  // Digest of the recorded statement; zeros for a refusal.
  base::Digest statement{};
  // When the quorum of witnesses stood behind it, seconds since 1970; nothing where none was asked
  // for.
  std::optional<uint64_t> witnessed_s;
  // When an authority stamped it, milliseconds since 1970; nothing where no stamp was given.
  std::optional<int64_t> stamped_ms;
};

// Which witnesses a verifier knows, and how many of them he asks for.
struct Witnesses {
  std::vector<audit::checkpoint::CosignatureVerifier> known;
  size_t quorum = 0;
};

// A time stamp that came with a receipt (RFC 3161 TimeStampResp, DER), and whom it is believed
// from.
struct GivenStamp {
  std::string response;
  std::vector<certs::x509::Certificate> anchors;
};

// Verifies one tlog-proof file under a pinned checkpoint key (its origin is the key's name). The
// receipt proves what the log recorded; the statement's own signatures need the log's keys
// (VerifyExport). With a quorum, its checkpoint must be cosigned by so many of the witnesses; with
// a stamp, that must be one of its checkpoint.
ReceiptVerdict VerifyReceiptFile(std::string_view text, std::string_view vkey,
                                 const Witnesses& witnesses = {},
                                 const std::optional<GivenStamp>& stamp = std::nullopt);

}  // namespace passerelle::gateway::verify

#endif  // PASSERELLE_GATEWAY_VERIFY_VERIFY_H_
