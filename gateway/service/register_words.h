// What the log says of an activity, in the register's words.
#ifndef PASSERELLE_GATEWAY_SERVICE_REGISTER_WORDS_H_
#define PASSERELLE_GATEWAY_SERVICE_REGISTER_WORDS_H_

#include <string>
#include <string_view>
#include <vector>

#include "gateway/service/register_row.h"

namespace passerelle::gateway::service {

// Pure; thread-safe. What has not happened is kNotGiven.

// `YYYY-MM-DD`; empty for no day.
std::string DayText(Day day);
std::string DateText(const convention::v1::Date& date);

// A day as the messages of the log hold it.
convention::v1::Date DateOf(Day day);

// The name of an exchange or a transfer as people type it: hexadecimal digest, a slash, the
// ordinal.
std::string NameText(const statement::v1::ActRef& name);

// `ESSAI`, `PRODUCTION`: shown wherever a register is (DESIGN section 4).
std::string_view EnvironmentText(const RegisterFrame& frame);

// The name that a party bears on the register's day.
std::string PartyText(const RegisterFrame& frame, const std::string& id);

// Code and words of the exchange's purpose; the dataset's categories of data subjects; the
// recipient or the label of its class, alone or with the offices that may use the data; who
// receives on the register's day.
Cell PurposeText(const RegisterRow& row);
Cell SubjectsText(const RegisterRow& row);
std::string RecipientText(const RegisterRow& row);
Cell UnitsText(const RegisterRow& row);
Cell RecipientsText(const RegisterRow& row);

// Title, slug and version of the dataset; how often it is meant to be sent.
Cell DatasetText(const RegisterRow& row);
Cell FrequencyText(const RegisterRow& row);

// Of the recorded sheet: the legal basis, and whether the sheet is in force.
Cell LegalBasisText(const RegisterRow& row);
Cell StatusText(const RegisterRow& row);

// Which way the opinion goes and under which conditions; its recommendations with their answers;
// which way the decision goes; the terms in force.
Cell OpinionText(const RegisterRow& row);
Cell ConditionsText(const RegisterRow& row);
Cell RecommendationsText(const RegisterRow& row);
Cell DecisionText(const RegisterRow& row);
Cell TermsText(const RegisterRow& row);

// The recipients' shares of each transfer; the freezes.
Cell SharesText(const RegisterRow& row);
Cell FreezesText(const RegisterRow& row);

// The name of a step of a kind; its identifier in JSON.
std::string_view StepText(StepKind kind, Language language);
std::string_view StepId(StepKind kind);

// Where a freeze stands, in JSON.
std::string_view StandingId(FreezeStanding standing);

// The entries that prove each step, by index, each entry once a step.
Cell ProofsText(const RegisterRow& row);

// The discrepancies, each with its code, its words and its entries.
Cell DiscrepanciesText(const RegisterRow& row);

// One discrepancy as a line of a table of them: labels, and one cell a label.
std::vector<std::string> DiscrepancyLabels(Language language);
std::vector<std::string> DiscrepancyCells(const RegisterRow& row, const Discrepancy& discrepancy);

// `discrepancy` or `watch` in JSON, and in words.
std::string_view GravityId(Gravity gravity);
std::string_view GravityText(Gravity gravity, Language language);

// Indices of entries, separated by commas.
std::string EntriesText(const std::vector<uint64_t>& entries);

}  // namespace passerelle::gateway::service

#endif  // PASSERELLE_GATEWAY_SERVICE_REGISTER_WORDS_H_
