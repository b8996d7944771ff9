#include "policy/state/freezes.h"

#include <string>
#include <string_view>

#include "policy/state/indexes.h"
#include "policy/state/query.h"

namespace passerelle::policy::state {

using convention::v1::Date;
using record::v1::FreezeRow;
using statement::v1::ActRef;

std::vector<const FreezeRow*> FreezesOf(const State& state, const ActRef& target) {
  std::vector<const FreezeRow*> freezes;
  if (target.statement().empty()) return freezes;
  VisitFreezesOf(state, KeyOf(target), [&](std::string_view, const FreezeRow& row) {
    freezes.push_back(&row);
    return true;
  });
  return freezes;
}

bool IsLifted(const State& state, const FreezeRow& freeze, int64_t time_ms) {
  return freeze.has_lifted() && Stands(state, freeze.lifted(), time_ms);
}

bool FreezeInForce(const State& state, const FreezeRow& freeze, int64_t time_ms,
                   const Date& today) {
  return !IsLifted(state, freeze, time_ms) &&
         (freeze.has_confirmed() || NumberOf(today) <= NumberOf(freeze.lapses_on()));
}

const FreezeRow* FrozenBy(const State& state, const ActRef& exchange, const ActRef& transfer,
                          int64_t time_ms, const Date& today) {
  for (const ActRef* target : {&exchange, &transfer})
    for (const FreezeRow* freeze : FreezesOf(state, *target))
      if (FreezeInForce(state, *freeze, time_ms, today)) return freeze;
  return nullptr;
}

}  // namespace passerelle::policy::state
