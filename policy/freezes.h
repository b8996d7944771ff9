// What keeps an exchange or a transfer still.
#ifndef PASSERELLE_POLICY_FREEZES_H_
#define PASSERELLE_POLICY_FREEZES_H_

#include <vector>

#include "passerelle/record/v1/state.pb.h"
#include "passerelle/statement/v1/common.pb.h"
#include "policy/decide.h"
#include "policy/state/state.h"

namespace passerelle::policy {

// A freeze and its reference. `row` points into the state.
struct HeldFreeze {
  statement::v1::ActRef ref;
  const record::v1::FreezeRow* row = nullptr;
};

// The freezes of an exchange as a whole, or of a transfer, that stand, are not lifted and have not
// lapsed; by reference. Pure; thread-safe.
std::vector<HeldFreeze> FreezesOf(const state::State& state, const statement::v1::ActRef& target,
                                  const Now& now);

}  // namespace passerelle::policy

#endif  // PASSERELLE_POLICY_FREEZES_H_
