#include "gateway/core/card.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"

namespace passerelle::gateway::core {
namespace {

// Of a fingerprint: enough that a convention is hardly ever woken in vain.
constexpr size_t kPrefixBytes = 8;
constexpr size_t kMaxCardBytes = 4 * 1024 * 1024;

std::string FileOf(const std::string& folder) { return folder + "/card"; }

}  // namespace

record::v1::Card CardOf(const policy::state::State& state, int64_t wake_ms) {
  record::v1::Card card;
  const record::v1::FoundingRow& founding = *state.founding();
  card.set_log(founding.log());
  *card.mutable_tls_trust_anchors() = founding.settings().tls_trust_anchors();
  // Fingerprints come in their own order, which is that of their prefixes.
  state.keys.Scan("", [&](const std::string& fingerprint, const record::v1::KeyRow&) {
    card.mutable_keys()->append(fingerprint, 0, kPrefixBytes);
    return true;
  });
  card.set_wake_ms(wake_ms);
  return card;
}

bool MayKnow(const record::v1::Card& card, const base::Digest& fingerprint) {
  const std::string_view wanted = base::View(fingerprint).substr(0, kPrefixBytes);
  const std::string_view keys = card.keys();
  size_t low = 0, high = keys.size() / kPrefixBytes;
  while (low < high) {
    const size_t middle = (low + high) / 2;
    const std::string_view there = keys.substr(middle * kPrefixBytes, kPrefixBytes);
    if (there == wanted) return true;
    if (there < wanted)
      low = middle + 1;
    else
      high = middle;
  }
  return false;
}

absl::StatusOr<record::v1::Card> ReadCard(const std::string& folder) {
  ASSIGN_OR_RETURN(const std::string bytes, base::ReadFile(FileOf(folder), kMaxCardBytes));
  record::v1::Card card;
  const std::string_view all = bytes;
  const base::Digest sum = base::Sha256({all.substr(std::min(all.size(), sizeof(base::Digest)))});
  if (all.size() < sizeof sum || all.substr(0, sizeof sum) != base::View(sum) ||
      !card.ParseFromArray(all.data() + sizeof sum, static_cast<int>(all.size() - sizeof sum)))
    return base::Corrupt("CARD", absl::StrCat(FileOf(folder), " is damaged"));
  return card;
}

absl::Status WriteCard(const std::string& folder, const record::v1::Card& card) {
  const std::string bytes = card.SerializeAsString();
  return base::WriteFile(FileOf(folder), base::ToBytes(base::Sha256({bytes})) + bytes,
                         base::FileMode::kPrivate);
}

}  // namespace passerelle::gateway::core
