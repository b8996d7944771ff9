// The table of refusals: for every rule and code, one statement that meets it. What is accepted at
// the same stage is what the worlds are built of.
#ifndef PASSERELLE_TESTS_UNIT_POLICY_RULES_CASES_H_
#define PASSERELLE_TESTS_UNIT_POLICY_RULES_CASES_H_

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/world.h"

namespace passerelle::tests {

// One refusal: in a world at `stage`, `decide` gives an entry that holds the finding.
struct Case {
  std::string rule, code, path;
  Stage stage;
  std::function<record::v1::Entry(World&)> decide;
  World::Options options = {};
};

// Decides a statement. What is refused leaves no trace but in heads and chains.
inline record::v1::Entry Judge(const World& world, const statement::v1::Statement& statement,
                               const record::v1::Observed& observed) {
  const record::v1::Entry entry = world.Decide(statement, observed);
  if (entry.has_refused()) {
    EXPECT_EQ(world.SubstanceAfter(entry), SubstanceOf(world.state()));
  }
  return entry;
}

// Decides one act as it is.
inline record::v1::Entry Try(World& world, const statement::v1::Act& act, const Names& signers) {
  const statement::v1::Statement statement = world.Draft({act}, signers);
  return Judge(world, statement, world.Observe(statement));
}

// A case in a world of other options.
inline Case With(World::Options options, std::string rule, std::string code, std::string path,
                 Stage stage, std::function<record::v1::Entry(World&)> decide) {
  return {std::move(rule), std::move(code),   std::move(path),
          stage,           std::move(decide), std::move(options)};
}

// A case of one act that `make` spoils.
inline Case Spoilt(std::string rule, std::string code, std::string path, Stage stage, Names signers,
                   std::function<statement::v1::Act(World&)> make) {
  return {std::move(rule), std::move(code), std::move(path), stage,
          [signers = std::move(signers), make = std::move(make)](World& world) {
            return Try(world, make(world), signers);
          }};
}

// A case of one good act that rests on what an agent of `party` did, whose key turns out to have
// been compromised by then.
inline Case Fallen(std::string path, Stage stage, std::string party, std::string compromised,
                   std::string signer, std::function<statement::v1::Act(World&)> make,
                   World::Options options = {}) {
  return With(std::move(options), "key.compromised", "awaits-ratification", std::move(path), stage,
              [=](World& world) {
                world.Must(
                    {world.StopKey(party, compromised, statement::v1::STOP_CAUSE_COMPROMISED)},
                    {compromised});
                return Try(world, make(world), {signer});
              });
}

// A case of one good act whose observation `spoil` changes.
inline Case Misobserved(std::string rule, std::string code, Stage stage, Names signers,
                        std::function<statement::v1::Act(World&)> make,
                        std::function<void(record::v1::ActObserved&)> spoil) {
  return {std::move(rule), std::move(code), "*", stage,
          [signers = std::move(signers), make = std::move(make),
           spoil = std::move(spoil)](World& world) {
            const statement::v1::Statement statement = world.Draft({make(world)}, signers);
            record::v1::Observed observed = world.Observe(statement);
            spoil(*observed.mutable_acts(0));
            return Judge(world, statement, observed);
          }};
}

// A case of one good act whose header `spoil` changes.
inline Case Misheaded(std::string rule, std::string code, std::string path,
                      std::function<void(statement::v1::Statement&)> spoil) {
  return {std::move(rule), std::move(code), std::move(path), Stage::kStaffed,
          [spoil = std::move(spoil)](World& world) {
            statement::v1::Statement statement = world.Draft({world.Declare()}, {"steward-p001"});
            spoil(statement);
            return Judge(world, statement, world.Observe(statement));
          }};
}

std::vector<Case> WireCases();
std::vector<Case> PeopleCases();
std::vector<Case> EndingCases();
std::vector<Case> SettingsCases();
std::vector<Case> SuccessionCases();
std::vector<Case> ExchangeCases();
std::vector<Case> TransferCases();
std::vector<Case> OrdinaryDayCases();

}  // namespace passerelle::tests

#endif  // PASSERELLE_TESTS_UNIT_POLICY_RULES_CASES_H_
