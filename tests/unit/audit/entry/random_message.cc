#include "tests/unit/audit/entry/random_message.h"

#include <google/protobuf/descriptor.h>

#include <string>

namespace passerelle::tests {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::OneofDescriptor;
using google::protobuf::Reflection;

// A number of at most 64 bits whose length is random too.
uint64_t AnyNumber(std::mt19937_64& random) { return random() >> (random() % 64); }

std::string AnyText(std::mt19937_64& random) {
  static constexpr const char* kPieces[] = {"a", "Z", "0", "_", "é", "€", "𝄞", "/", "."};
  std::string text;
  for (uint64_t n = random() % 6; n > 0; --n) text += kPieces[random() % std::size(kPieces)];
  return text;
}

std::string AnyBytes(std::mt19937_64& random) {
  std::string bytes(random() % 40, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

int AnyEnumNumber(const EnumDescriptor& type, std::mt19937_64& random) {
  return type.value(1 + static_cast<int>(random() % (type.value_count() - 1)))->number();
}

void SetSingular(Message& message, const FieldDescriptor* field, std::mt19937_64& random) {
  const Reflection* const reflection = message.GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return reflection->SetInt32(&message, field, static_cast<int32_t>(AnyNumber(random)));
    case FieldDescriptor::CPPTYPE_INT64:
      return reflection->SetInt64(&message, field, static_cast<int64_t>(AnyNumber(random)));
    case FieldDescriptor::CPPTYPE_UINT32:
      return reflection->SetUInt32(&message, field, static_cast<uint32_t>(AnyNumber(random)));
    case FieldDescriptor::CPPTYPE_UINT64:
      return reflection->SetUInt64(&message, field, AnyNumber(random));
    case FieldDescriptor::CPPTYPE_ENUM:
      return reflection->SetEnumValue(&message, field, AnyEnumNumber(*field->enum_type(), random));
    case FieldDescriptor::CPPTYPE_STRING:
      return reflection->SetString(
          &message, field,
          field->type() == FieldDescriptor::TYPE_STRING ? AnyText(random) : AnyBytes(random));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return FillAtRandom(*reflection->MutableMessage(&message, field), random);
    default:
      GOOGLE_LOG(FATAL) << "no signed package has a field of this type: " << field->full_name();
  }
}

void AddRepeated(Message& message, const FieldDescriptor* field, std::mt19937_64& random) {
  const Reflection* const reflection = message.GetReflection();
  for (uint64_t n = random() % 3; n > 0; --n) {
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE)
      FillAtRandom(*reflection->AddMessage(&message, field), random);
    else if (field->type() == FieldDescriptor::TYPE_STRING)
      reflection->AddString(&message, field, AnyText(random));
    else if (field->type() == FieldDescriptor::TYPE_BYTES)
      reflection->AddString(&message, field, AnyBytes(random));
    else
      GOOGLE_LOG(FATAL) << "no signed package repeats a number: " << field->full_name();
  }
}

}  // namespace

void FillAtRandom(Message& message, std::mt19937_64& random) {
  const google::protobuf::Descriptor* const type = message.GetDescriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* const field = type->field(i);
    const OneofDescriptor* const oneof = field->real_containing_oneof();
    if (field->is_repeated())
      AddRepeated(message, field, random);
    else if (oneof == nullptr && random() % 3 != 0)
      SetSingular(message, field, random);
  }
  for (int i = 0; i < type->real_oneof_decl_count(); ++i) {
    const OneofDescriptor* const oneof = type->oneof_decl(i);
    SetSingular(message, oneof->field(static_cast<int>(random() % oneof->field_count())), random);
  }
}

}  // namespace passerelle::tests
