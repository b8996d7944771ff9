#include "gateway/cli/follow.h"

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "audit/checkpoint/checkpoint.h"
#include "gateway/base/bytes.h"
#include "gateway/base/digest.h"
#include "gateway/base/status.h"
#include "gateway/cli/others.h"
#include "gateway/cli/show.h"
#include "gateway/client/checkpoint_memory.h"
#include "gateway/client/connect.h"
#include "gateway/client/succession.h"
#include "gateway/http/outside.h"

namespace passerelle::gateway::cli {
namespace {

using audit::checkpoint::Checkpoint;

struct Options {
  std::string statement;
  // Names of witnesses that are not asked, since they cannot be reached.
  std::vector<std::string> without;
};

// The digest of a statement, whole, with or without an act's ordinal.
absl::StatusOr<base::Digest> ReadStatement(const std::string& typed) {
  ASSIGN_OR_RETURN(const std::string bytes, base::FromHex(typed.substr(0, typed.find('/'))));
  return base::DigestFromBytes(bytes);
}

void Print(App& app, const client::Succession& succession) {
  const std::string& origin = succession.opened.origin();
  if (app.json()) {
    std::printf("%s\n", JsonObject({{"origin", origin},
                                    {"checkpoint_vkey", succession.opened.checkpoint_vkey()},
                                    {"left", succession.index},
                                    {"lost", succession.lost},
                                    {"lost_of_ours", succession.lost_of_ours}})
                            .c_str());
    return;
  }
  std::printf("%s  %s %lu, %s %lu\n", origin.c_str(),
              app.Say("inscriptions restantes", "entries left").c_str(), succession.index,
              app.Say("perdues", "lost").c_str(), succession.lost);
  if (succession.lost_of_ours > 0)
    std::printf("%s\n", app.Say(absl::StrCat("Vous aviez vérifié ", succession.lost_of_ours,
                                             " des inscriptions perdues : présentez vos reçus par "
                                             "`passerelle receipt present`."),
                                absl::StrCat("You had verified ", succession.lost_of_ours,
                                             " of the lost entries: present your receipts with "
                                             "`passerelle receipt present`."))
                            .c_str());
}

// What the witnesses of the settings in force show of the closed log. Whoever serves its successor
// names them: one that he leaves out is not asked.
absl::StatusOr<std::vector<Checkpoint>> ReadWitnessed(App& app, client::Channel& channel,
                                                      const client::Pins& pins,
                                                      const std::vector<std::string>& without) {
  client::api::GetConventionRequest request;
  request.set_log(base::ToBytes(pins.log));
  ASSIGN_OR_RETURN(const client::api::GetConventionResponse response,
                   channel.GetConvention(request));
  ASSIGN_OR_RETURN(const std::vector<std::string> notes,
                   CosignedNotes(http::AsksOthers(app.clock()), response.founding().settings(),
                                 pins.origin, without));
  std::vector<Checkpoint> shown;
  for (const std::string& note : notes) {
    ASSIGN_OR_RETURN(shown.emplace_back(),
                     audit::checkpoint::OpenCheckpoint(note, pins.verifier, pins.origin));
  }
  return shown;
}

absl::StatusOr<int> Follow(App& app, const Options& options) {
  const absl::StatusOr<base::Digest> statement = ReadStatement(options.statement);
  if (!statement.ok()) return base::AtPath(statement.status(), "statement");
  ASSIGN_OR_RETURN(client::Profile profile, app.Profile());
  ASSIGN_OR_RETURN(const client::Pins pins, client::PinsOf(profile));
  ASSIGN_OR_RETURN(client::CheckpointMemory memory,
                   client::CheckpointMemory::Open(profile.checkpoint_file, pins, app.clock()));
  ASSIGN_OR_RETURN(const auto seen, memory.Last());
  ASSIGN_OR_RETURN(const client::Connected connected, client::Connect(profile));
  ASSIGN_OR_RETURN(const std::vector<Checkpoint> witnessed,
                   ReadWitnessed(app, *connected.channel, pins, options.without));
  ASSIGN_OR_RETURN(const client::Succession succession,
                   client::VerifySuccession(*connected.channel, pins, *statement, seen, witnessed));
  profile.origin = succession.opened.origin();
  profile.checkpoint_vkey = succession.opened.checkpoint_vkey();
  // The old one stays as it is: it is what we hold of the log that was closed.
  profile.checkpoint_file = absl::StrCat(profile.checkpoint_file, ".", succession.index);
  RETURN_IF_ERROR(client::WriteProfile(app.ProfileFile(), profile));
  Print(app, succession);
  return kDone;
}

}  // namespace

void AddFollow(App& app, const Command& noun) {
  auto options = std::make_shared<Options>();
  const Command verb = app.commands().AddVerb(
      noun, "follow", "Suivre un journal qui continue sous une autre clé, après l'avoir vérifié",
      "Follow a log that goes on under another key, once it is verified",
      [&app, options] { return Follow(app, *options); });
  verb.Add("statement", options->statement,
           "Nom de l'acte qui l'ouvre, que le secrétariat vous a dit par une autre voie",
           "Name of the act that opens it, which the secretariat told you by another way")
      .Required();
  verb.Add("--without-witness", options->without,
           "Témoin que l'on ne peut joindre, par son nom ; à répéter",
           "Witness that cannot be reached, by its name; may be repeated");
}

}  // namespace passerelle::gateway::cli
