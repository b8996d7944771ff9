#include "audit/entry/codec.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "audit/entry/shape.h"
#include "audit/entry/wire.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/base/strings.h"

namespace passerelle::audit::entry {
namespace {

using gateway::base::AtPath;
using gateway::base::Error;
using gateway::base::Malformed;
using gateway::base::PathOf;
using gateway::base::ReasonOf;
using gateway::base::Std;

constexpr size_t kDigestBytes = 32;
constexpr size_t kSaltBytes = 16;

absl::Status Parse(std::string_view bytes, google::protobuf::Message& message) {
  // After the strict walk this cannot fail; DecodeLeaf parses before it.
  if (message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return absl::OkStatus();
  return Malformed("TRUNCATED", "", "the bytes are no such message");
}

absl::Status CheckEnvelope(const statement::v1::Envelope& envelope) {
  if (envelope.payload().empty()) return Malformed("MISSING", "payload", "no payload");
  if (envelope.signatures().empty()) return Malformed("MISSING", "signatures", "no signature");
  if (static_cast<size_t>(envelope.signatures_size()) > gateway::base::kMaxSigners)
    return Malformed("TOO_MANY", "signatures", "a list longer than its bound");
  for (int i = 0; i < envelope.signatures_size(); ++i)
    if (envelope.signatures(i).kind_case() == statement::v1::Signature::KIND_NOT_SET)
      return Malformed("MISSING", absl::StrCat("signatures[", i, "]"),
                       "a signature without a kind");
  return absl::OkStatus();
}

absl::Status CheckLinks(const record::v1::Entry& entry) {
  for (int i = 0; i < entry.links_size(); ++i) {
    const record::v1::PartyLink& link = entry.links(i);
    const std::string path = absl::StrCat("links[", i, "]");
    if (link.party().empty()) return Malformed("MISSING", path + ".party", "no party");
    if (i > 0 && entry.links(i - 1).party() >= link.party())
      return Malformed("ORDER", path, "links that are not sorted and distinct");
    RETURN_IF_ERROR(
        CheckLength(link.previous(), link.ordinal() == 0 ? 0 : kDigestBytes, path + ".previous"));
  }
  return absl::OkStatus();
}

absl::Status CheckEntry(const record::v1::Entry& entry) {
  RETURN_IF_ERROR(CheckLength(entry.salt(), kSaltBytes, "salt"));
  if (entry.format_minor() == 0) return Malformed("MISSING", "format_minor", "no format minor");
  if (!entry.has_civil_date()) return Malformed("MISSING", "civil_date", "no civil date");
  RETURN_IF_ERROR(CheckLinks(entry));
  switch (entry.body_case()) {
    case record::v1::Entry::kRecorded:
      if (entry.recorded().envelope().empty())
        return Malformed("MISSING", "recorded.envelope", "no envelope");
      if (entry.recorded().decisions().empty())
        return Malformed("MISSING", "recorded.decisions", "no decision");
      return absl::OkStatus();
    case record::v1::Entry::kRefused:
      return CheckLength(entry.refused().salted_digest(), kDigestBytes, "refused.salted_digest");
    case record::v1::Entry::BODY_NOT_SET:
      break;
  }
  return Malformed("MISSING", "body", "an entry that records nothing");
}

// The same error as stored data that cannot be what was written.
absl::Status AsDataLoss(const absl::Status& status) {
  if (status.ok()) return status;
  return Error(absl::StatusCode::kDataLoss, ReasonOf(status), PathOf(AtPath(status, "entry")),
               Std(status.message()));
}

}  // namespace

absl::StatusOr<statement::v1::Envelope> DecodeEnvelope(std::string_view bytes) {
  if (bytes.size() > gateway::base::kMaxEnvelopeBytes)
    return Malformed("ENVELOPE_SIZE", "envelope", "an envelope longer than its bound");
  statement::v1::Envelope envelope;
  RETURN_IF_ERROR(AtPath(CheckWire(bytes, *statement::v1::Envelope::descriptor()), "envelope"));
  RETURN_IF_ERROR(AtPath(Parse(bytes, envelope), "envelope"));
  RETURN_IF_ERROR(AtPath(CheckEnvelope(envelope), "envelope"));
  return envelope;
}

absl::StatusOr<statement::v1::Statement> DecodeStatement(std::string_view payload) {
  if (payload.size() > gateway::base::kMaxEnvelopeBytes)
    return Malformed("ENVELOPE_SIZE", "statement", "a statement longer than any envelope");
  statement::v1::Statement statement;
  RETURN_IF_ERROR(AtPath(CheckWire(payload, *statement::v1::Statement::descriptor()), "statement"));
  RETURN_IF_ERROR(AtPath(Parse(payload, statement), "statement"));
  RETURN_IF_ERROR(AtPath(CheckShape(statement), "statement"));
  return statement;
}

absl::StatusOr<SignedStatement> DecodeSigned(std::string_view envelope) {
  SignedStatement decoded;
  ASSIGN_OR_RETURN(decoded.envelope, DecodeEnvelope(envelope));
  ASSIGN_OR_RETURN(decoded.statement, DecodeStatement(decoded.envelope.payload()));
  return decoded;
}

absl::StatusOr<std::string> EncodeLeaf(const record::v1::Entry& entry) {
  const size_t size = kLeafTag.size() + entry.ByteSizeLong();
  if (size > gateway::base::kMaxEntryBytes)
    return Error(absl::StatusCode::kOutOfRange, "ENTRY_SIZE", "entry",
                 absl::StrCat("an entry of ", size, " bytes; the log takes ",
                              gateway::base::kMaxEntryBytes));
  std::string leaf(kLeafTag);
  leaf.reserve(size);
  entry.AppendToString(&leaf);
  return leaf;
}

absl::StatusOr<record::v1::Entry> DecodeLeaf(std::string_view leaf) {
  if (leaf.size() > gateway::base::kMaxEntryBytes || leaf.substr(0, kLeafTag.size()) != kLeafTag)
    return Error(absl::StatusCode::kDataLoss, "ENTRY_TAG", "entry",
                 "a leaf without the tag of an entry, or too long");
  leaf.remove_prefix(kLeafTag.size());
  record::v1::Entry entry;
  RETURN_IF_ERROR(AsDataLoss(Parse(leaf, entry)));
  // Asked before the strict walk: a later minor may know fields that we do not.
  if (entry.format_minor() > kFormatMinor)
    return Error(absl::StatusCode::kUnimplemented, "FORMAT_MINOR", "entry.format_minor",
                 absl::StrCat("format minor ", entry.format_minor(), "; this binary interprets ",
                              kFormatMinor));
  RETURN_IF_ERROR(AsDataLoss(CheckWire(leaf, *record::v1::Entry::descriptor())));
  RETURN_IF_ERROR(AsDataLoss(CheckEntry(entry)));
  return entry;
}

}  // namespace passerelle::audit::entry
