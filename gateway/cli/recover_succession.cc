#include "gateway/cli/recover_succession.h"

#include <algorithm>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "gateway/base/bytes.h"
#include "gateway/base/digest.h"
#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/cli/input.h"
#include "gateway/cli/messages.h"
#include "gateway/cli/others.h"
#include "gateway/cli/show.h"
#include "gateway/client/draft.h"
#include "gateway/client/profile.h"
#include "gateway/core/succession.h"
#include "gateway/http/outside.h"

namespace passerelle::gateway::cli {
namespace {

absl::StatusOr<statement::v1::Header> HeaderOf(App& app, const core::Remains& remains,
                                               const SuccessionOptions& options) {
  statement::v1::Header header;
  header.set_log(remains.founding.log());
  header.mutable_seen()->set_origin(remains.founding.origin());
  header.mutable_seen()->set_size(remains.head.size);
  header.mutable_seen()->set_root(base::ToBytes(remains.head.root));
  std::vector<std::string> signers;
  for (const std::string& text : options.signers) {
    const absl::StatusOr<std::string> bytes = base::FromHex(text);
    if (!bytes.ok()) return base::AtPath(bytes.status(), "--signers");
    const absl::StatusOr<base::Digest> digest = base::DigestFromBytes(*bytes);
    if (!digest.ok()) return base::AtPath(digest.status(), "--signers");
    signers.push_back(*bytes);
  }
  if (signers.empty()) return Usage("OPTION_MISSING", "--signers");
  std::sort(signers.begin(), signers.end());
  for (std::string& signer : signers) header.add_signers(std::move(signer));
  const int64_t now_ms = app.clock().WallMs() + remains.founding.settings().clock_shift_ms();
  header.set_issued_at_ms(now_ms);
  header.set_not_after_ms(now_ms + base::kMaxStatementLifeMs);
  header.set_nonce(app.random().Bytes(16));
  return header;
}

// The origin that follows: `/2` after the first, then one more.
std::string NextOrigin(const std::string& origin) {
  const size_t slash = origin.rfind('/');
  uint64_t number = 1;
  for (size_t i = slash + 1; slash != std::string::npos && i < origin.size(); ++i) {
    if (origin[i] < '0' || origin[i] > '9') return origin + "/2";
    number = i == slash + 1 ? static_cast<uint64_t>(origin[i] - '0')
                            : number * 10 + static_cast<uint64_t>(origin[i] - '0');
  }
  if (slash == std::string::npos || slash + 1 == origin.size()) return origin + "/2";
  return absl::StrCat(origin.substr(0, slash + 1), number + 1);
}

}  // namespace

absl::StatusOr<int> DraftSuccessor(App& app, const core::StoragePaths& paths,
                                   const SuccessionOptions& options) {
  core::SuccessionPlan plan;
  if (options.cause.empty()) return Usage("OPTION_MISSING", "--cause");
  plan.cause = options.cause == "loss" ? statement::v1::SHARD_CAUSE_LOSS
                                       : statement::v1::SHARD_CAUSE_KEY_CHANGE;
  ASSIGN_OR_RETURN(const core::Remains remains, core::Examine(paths));
  ASSIGN_OR_RETURN(const statement::v1::Header header, HeaderOf(app, remains, options));
  plan.origin = options.origin.empty() ? NextOrigin(remains.founding.origin()) : options.origin;
  ASSIGN_OR_RETURN(plan.closings,
                   CosignedNotes(http::AsksOthers(app.clock()), remains.founding.settings(),
                                 remains.founding.origin(), options.without));
  for (const std::string& file : options.closings) {
    ASSIGN_OR_RETURN(std::string note, base::ReadFile(file, base::kMaxNoteBytes));
    plan.closings.push_back(std::move(note));
  }
  client::Draft draft;
  statement::v1::Act& act = draft.acts.emplace_back();
  act.set_party(remains.founding.convention().secretariat_party());
  ASSIGN_OR_RETURN(*act.mutable_shard_opened(), core::DraftSuccession(paths, plan, app.random()));
  const client::SignedFile file = client::StartFile(header, draft);
  RETURN_IF_ERROR(base::WriteFile(options.draft, client::ToJson(file), base::FileMode::kPublic));
  const uint64_t left = remains.head.size;
  const uint64_t lost = act.shard_opened().closed_size() - left;
  if (app.json()) {
    std::printf(
        "%s\n",
        JsonObject(
            {{"file", options.draft}, {"origin", plan.origin}, {"left", left}, {"lost", lost}})
            .c_str());
    return kDone;
  }
  std::printf(
      "%s  %s\n%s %lu, %s %lu\n%s\n", options.draft.c_str(), plan.origin.c_str(),
      app.Say("inscriptions restantes", "entries left").c_str(), left,
      app.Say("perdues", "lost").c_str(), lost,
      app.Say("Faites-le signer par le secrétariat et le contresignataire (passerelle sign), "
              "puis : passerelle recover --open",
              "Have secretariat and countersigner sign it (passerelle sign), then: "
              "passerelle recover --open")
          .c_str());
  return kDone;
}

absl::StatusOr<int> OpenSuccessor(App& app, const core::StoragePaths& paths,
                                  const SuccessionOptions& options) {
  ASSIGN_OR_RETURN(const client::SignedFile file, ReadSignedFile(options.open));
  ASSIGN_OR_RETURN(const statement::v1::Envelope envelope, client::ToEnvelope(file));
  ASSIGN_OR_RETURN(
      const core::Opened opened,
      core::OpenSuccession(paths, envelope.SerializeAsString(), app.clock(), app.random()));
  if (!options.pin.empty()) {
    client::Profile pinned;
    pinned.log = opened.founding.log();
    pinned.origin = opened.founding.origin();
    pinned.checkpoint_vkey = opened.founding.checkpoint_vkey();
    pinned.clock_shift_ms = opened.founding.settings().clock_shift_ms();
    RETURN_IF_ERROR(client::WriteProfile(options.pin, pinned));
  }
  const std::string name = base::ToHex(base::View(opened.statement));
  if (app.json()) {
    std::printf("%s\n", JsonObject({{"name", name},
                                    {"origin", opened.founding.origin()},
                                    {"checkpoint_vkey", opened.founding.checkpoint_vkey()},
                                    {"left", opened.index},
                                    {"lost", opened.closed_size - opened.index}})
                            .c_str());
    return kDone;
  }
  std::printf("%s %s\n%s %s\n%s\n", app.Say("acte", "act").c_str(), name.c_str(),
              app.Say("clé", "key").c_str(), opened.founding.checkpoint_vkey().c_str(),
              app.Say("Dites ce nom à chaque partie par une autre voie : elle suit le journal par "
                      "`passerelle convention follow NOM`.",
                      "Tell every party this name by another way: it follows the log with "
                      "`passerelle convention follow NAME`.")
                  .c_str());
  return kDone;
}

}  // namespace passerelle::gateway::cli
