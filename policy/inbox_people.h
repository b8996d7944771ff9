// What awaits those who answer for people and keys. Internal to the inbox.
#ifndef PASSERELLE_POLICY_INBOX_PEOPLE_H_
#define PASSERELLE_POLICY_INBOX_PEOPLE_H_

#include <string>
#include <string_view>
#include <vector>

#include "policy/inbox.h"

namespace passerelle::policy {

// Adds what awaits an agent as representative, or as secretary, of a party: stopped keys, what they
// did, mandates about to end. REQUIRES: the log is founded.
void CollectPeople(const state::State& state, std::string_view agent, const Now& now,
                   const std::string& party, statement::v1::Role role,
                   std::vector<InboxItem>& items);

}  // namespace passerelle::policy

#endif  // PASSERELLE_POLICY_INBOX_PEOPLE_H_
