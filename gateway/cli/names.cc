#include "gateway/cli/names.h"

#include "absl/strings/str_cat.h"

namespace passerelle::gateway::cli {
namespace {

std::string With(const std::string& code, const std::string& words) {
  return words.empty() ? code : absl::StrCat(code, " (", words, ")");
}

}  // namespace

std::string PartyWithName(const record::v1::FoundingRow& founding, const std::string& id) {
  for (const convention::v1::Party& party : founding.convention().parties())
    if (party.id() == id)
      return With(id, party.names().empty() ? "" : party.names().rbegin()->name());
  return id;
}

std::string PurposeWithText(const record::v1::FoundingRow& founding, const std::string& code) {
  for (const convention::v1::Purpose& purpose : founding.convention().purposes())
    if (purpose.code() == code) return With(code, purpose.text());
  return code;
}

std::string UnitWithLabel(const App& app, const record::v1::FoundingRow& founding,
                          const std::string& code) {
  for (const convention::v1::Unit& unit : founding.settings().units())
    if (unit.code() == code) return With(code, app.Say(unit.label_fr(), unit.label_en()));
  return code;
}

}  // namespace passerelle::gateway::cli
