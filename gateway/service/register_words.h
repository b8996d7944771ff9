// What the log says of an activity, in the register's French.
#ifndef PASSERELLE_GATEWAY_SERVICE_REGISTER_WORDS_H_
#define PASSERELLE_GATEWAY_SERVICE_REGISTER_WORDS_H_

#include <string>

#include "gateway/service/register_columns.h"
#include "passerelle/convention/v1/date.pb.h"

namespace passerelle::gateway::service {

// Pure; thread-safe. What has not happened reads kNotGiven.

// `YYYY-MM-DD`.
std::string DateText(const convention::v1::Date& date);

// The name that a party bears on the row's day.
std::string PartyText(const RegisterRow& row, const std::string& id);

// Code and words of the exchange's purpose; the dataset's categories of data subjects; the
// recipient with its offices that may use the data.
std::string PurposeText(const RegisterRow& row);
std::string SubjectsText(const RegisterRow& row);
std::string RecipientText(const RegisterRow& row);

// Of the recorded sheet: the legal basis, and whether the sheet is in force.
std::string LegalBasisText(const RegisterRow& row);
std::string StatusText(const RegisterRow& row);

// Which way the opinion goes and under which conditions; which way the decision goes.
std::string OpinionText(const RegisterRow& row);
std::string ConditionsText(const RegisterRow& row);
std::string DecisionText(const RegisterRow& row);

// The entries that prove each step, by index, each entry once a step.
std::string ProofsText(const RegisterRow& row);

}  // namespace passerelle::gateway::service

#endif  // PASSERELLE_GATEWAY_SERVICE_REGISTER_WORDS_H_
