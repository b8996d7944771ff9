#include "gateway/service/register_json.h"

#include <google/protobuf/descriptor.h>

#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gateway/base/bytes.h"
#include "gateway/base/civil.h"
#include "gateway/service/register_columns.h"
#include "gateway/service/register_sheet.h"
#include "gateway/service/register_words.h"
#include "gateway/service/register_writer.h"
#include "policy/state/state.h"

namespace passerelle::gateway::service {
namespace {

namespace api = passerelle::gateway::v1;
using nlohmann::ordered_json;

// FOO_BAR_BAZ of enum FooBar as `baz`: the zero value tells how long the prefix is. Null when
// unspecified.
template <typename Enum>
ordered_json CodeOf(Enum value, const google::protobuf::EnumDescriptor* type) {
  const google::protobuf::EnumValueDescriptor* named = type->FindValueByNumber(value);
  if (named == nullptr || value == 0) return nullptr;
  const size_t prefix =
      type->FindValueByNumber(0)->name().size() - std::string_view("UNSPECIFIED").size();
  return absl::AsciiStrToLower(named->name().substr(prefix));
}

ordered_json DayJson(Day day) { return day == 0 ? ordered_json() : ordered_json(DayText(day)); }

ordered_json DateJson(const convention::v1::Date& date) {
  return date.year() == 0 ? ordered_json() : ordered_json(DateText(date));
}

template <typename Strings>
ordered_json ListJson(const Strings& strings) {
  ordered_json list = ordered_json::array();
  for (const auto& string : strings) list.push_back(string);
  return list;
}

ordered_json NullIfEmpty(const std::string& text) {
  return text.empty() ? ordered_json() : ordered_json(text);
}

ordered_json DatasetJson(const RegisterRow& row, ordered_json& absent) {
  const statement::v1::DatasetDeclared& declared = row.activity->dataset.declared;
  ordered_json json = {{"name", NameText(row.activity->proposed.dataset())},
                       {"slug", declared.slug()},
                       {"version", declared.version()},
                       {"title", row.title.text}};
  if (row.title.absence == Absence::kNone) return json;
  json["title"] = nullptr;
  absent["dataset.title"] = IdOf(row.title.absence);
  return json;
}

ordered_json ConditionsJson(const statement::v1::Conditions& conditions) {
  return {{"dropped_fields", ListJson(conditions.dropped_fields())},
          {"threshold", conditions.threshold()},
          {"transfer_cap", conditions.transfer_cap()},
          {"until", DateJson(conditions.until())},
          {"release", CodeOf(conditions.release(), statement::v1::Release_descriptor())}};
}

ordered_json TermsJson(const record::v1::TermsOutcome& terms) {
  return {{"fields", ListJson(terms.fields())},
          {"threshold", terms.threshold()},
          {"transfer_cap", terms.transfer_cap()},
          {"until", DateJson(terms.until())},
          {"release", CodeOf(terms.release(), statement::v1::Release_descriptor())}};
}

ordered_json NullIfNone(uint64_t index) {
  return index == 0 ? ordered_json() : ordered_json(index);
}

ordered_json RecommendationsJson(const Activity& activity) {
  ordered_json list = ordered_json::array();
  for (const RegisteredRecommendation& recommendation : activity.recommendations) {
    const record::v1::RecommendationRow& row = recommendation.row;
    list.push_back(
        {{"weight", CodeOf(row.weight(), statement::v1::RecommendationWeight_descriptor())},
         {"conditions", row.has_conditions() ? ConditionsJson(row.conditions()) : ordered_json()},
         {"answer", CodeOf(row.answer(), statement::v1::Answer_descriptor())},
         {"answered_on", DayJson(recommendation.answered_on)},
         {"entry", NullIfNone(recommendation.index)}});
  }
  return list;
}

ordered_json FreezesJson(const Activity& activity) {
  ordered_json list = ordered_json::array();
  for (const RegisteredFreeze& freeze : activity.freezes)
    list.push_back({{"freeze", NameText(freeze.name)},
                    {"party", freeze.party},
                    {"transfer", freeze.transfer == kNoTransfer
                                     ? ordered_json()
                                     : ordered_json(NameText(policy::state::RefOf(
                                           activity.transfers[freeze.transfer].key)))},
                    {"standing", StandingId(freeze.standing)},
                    {"placed_on", DayJson(freeze.placed_on)},
                    {"lapses_on", DayJson(freeze.lapses_on)},
                    {"confirmed_on", DayJson(freeze.confirmed_on)},
                    {"lifted_on", DayJson(freeze.lifted_on)},
                    {"entry", freeze.index},
                    {"confirmed_entry", NullIfNone(freeze.confirmed_index)},
                    {"lifted_entry", NullIfNone(freeze.lifted_index)}});
  return list;
}

ordered_json OpinionJson(const Activity& activity) {
  if (!activity.opinion.has_value()) return nullptr;
  const RegisteredOpinion& opinion = *activity.opinion;
  return {{"opinion", CodeOf(opinion.given.opinion(), statement::v1::Opinion_descriptor())},
          {"conditions", ConditionsJson(opinion.given.conditions())},
          {"recorded_on", DayJson(opinion.recorded_on)},
          {"entry", opinion.index}};
}

ordered_json DecisionJson(const Activity& activity) {
  if (!activity.decision.has_value()) return nullptr;
  return {{"verdict", CodeOf(activity.decision->verdict, statement::v1::Verdict_descriptor())},
          {"recorded_on", DayJson(activity.decision->recorded_on)},
          {"entry", activity.decision->index}};
}

ordered_json SheetJson(const RegisterRow& row) {
  if (row.sheet == nullptr) return nullptr;
  const statement::v1::RegisterEntryRecorded& entry = row.sheet->entry;
  return {{"reference", entry.reference()},
          {"version", entry.version()},
          {"legal_basis", CodeOf(entry.legal_basis(), statement::v1::LegalBasis_descriptor())},
          {"next_review_on", DateJson(entry.next_review_on())},
          {"first_recorded_on", DayJson(row.sheet->first_recorded_on)},
          {"recorded_on", DayJson(row.sheet->recorded_on)},
          {"entry", row.sheet->index}};
}

// Puts a cell at its path, unless the sheet itself says something there.
void Place(const Column& column, const Cell& cell, ordered_json& processing, ordered_json& absent) {
  const std::vector<std::string> path = absl::StrSplit(column.id, '.');
  // A text of a list: the list stands at its own path.
  const bool item = path.size() == 2 && absl::ascii_isdigit(path[1][0]);
  ordered_json* at = &processing[path[0]];
  if (path.size() == 2 && !item) {
    // Where the model has an object, a sheet may give a single text, or a list.
    if (!at->is_null() && !at->is_object()) {
      if (column.origin != Origin::kJoined) return;
      *at = nullptr;
    }
    at = &(*at)[path[1]];
  }
  if (!at->is_null() && column.origin != Origin::kJoined) return;
  if (cell.absence == Absence::kNone) {
    if (!item) *at = cell.text;
    return;
  }
  *at = nullptr;
  absent["processing." + (item ? path[0] : column.id)] = IdOf(cell.absence);
}

ordered_json ProcessingJson(const RegisterRow& row, ordered_json& absent) {
  ordered_json processing = SheetObject(row.sheet_document);
  if (processing.is_null()) processing = ordered_json::object();
  for (const Column& column : RegisterColumns())
    if (column.origin != Origin::kExchange) Place(column, column.cell(row), processing, absent);
  return processing;
}

void AddProof(ordered_json& proofs, const Step& step) {
  ordered_json& entries = proofs[std::string(StepId(step.kind))];
  if (entries.empty() || entries.back() != step.index) entries.push_back(step.index);
}

ordered_json TransfersJson(const Activity& activity) {
  // By transfer; there also by the recipient whose share a step is of, if it is of one.
  std::vector<ordered_json> proofs(activity.transfers.size(), ordered_json::object());
  std::vector<std::map<std::string, ordered_json>> of_shares(activity.transfers.size());
  for (const Step& step : activity.steps) {
    if (step.transfer == kNoTransfer) continue;
    AddProof(proofs[step.transfer], step);
    AddProof(of_shares[step.transfer][step.party], step);
  }
  ordered_json list = ordered_json::array();
  for (size_t i = 0; i < proofs.size(); ++i) {
    const RegisteredTransfer& transfer = activity.transfers[i];
    ordered_json shares = ordered_json::array();
    for (const record::v1::DeliveryRow& share : transfer.shares)
      shares.push_back(
          {{"party", share.party()},
           {"phase", CodeOf(share.phase(), record::v1::DeliveryPhase_descriptor())},
           {"handovers", share.handovers()},
           {"acknowledged", share.has_acknowledgement()},
           {"proofs", of_shares[i].emplace(share.party(), ordered_json::object()).first->second}});
    list.push_back({{"transfer", NameText(policy::state::RefOf(transfer.key))},
                    {"period", transfer.period},
                    {"recorded_on", DayJson(transfer.recorded_on)},
                    {"retain_until", DayJson(transfer.retain_until)},
                    {"erased_on", DayJson(transfer.erased_on)},
                    {"shares", std::move(shares)},
                    {"proofs", std::move(proofs[i])}});
  }
  return list;
}

std::string Dump(const ordered_json& json) {
  return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

// Writes the frame's members, then one list, an element a line.
class JsonWriter final : public RegisterWriter {
 public:
  JsonWriter(const RegisterFrame& frame, api::RegisterContents contents)
      : whole_(contents != api::REGISTER_CONTENTS_DISCREPANCIES), ahead_(Dump(FrameJson(frame))) {
    ahead_.pop_back();  // its closing brace comes last
    absl::StrAppend(&ahead_, ",\n\"", whole_ ? "activities" : "discrepancies", "\":[");
  }

  absl::Status Add(const RegisterRow& row, std::string& out) override {
    if (whole_) {
      AddElement(ActivityJson(row), out);
      return absl::OkStatus();
    }
    for (const Discrepancy& discrepancy : row.discrepancies) {
      ordered_json json = {{"exchange", NameText(row.activity->exchange)},
                           {"dataset", row.activity->dataset.declared.slug()},
                           {"holder", row.activity->holder},
                           {"recipient", NullIfEmpty(row.activity->recipient)},
                           {"recipient_class", NullIfEmpty(row.activity->recipient_class)},
                           {"controller", row.controller}};
      json.update(DiscrepancyJson(row, discrepancy));
      AddElement(json, out);
    }
    return absl::OkStatus();
  }

  absl::Status Finish(const api::RegisterSummary& summary, std::string& out) override {
    out += ahead_ == "," ? "" : ahead_;
    absl::StrAppend(&out, "],\n\"summary\":",
                    Dump({{"sheets", summary.sheets()},
                          {"discrepancies", summary.discrepancies()},
                          {"points_to_watch", summary.points_to_watch()}}),
                    "}\n");
    return absl::OkStatus();
  }

 private:
  void AddElement(const ordered_json& json, std::string& out) {
    absl::StrAppend(&out, ahead_, "\n", Dump(json));
    ahead_ = ",";
  }

  const bool whole_;
  // What stands before the next element.
  std::string ahead_;
};

}  // namespace

ordered_json FrameJson(const RegisterFrame& frame) {
  return {{"register", "passerelle/register/v1"},
          {"environment",
           CodeOf(frame.founding.environment(), statement::v1::Environment_descriptor())},
          {"log", base::ToHex(frame.log)},
          {"origin", frame.founding.origin()},
          {"convention", frame.founding.convention().slug()},
          {"party", frame.party.empty() ? ordered_json() : ordered_json(frame.party)},
          {"as_of", DayText(frame.as_of)},
          {"entries", frame.entries},
          {"recorded_at", base::ToIsoInstant(frame.recorded_ms)},
          {"language", frame.language == Language::kFrench ? "fr" : "en"}};
}

ordered_json ActivityJson(const RegisterRow& row) {
  const Activity& activity = *row.activity;
  const statement::v1::ExchangeProposed& proposed = activity.proposed;
  ordered_json absent = ordered_json::object();
  ordered_json dataset = DatasetJson(row, absent);
  ordered_json processing = ProcessingJson(row, absent);
  ordered_json proofs = ordered_json::object(), discrepancies = ordered_json::array();
  for (const Step& step : activity.steps) AddProof(proofs, step);
  for (const Discrepancy& discrepancy : row.discrepancies)
    discrepancies.push_back(DiscrepancyJson(row, discrepancy));
  return {{"exchange", NameText(activity.exchange)},
          {"controller", row.controller},
          {"holder", activity.holder},
          {"recipient", NullIfEmpty(activity.recipient)},
          {"recipient_class", NullIfEmpty(activity.recipient_class)},
          {"recipients", ListJson(activity.recipients)},
          {"dataset", std::move(dataset)},
          {"purpose", proposed.purpose()},
          {"units", ListJson(proposed.units())},
          {"asked_fields", ListJson(proposed.fields())},
          {"from", DateJson(proposed.from())},
          {"until", DayJson(activity.until)},
          {"retain_until", DateJson(proposed.retain_until())},
          {"frequency", CodeOf(proposed.frequency(), statement::v1::Frequency_descriptor())},
          {"opinion", OpinionJson(activity)},
          {"recommendations", RecommendationsJson(activity)},
          {"decision", DecisionJson(activity)},
          {"terms", TermsJson(activity.terms)},
          {"freezes", FreezesJson(activity)},
          {"sheet", SheetJson(row)},
          {"processing", std::move(processing)},
          {"absent", std::move(absent)},
          {"transfers", TransfersJson(activity)},
          {"proofs", std::move(proofs)},
          {"discrepancies", std::move(discrepancies)}};
}

ordered_json DiscrepancyJson(const RegisterRow& row, const Discrepancy& discrepancy) {
  return {{"code", discrepancy.kind->code},
          {"gravity", GravityId(discrepancy.kind->gravity)},
          {"words", DescribeDiscrepancy(discrepancy, row.language())},
          {"mend", DescribeMend(discrepancy, row.language())},
          {"entries", discrepancy.entries}};
}

std::unique_ptr<RegisterWriter> MakeJsonWriter(const RegisterFrame& frame,
                                               api::RegisterContents contents) {
  return std::make_unique<JsonWriter>(frame, contents);
}

}  // namespace passerelle::gateway::service
