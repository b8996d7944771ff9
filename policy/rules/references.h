// References of an act to earlier acts, resolved against the state.
#ifndef PASSERELLE_POLICY_RULES_REFERENCES_H_
#define PASSERELLE_POLICY_RULES_REFERENCES_H_

#include <optional>
#include <string>
#include <string_view>

#include "passerelle/statement/v1/common.pb.h"
#include "policy/rules/judgement.h"

namespace passerelle::policy::rules {

// The reference made absolute; refuses when it is missing, malformed, or looks forward.
std::optional<statement::v1::ActRef> NeedReference(Judgement& j, bool present,
                                                   const statement::v1::ActRef& ref,
                                                   std::string_view path);

// Refuses a reference whose key is in no table of the kind wanted.
void RefuseUnresolved(Judgement& j, const std::string& key, std::string_view path);

// The row of a reference in a table, or null and a refusal.
template <typename Row>
const Row* FindOrRefuse(Judgement& j, const state::Table<Row>& table,
                        const statement::v1::ActRef& ref, std::string_view path) {
  const std::string key = state::KeyOf(ref);
  const Row* row = table.Find(key);
  if (row == nullptr) RefuseUnresolved(j, key, path);
  return row;
}

}  // namespace passerelle::policy::rules

#endif  // PASSERELLE_POLICY_RULES_REFERENCES_H_
