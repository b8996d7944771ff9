#include "gateway/cli/findings.h"

#include <cstdio>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gateway/base/bytes.h"
#include "gateway/base/civil.h"
#include "gateway/base/files.h"
#include "gateway/base/status.h"
#include "gateway/cli/show.h"
#include "gateway/cli/words.h"

namespace passerelle::gateway::cli {
namespace {

namespace api = passerelle::gateway::v1;
using api::Gap;
using policy::rules::Rule;
using record::v1::Finding;

std::string PlaceOf(const App& app, const Finding& finding) {
  std::string place =
      absl::StrCat(" acts[", finding.act(), "]", finding.path().empty() ? "" : ".", finding.path());
  if (finding.line() != 0) absl::StrAppend(&place, app.Say(" ligne ", " line "), finding.line());
  if (finding.column() != 0)
    absl::StrAppend(&place, app.Say(" colonne ", " column "), finding.column());
  return place;
}

void PrintFinding(const App& app, const convention::v1::Convention& deed, const Finding& finding,
                  const std::string& mender) {
  const Rule* rule = policy::rules::FindRule(finding.rule());
  std::fprintf(stderr, "  %s %s%s", finding.rule().c_str(), finding.code().c_str(),
               PlaceOf(app, finding).c_str());
  if (rule != nullptr) std::fprintf(stderr, "  %s", BasisOf(app, *rule).c_str());
  std::fprintf(stderr, "\n    %s\n", policy::rules::Describe(finding, app.language()).c_str());
  if (!mender.empty())
    std::fprintf(stderr, "    %s %s\n", app.Say("à faire par :", "to be done by:").c_str(),
                 mender.c_str());
  if (rule != nullptr) std::fprintf(stderr, "    %s\n", QuoteOf(app, deed, *rule).c_str());
}

std::vector<Finding> FindingsOf(const record::v1::Entry& entry) {
  std::vector<Finding> findings(entry.refused().findings().begin(),
                                entry.refused().findings().end());
  for (const record::v1::Decision& decision : entry.recorded().decisions())
    findings.insert(findings.end(), decision.findings().begin(), decision.findings().end());
  return findings;
}

}  // namespace

int ExitCodeOf(record::v1::Effect effect) {
  if (effect == record::v1::EFFECT_NOTED) return kNoted;
  return effect == record::v1::EFFECT_REFUSED ? kRefused : kDone;
}

convention::v1::Convention DeedOf(App& app) {
  if (absl::StatusOr<client::Session*> session = app.Session(); session.ok())
    if (absl::StatusOr<record::v1::FoundingRow> founding = (*session)->GetConvention();
        founding.ok())
      return std::move(*founding->mutable_convention());
  return {};
}

std::string MenderOf(const App& app, const Gap& gap) {
  if (gap.party().empty()) return "";
  return absl::StrCat(gap.party(), ", ",
                      WordOf(*statement::v1::Role_descriptor(), gap.role(), app.language()));
}

void PrintFindings(App& app, absl::Span<const Finding> findings) {
  if (findings.empty()) return;
  const convention::v1::Convention deed = DeedOf(app);
  for (const Finding& finding : findings) PrintFinding(app, deed, finding, "");
}

void PrintGaps(App& app, absl::Span<const Gap> gaps) {
  if (gaps.empty()) return;
  const convention::v1::Convention deed = DeedOf(app);
  for (const Gap& gap : gaps) PrintFinding(app, deed, gap.finding(), MenderOf(app, gap));
}

namespace {

// When a receipt was stamped; what it has not reached yet of what was waited for, and how it is
// asked for again.
void SayLevel(const App& app, const client::Answer& answer, const std::string& name) {
  if (answer.level == api::LEVEL_STAMPED && !app.json())
    std::printf("%s %s\n", app.Say("horodaté le", "stamped on").c_str(),
                base::ToIsoInstant(answer.stamped.time_ms).c_str());
  if (answer.level >= app.WaitLevel()) return;
  const std::string again =
      absl::StrCat("`passerelle receipt get ", name, " --wait ",
                   app.WaitLevel() == api::LEVEL_STAMPED ? "stamped" : "witnessed", "`");
  std::fprintf(
      stderr, "%s %s\n",
      answer.level == api::LEVEL_COMMITTED
          ? app.Say("inscrit, pas encore cosigné ni horodaté : redemandez le reçu par",
                    "recorded, not cosigned or stamped yet: ask for the receipt again with")
                .c_str()
          : app.Say("cosigné, pas encore horodaté : redemandez le reçu par",
                    "cosigned, not stamped yet: ask for the receipt again with")
                .c_str(),
      again.c_str());
}

}  // namespace

absl::StatusOr<int> FinishAnswer(App& app, const client::Answer& answer) {
  statement::v1::ActRef name;
  name.set_statement(base::ToBytes(answer.statement));
  const std::string folder = app.ReceiptsFolder();
  RETURN_IF_ERROR(base::MakeFolder(folder, base::FileMode::kPublic));
  const std::string stem = absl::StrCat(folder, "/", base::ToHex(name.statement()).substr(0, 16));
  const std::string file = stem + ".tlog-proof";
  RETURN_IF_ERROR(base::WriteFile(file, answer.receipt, base::FileMode::kPublic));
  const bool stamped = answer.level == api::LEVEL_STAMPED;
  if (stamped) {
    RETURN_IF_ERROR(
        base::WriteFile(stem + ".checkpoint", answer.stamped.checkpoint, base::FileMode::kPublic));
    RETURN_IF_ERROR(base::WriteFile(stem + ".tsr", answer.time_stamp, base::FileMode::kPublic));
  }
  const std::vector<Finding> findings = FindingsOf(answer.entry);
  const std::string effect =
      WordOf(*record::v1::Effect_descriptor(), answer.effect, app.language());
  if (app.json()) {
    nlohmann::json json = {{"effect", ShowEnum(*record::v1::Effect_descriptor(), answer.effect)},
                           {"index", answer.index},
                           {"name", NameOf(name, false)},
                           {"receipt", file},
                           {"level", ShowEnum(*api::Level_descriptor(), answer.level)},
                           {"findings", nlohmann::json::array()}};
    if (stamped) {
      json["time_stamp"] = stem + ".tsr";
      json["stamped"] = base::ToIsoInstant(answer.stamped.time_ms);
    }
    for (const Finding& finding : findings) json["findings"].push_back(ToJson(finding));
    std::printf("%s\n", TextOf(json).c_str());
    // A report that binds nobody looks done to whoever reads the exit code alone.
    if (answer.effect == record::v1::EFFECT_NOTED) std::fprintf(stderr, "%s\n", effect.c_str());
  } else {
    std::printf("%s  %s %lu  %s %s  %s\n", effect.c_str(), app.Say("inscription", "entry").c_str(),
                answer.index, app.Say("nom", "name").c_str(), NameOf(name, true).c_str(),
                file.c_str());
  }
  PrintFindings(app, findings);
  SayLevel(app, answer, NameOf(name, false));
  return ExitCodeOf(answer.effect);
}

}  // namespace passerelle::gateway::cli
