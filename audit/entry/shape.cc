#include "audit/entry/shape.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/base/strings.h"

namespace passerelle::audit::entry {
namespace {

using gateway::base::Absl;
using gateway::base::AtPath;
using gateway::base::Malformed;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
namespace v1 = statement::v1;

constexpr size_t kDigestBytes = 32;
constexpr size_t kNonceBytes = 16;
constexpr size_t kAgentBytes = 16;

// A byte field that has one length. A longer one would be a place to hide a name in.
struct FixedField {
  const Descriptor* type;
  int number;
  size_t size;
  // Whether it may also be empty, which then means something of its own.
  bool optional;
};

// A list with a bound of its own.
struct BoundedList {
  const Descriptor* type;
  int number;
  size_t most;
};

const std::vector<FixedField>& FixedFields() {
  static const auto* const fields = new std::vector<FixedField>{
      {v1::ActRef::descriptor(), v1::ActRef::kStatementFieldNumber, kDigestBytes, true},
      {v1::DocumentCommitment::descriptor(), v1::DocumentCommitment::kDigestFieldNumber,
       kDigestBytes, false},
      {v1::PersonCommitment::descriptor(), v1::PersonCommitment::kDigestFieldNumber, kDigestBytes,
       false},
      {v1::PayloadCommitment::descriptor(), v1::PayloadCommitment::kDigestFieldNumber, kDigestBytes,
       false},
      {v1::ReaderCommitment::descriptor(), v1::ReaderCommitment::kDigestFieldNumber, kDigestBytes,
       false},
      {v1::TransferAcknowledged::descriptor(), v1::TransferAcknowledged::kPayloadFieldNumber,
       kDigestBytes, false},
      {v1::PartyHeads::descriptor(), v1::PartyHeads::kRootFieldNumber, kDigestBytes, false},
      {v1::CheckpointStamped::descriptor(), v1::CheckpointStamped::kCheckpointFieldNumber,
       kDigestBytes, false},
      {v1::CheckpointStamped::descriptor(), v1::CheckpointStamped::kTimeStampFieldNumber,
       kDigestBytes, false},
      {v1::ShardOpened::descriptor(), v1::ShardOpened::kClosedRootFieldNumber, kDigestBytes, false},
      {v1::FoundingKey::descriptor(), v1::FoundingKey::kAgentFieldNumber, kAgentBytes, false},
      {v1::AgentEnrolled::descriptor(), v1::AgentEnrolled::kAgentFieldNumber, kAgentBytes, false},
      {v1::KeyStopped::descriptor(), v1::KeyStopped::kKeyFieldNumber, kDigestBytes, false},
      {v1::KeyReinstated::descriptor(), v1::KeyReinstated::kKeyFieldNumber, kDigestBytes, false},
      {v1::MandateGiven::descriptor(), v1::MandateGiven::kAgentFieldNumber, kAgentBytes, false},
      {v1::MandateGiven::descriptor(), v1::MandateGiven::kAnswerableAgentFieldNumber, kAgentBytes,
       true},
  };
  return *fields;
}

const std::vector<BoundedList>& BoundedLists() {
  using gateway::base::kMaxCodes;
  using gateway::base::kMaxFieldCodes;
  using gateway::base::kMaxFields;
  static const auto* const lists = new std::vector<BoundedList>{
      {v1::DatasetDeclared::descriptor(), v1::DatasetDeclared::kPurposesFieldNumber, kMaxCodes},
      {v1::DatasetDeclared::descriptor(), v1::DatasetDeclared::kTagsFieldNumber, kMaxCodes},
      {v1::DatasetDeclared::descriptor(), v1::DatasetDeclared::kDataSubjectsFieldNumber, kMaxCodes},
      {v1::DatasetDeclared::descriptor(), v1::DatasetDeclared::kUnitsFieldNumber, kMaxCodes},
      {v1::DatasetDeclared::descriptor(), v1::DatasetDeclared::kFieldsFieldNumber, kMaxFields},
      {v1::Field::descriptor(), v1::Field::kCodesFieldNumber, kMaxFieldCodes},
      {v1::ExchangeProposed::descriptor(), v1::ExchangeProposed::kTagsFieldNumber, kMaxCodes},
      {v1::ExchangeProposed::descriptor(), v1::ExchangeProposed::kUnitsFieldNumber, kMaxCodes},
      {v1::ExchangeProposed::descriptor(), v1::ExchangeProposed::kFieldsFieldNumber, kMaxFields},
      {v1::Conditions::descriptor(), v1::Conditions::kDroppedFieldsFieldNumber, kMaxFields},
      {v1::MandateGiven::descriptor(), v1::MandateGiven::kDatasetsFieldNumber, kMaxCodes},
  };
  return *lists;
}

// Checks the fields of one message that the two tables name.
absl::Status CheckFields(const Message& message) {
  const Descriptor* const type = message.GetDescriptor();
  const Reflection* const reflection = message.GetReflection();
  for (const FixedField& row : FixedFields()) {
    if (row.type != type) continue;
    const FieldDescriptor* const field = type->FindFieldByNumber(row.number);
    std::string scratch;
    const std::string& bytes = reflection->GetStringReference(message, field, &scratch);
    if (row.optional && bytes.empty()) continue;
    RETURN_IF_ERROR(CheckLength(bytes, row.size, field->name()));
  }
  for (const BoundedList& row : BoundedLists()) {
    if (row.type != type) continue;
    const FieldDescriptor* const field = type->FindFieldByNumber(row.number);
    if (static_cast<size_t>(reflection->FieldSize(message, field)) > row.most)
      return Malformed("TOO_MANY", field->name(), "a list longer than its bound");
  }
  return absl::OkStatus();
}

// Checks a message and all that are set below it. The depth is bounded by the wire walk.
absl::Status CheckTree(const Message& message) {
  RETURN_IF_ERROR(CheckFields(message));
  const Reflection* const reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const FieldDescriptor* const field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      RETURN_IF_ERROR(AtPath(CheckTree(reflection->GetMessage(message, field)), field->name()));
      continue;
    }
    for (int i = 0; i < reflection->FieldSize(message, field); ++i)
      RETURN_IF_ERROR(AtPath(CheckTree(reflection->GetRepeatedMessage(message, field, i)),
                             absl::StrCat(field->name(), "[", i, "]")));
  }
  return absl::OkStatus();
}

