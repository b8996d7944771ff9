#include "policy/assume.h"

#include <string>

namespace passerelle::policy {

record::v1::PayloadObserved AssumePayload(const state::State& state,
                                          const statement::v1::TransferSubmitted& manifest) {
  record::v1::PayloadObserved payload;
  payload.set_rows(1);
  payload.set_size_band(manifest.size_band());
  payload.set_readable(record::v1::CHECK_HOLDS);
  const record::v1::ExchangeRow* exchange = state.exchanges.Find(state::KeyOf(manifest.exchange()));
  if (exchange == nullptr) return payload;
  payload.set_threshold_respected(exchange->terms().threshold());
  const record::v1::DatasetRow* dataset = state.datasets.Find(state::KeyOf(exchange->dataset()));
  if (dataset == nullptr) return payload;
  for (const std::string& name : exchange->terms().fields()) {
    record::v1::ColumnObserved& column = *payload.add_columns();
    column.set_column(static_cast<uint32_t>(payload.columns_size()));
    for (int i = 0; i < dataset->declared().fields_size(); ++i)
      if (dataset->declared().fields(i).name() == name)
        column.set_field(static_cast<uint32_t>(i) + 1);
  }
  return payload;
}

record::v1::ActObserved AssumeObserved(const state::State& state, const statement::v1::Act& act) {
  record::v1::ActObserved observed;
  observed.set_attachments(record::v1::CHECK_HOLDS);
  if (act.has_agent_enrolled()) observed.set_possession(record::v1::CHECK_HOLDS);
  if (act.has_transfer_submitted())
    *observed.mutable_payload() = AssumePayload(state, act.transfer_submitted());
  return observed;
}

}  // namespace passerelle::policy
