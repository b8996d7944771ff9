// What a byte string says on the wire, field by field: the naive twin of the strict walk.
#ifndef PASSERELLE_TESTS_SUPPORT_WIRE_TREE_H_
#define PASSERELLE_TESTS_SUPPORT_WIRE_TREE_H_

#include <google/protobuf/descriptor.h>

#include <string>
#include <string_view>

namespace passerelle::tests {

// A text of every field that occurs in `bytes`, by ascending number, in the order of occurrence
// within one number. Left out are default values written out, which mean nothing. Two byte strings
// of one text say the same; nothing that occurs is dropped, as a parser would.
std::string WireTree(std::string_view bytes, const google::protobuf::Descriptor& type);

}  // namespace passerelle::tests

#endif  // PASSERELLE_TESTS_SUPPORT_WIRE_TREE_H_
