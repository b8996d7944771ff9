// What entry 0 must be (WIRE 1).
#include <set>
#include <string>

#include "gateway/base/digest.h"
#include "gateway/verify/replay.h"

namespace passerelle::gateway::verify {

Check Replay::CheckGenesis(const Item& item, const Recorded& recorded) const {
  const statement::v1::Statement& statement = recorded.statement;
  if (statement.acts_size() != 1 || !statement.acts(0).has_convention_enacted())
    return At(item, "it does not found the log: it must enact the convention and nothing else",
              "elle ne fonde pas le journal : elle doit édicter la convention et rien d'autre");
  const statement::v1::ConventionEnacted& enacted = statement.acts(0).convention_enacted();
  std::set<std::string> founders;
  for (const statement::v1::FoundingKey& key : enacted.founding_keys())
    founders.insert(base::ToBytes(base::Sha256(key.spki())));
  const auto& signers = statement.header().signers();
  if (founders != std::set<std::string>(signers.begin(), signers.end()))
    return At(item, "it is not signed by every founding key and no other",
              "elle n'est pas signée par chaque clé fondatrice et nulle autre");
  return CheckCivilDate(item, enacted.convention().zone());
}

}  // namespace passerelle::gateway::verify
