// Random valid messages of any type, built by reflection.
#ifndef PASSERELLE_TESTS_UNIT_AUDIT_ENTRY_RANDOM_MESSAGE_H_
#define PASSERELLE_TESTS_UNIT_AUDIT_ENTRY_RANDOM_MESSAGE_H_

#include <google/protobuf/message.h>

#include <random>

namespace passerelle::tests {

// Fills a message at random: every number of an enum but 0, every sign and size of integer, strings
// of several scripts, one case a oneof.
void FillAtRandom(google::protobuf::Message& message, std::mt19937_64& random);

}  // namespace passerelle::tests

#endif  // PASSERELLE_TESTS_UNIT_AUDIT_ENTRY_RANDOM_MESSAGE_H_
