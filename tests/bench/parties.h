// The parties of a convention of the real size, all but the first few invented communes.
#ifndef PASSERELLE_TESTS_BENCH_PARTIES_H_
#define PASSERELLE_TESTS_BENCH_PARTIES_H_

#include <string>

#include "passerelle/convention/v1/convention.pb.h"

namespace passerelle::tests {

inline constexpr int kParties = 91;

// The id of a party by its number, from 1.
std::string PartyOf(int number);

// Adds communes to a convention until it has kParties parties.
void FillParties(convention::v1::Convention& convention);

}  // namespace passerelle::tests

#endif  // PASSERELLE_TESTS_BENCH_PARTIES_H_
