// The doctor on those whom the settings name: witnesses and time-stamp authorities.
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "audit/witness/submit.h"
#include "certs/x509/stamp_request.h"
#include "gateway/base/civil.h"
#include "gateway/base/status.h"
#include "gateway/cli/doctor.h"
#include "gateway/cli/others.h"
#include "gateway/http/outside.h"

namespace passerelle::gateway::cli {
namespace {

using convention::v1::Settings;

absl::Status Compare(const Shown& shown, const audit::log::Log& log,
                     const audit::checkpoint::NoteVerifier& own) {
  if (!shown.note.ok()) return shown.note.status();
  return audit::witness::CompareShown({log, own, shown.witness}, *shown.note);
}

void CheckWitnesses(const App& app, const std::vector<Shown>& shown, uint64_t quorum,
                    const audit::log::Log& log, const audit::checkpoint::NoteVerifier& own,
                    Diagnosis& diagnosis) {
  uint64_t answering = 0;
  for (const Shown& one : shown) {
    const absl::Status compared = Compare(one, log, own);
    const std::string reason = base::ReasonOf(compared);
    const std::string detail = absl::StrCat(one.witness.name(), ", ", one.url);
    if (reason == "LOG_BEHIND_WITNESS") {
      diagnosis.Found("witness", "log-behind-witness",
                      absl::StrCat(one.witness.name(), ", ", compared.message()));
    } else if (reason == "LOG_FORKED") {
      diagnosis.Found("witness", "log-forked-witness",
                      absl::StrCat(one.witness.name(), ", ", compared.message()));
    } else if (!compared.ok()) {
      diagnosis.Found("witness", "witness-silent", absl::StrCat(detail, ", ", compared.message()));
      continue;
    } else {
      diagnosis.Fine("witness", detail);
    }
    ++answering;
  }
  if (answering < quorum)
    diagnosis.Found("witness", "witness-quorum",
                    absl::StrCat(answering, app.Say(" sur ", " of "), quorum));
}

// A true stamp, over words of the doctor's own.
void CheckAuthority(App& app, const base::AskOthers& ask, const Settings& settings,
                    const convention::v1::TimeStampAuthority& authority, Diagnosis& diagnosis) {
  const absl::StatusOr<certs::x509::ObtainedStamp> stamp =
      certs::x509::RequestStamp({ask, app.clock(), app.random()}, settings, authority,
                                "passerelle doctor: nothing is stamped but this\n");
  if (stamp.ok())
    return diagnosis.Fine("time-stamp",
                          absl::StrCat(authority.url(), ", ", base::ToIsoInstant(stamp->time_ms)));
  const std::string detail = absl::StrCat(authority.url(), ", ", stamp.status().message());
  if (absl::IsUnavailable(stamp.status()))
    return diagnosis.Found("time-stamp", "authority-silent", detail);
  if (base::ReasonOf(stamp.status()) == "TIME_STAMP_CLOCK")
    return diagnosis.Found("time-stamp", "authority-clock", detail);
  diagnosis.Found("time-stamp", "authority-unverifiable", detail);
}

}  // namespace

void ExamineOthers(App& app, const Recomputed& recomputed,
                   const audit::checkpoint::NoteVerifier& own,
                   absl::FunctionRef<absl::StatusOr<Recomputed>()> again, Diagnosis& diagnosis) {
  const Settings& settings = recomputed.state.founding()->settings();
  const base::AskOthers ask = http::AsksOthers(app.clock());
  const std::vector<Shown> shown = AskWitnesses(ask, settings, recomputed.log->origin(), {});
  // A gateway that serves may have had more cosigned since its log was read.
  std::optional<Recomputed> newer;
  for (const Shown& one : shown) {
    if (newer.has_value() ||
        base::ReasonOf(Compare(one, *recomputed.log, own)) != "LOG_BEHIND_WITNESS")
      continue;
    absl::StatusOr<Recomputed> read = again();
    if (!read.ok()) return diagnosis.Failed("witness", read.status());
    newer = *std::move(read);
  }
  CheckWitnesses(app, shown, settings.witness_quorum(),
                 newer.has_value() ? *newer->log : *recomputed.log, own, diagnosis);
  for (const convention::v1::TimeStampAuthority& authority : settings.time_stamp_authorities())
    CheckAuthority(app, ask, settings, authority, diagnosis);
}

}  // namespace passerelle::gateway::cli