absl::Status CheckSeen(const statement::v1::Seen& seen) {
  if (seen.origin().empty()) return Malformed("MISSING", "origin", "no origin");
  if (seen.origin().size() > gateway::base::kMaxOriginBytes)
    return Malformed("LENGTH", "origin", "an origin longer than its bound");
  if (seen.size() == 0) return Malformed("MISSING", "size", "a checkpoint of no entry");
  return CheckLength(seen.root(), kDigestBytes, "root");
}

absl::Status CheckHeader(const statement::v1::Header& header) {
  if (!header.log().empty()) RETURN_IF_ERROR(CheckLength(header.log(), kDigestBytes, "log"));
  if (header.has_seen()) RETURN_IF_ERROR(AtPath(CheckSeen(header.seen()), "seen"));
  if (header.signers().empty()) return Malformed("MISSING", "signers", "no signer");
  if (static_cast<size_t>(header.signers_size()) > gateway::base::kMaxSigners)
    return Malformed("TOO_MANY", "signers", "a list longer than its bound");
  for (int i = 0; i < header.signers_size(); ++i) {
    const std::string path = absl::StrCat("signers[", i, "]");
    RETURN_IF_ERROR(CheckLength(header.signers(i), kDigestBytes, path));
    if (i > 0 && header.signers(i - 1) >= header.signers(i))
      return Malformed("ORDER", path, "signers that are not sorted and distinct");
  }
  return CheckLength(header.nonce(), kNonceBytes, "nonce");
}

}  // namespace

absl::Status CheckLength(std::string_view bytes, size_t size, std::string_view path) {
  if (bytes.size() == size) return absl::OkStatus();
  return Malformed("LENGTH", path, absl::StrCat("not ", size, " bytes"));
}

absl::Status CheckShape(const statement::v1::Statement& statement) {
  if (!statement.has_header()) return Malformed("MISSING", "header", "no header");
  RETURN_IF_ERROR(AtPath(CheckHeader(statement.header()), "header"));
  if (statement.acts().empty()) return Malformed("MISSING", "acts", "no act");
  if (static_cast<size_t>(statement.acts_size()) > gateway::base::kMaxActs)
    return Malformed("TOO_MANY", "acts", "a list longer than its bound");
  for (int i = 0; i < statement.acts_size(); ++i) {
    const std::string path = absl::StrCat("acts[", i, "]");
    if (statement.acts(i).body_case() == statement::v1::Act::BODY_NOT_SET)
      return Malformed("MISSING", path, "an act without a body");
    RETURN_IF_ERROR(AtPath(CheckTree(statement.acts(i)), path));
  }
  return absl::OkStatus();
}

}  // namespace passerelle::audit::entry
