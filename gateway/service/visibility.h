// What a caller may see: what its mandates in force entitle it to, and nothing else. Pure.
#ifndef PASSERELLE_GATEWAY_SERVICE_VISIBILITY_H_
#define PASSERELLE_GATEWAY_SERVICE_VISIBILITY_H_

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "passerelle/record/v1/entry.pb.h"
#include "passerelle/record/v1/state.pb.h"
#include "passerelle/statement/v1/statement.pb.h"
#include "policy/decide.h"
#include "policy/state/state.h"

namespace passerelle::gateway::service {

// The sight of one agent at one moment. Copyable; immutable.
class Sight {
 public:
  // What the agent's mandates in force let it see.
  Sight(const policy::state::State& state, std::string_view agent, const policy::Now& now);

  // Whether it reads the whole log.
  bool whole_log() const { return whole_log_; }

  // Whether it sees the affairs of a party as such: a mandate that is not limited to datasets.
  bool SeesParty(const std::string& party) const;

  // Whether it sees an exchange, as the holder's side or a recipient's; every member of a class is
  // a recipient. A mandate limited to datasets sees theirs.
  bool SeesExchange(const record::v1::ExchangeRow& exchange,
                    const policy::state::State& state) const;

  // Whether it sees a transfer: as the holder's side, or that of a recipient with a share in it.
  bool SeesTransfer(const record::v1::TransferRow& transfer,
                    const policy::state::State& state) const;

  // A transfer as it may be shown: the holder's side sees every share, a recipient its own alone.
  // REQUIRES: SeesTransfer.
  record::v1::TransferRow ShowTransfer(const record::v1::TransferRow& transfer,
                                       const policy::state::State& state) const;

  // Whether it sees a recorded entry and its receipt: a party concerned is one it sees, or everyone
  // may. Under a mandate limited to datasets an act of the entry has to be about an exchange that
  // it sees; `name` names the statement.
  bool SeesEntry(const record::v1::Entry& entry, const statement::v1::Statement& statement,
                 const statement::v1::ActRef& name, const policy::state::State& state) const;

  // Whether it may open a document or name of an act: those of convention, deeds and people belong
  // to the party the act names, a dataset's title to everyone, the others to the parties concerned.
  bool SeesDocuments(const statement::v1::Act& act, const record::v1::Entry& entry) const;

 private:
  bool SeesSide(const std::string& party, const std::string& slug) const;
  bool SeesHolder(const record::v1::TransferRow& transfer, const policy::state::State& state) const;

  int64_t time_ms_;
  bool whole_log_ = false;
  // Parties whose affairs it sees whole.
  std::set<std::string> parties_;
  // Party and slugs that a limited mandate names.
  std::map<std::string, std::set<std::string>> slugs_;
};

// The exchange that an act proposes, or is about directly or through its transfer or freeze; null
// when it is about none. `name` is the act's name.
const record::v1::ExchangeRow* ExchangeOf(const statement::v1::Act& act,
                                          const statement::v1::ActRef& name,
                                          const policy::state::State& state);

}  // namespace passerelle::gateway::service

#endif  // PASSERELLE_GATEWAY_SERVICE_VISIBILITY_H_
