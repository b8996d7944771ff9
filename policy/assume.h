// What an honest gateway would observe of an act if all was well with it: for previews and
// explanations, where there is nothing to observe yet.
#ifndef PASSERELLE_POLICY_ASSUME_H_
#define PASSERELLE_POLICY_ASSUME_H_

#include "passerelle/record/v1/observed.pb.h"
#include "passerelle/statement/v1/statement.pb.h"
#include "policy/state/state.h"

namespace passerelle::policy {

// A payload of the size announced that fits the dataset and the terms in force of the exchange that
// a manifest names; one without columns when it names none. Pure; thread-safe.
record::v1::PayloadObserved AssumePayload(const state::State& state,
                                          const statement::v1::TransferSubmitted& manifest);

// Everything that is observed of an act: possession, attachments, payload. Pure; thread-safe.
record::v1::ActObserved AssumeObserved(const state::State& state, const statement::v1::Act& act);

}  // namespace passerelle::policy

#endif  // PASSERELLE_POLICY_ASSUME_H_
