#include "tests/bench/parties.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace passerelle::tests {

std::string PartyOf(int number) { return absl::StrFormat("p%03d", number); }

void FillParties(convention::v1::Convention& convention) {
  for (int number = convention.parties_size() + 1; number <= kParties; ++number) {
    convention::v1::Party& party = *convention.add_parties();
    party.set_id(PartyOf(number));
    party.set_kind(convention::v1::PARTY_KIND_COMMUNE);
    party.add_names()->set_name(absl::StrCat("Commune inventée ", number));
    party.add_insee_codes()->set_code(absl::StrFormat("98%03d", number));
  }
}

}  // namespace passerelle::tests
