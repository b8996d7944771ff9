// passerelle convention: what entry 0 fixed, and the settings in force.
#include <cstdio>

#include "gateway/base/bytes.h"
#include "gateway/base/status.h"
#include "gateway/cli/app.h"
#include "gateway/cli/show.h"

namespace passerelle::gateway::cli {
namespace {

absl::StatusOr<int> Show(App& app) {
  ASSIGN_OR_RETURN(client::Session * session, app.Session());
  ASSIGN_OR_RETURN(const record::v1::FoundingRow founding, session->GetConvention());
  if (app.json()) {
    std::printf("%s\n", JsonOf(founding).c_str());
    return kDone;
  }
  const convention::v1::Convention& convention = founding.convention();
  const bool test = founding.environment() == statement::v1::ENVIRONMENT_TEST;
  std::printf("%s%s\n", test ? app.Say("[ESSAI] ", "[TEST] ").c_str() : "",
              convention.title().c_str());
  PrintTable({"", ""},
             {{app.Say("code", "slug"), convention.slug()},
              {app.Say("du", "from"), ShowDate(convention.starts_on())},
              {app.Say("au", "until"), ShowDate(convention.ends_on())},
              {app.Say("parties", "parties"), std::to_string(convention.parties_size())},
              {app.Say("finalités", "purposes"), std::to_string(convention.purposes_size())},
              {app.Say("secrétariat", "secretariat"), convention.secretariat_party()},
              {app.Say("journal", "log"), base::ToHex(founding.log())},
              {app.Say("origine", "origin"), founding.origin()},
              {app.Say("clé", "key"), founding.checkpoint_vkey()}});
  return kDone;
}

}  // namespace

void AddConvention(App& app) {
  const Command noun = app.commands().AddNoun("convention", "La convention", "The convention");
  app.commands().AddVerb(noun, "show", "Montrer la convention et ses réglages",
                         "Show the convention and its settings", [&app] { return Show(app); });
}

}  // namespace passerelle::gateway::cli
