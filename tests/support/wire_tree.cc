#include "tests/support/wire_tree.h"

#include <google/protobuf/unknown_field_set.h>

#include <map>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace passerelle::tests {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::UnknownField;
using google::protobuf::UnknownFieldSet;

// Whether a default value of the field means the same as its absence.
bool DefaultMeansAbsence(const FieldDescriptor& field) {
  return !field.is_repeated() && !field.has_presence();
}

std::string TextOf(const UnknownField& field, const FieldDescriptor* known) {
  switch (field.type()) {
    case UnknownField::TYPE_VARINT:
      if (known != nullptr && field.varint() == 0 && DefaultMeansAbsence(*known)) return "";
      return absl::StrCat(" varint ", field.varint());
    case UnknownField::TYPE_FIXED32:
      if (known != nullptr && field.fixed32() == 0 && DefaultMeansAbsence(*known)) return "";
      return absl::StrCat(" fixed32 ", field.fixed32());
    case UnknownField::TYPE_FIXED64:
      if (known != nullptr && field.fixed64() == 0 && DefaultMeansAbsence(*known)) return "";
      return absl::StrCat(" fixed64 ", field.fixed64());
    case UnknownField::TYPE_LENGTH_DELIMITED: {
      const std::string& bytes = field.length_delimited();
      if (known != nullptr && known->message_type() != nullptr)
        return absl::StrCat(" {\n", WireTree(bytes, *known->message_type()), "}");
      if (known != nullptr && bytes.empty() && DefaultMeansAbsence(*known)) return "";
      return absl::StrCat(" bytes ", absl::BytesToHexString(bytes));
    }
    case UnknownField::TYPE_GROUP:
      return " group";
  }
  return "";
}

}  // namespace

std::string WireTree(std::string_view bytes, const google::protobuf::Descriptor& type) {
  UnknownFieldSet fields;
  if (!fields.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return "not a message";
  std::map<int, std::string> by_number;
  for (int i = 0; i < fields.field_count(); ++i) {
    const UnknownField& field = fields.field(i);
    const std::string text = TextOf(field, type.FindFieldByNumber(field.number()));
    if (!text.empty()) absl::StrAppend(&by_number[field.number()], field.number(), text, "\n");
  }
  std::string tree;
  for (const auto& [number, lines] : by_number) tree += lines;
  return tree;
}

}  // namespace passerelle::tests
