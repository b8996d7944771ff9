// Shape of fields: what is missing, malformed, repeated or not of a closed list (WIRE 11).
#ifndef PASSERELLE_POLICY_RULES_FIELDS_H_
#define PASSERELLE_POLICY_RULES_FIELDS_H_

#include <google/protobuf/repeated_ptr_field.h>

#include <cstddef>
#include <set>
#include <string>
#include <string_view>

#include "passerelle/convention/v1/date.pb.h"
#include "policy/rules/judgement.h"

namespace passerelle::policy::rules {

// Refuses with `wire.field`: the field at `path` is …
void Missing(Judgement& j, std::string_view path);
void Malformed(Judgement& j, std::string_view path);
void NotAllowed(Judgement& j, std::string_view path);
void UnknownCode(Judgement& j, std::string_view path);
void TooMany(Judgement& j, std::string_view path, size_t limit, size_t actual);

// The same for the header, before any act.
void HeaderMissing(Findings& findings, std::string_view path);
void HeaderMalformed(Findings& findings, std::string_view path);
void HeaderTooMany(Findings& findings, std::string_view path, size_t limit, size_t actual);

// Whether a required field is there and well formed; refuses otherwise.
bool NeedBytes(Judgement& j, std::string_view bytes, size_t size, std::string_view path);
bool NeedDate(Judgement& j, bool present, const convention::v1::Date& date, std::string_view path);
bool NeedSlug(Judgement& j, std::string_view slug, std::string_view path);

// The name and the key (33 bytes, its type before it) of a verifier key of the C2SP signed-note
// format, `name+hex8+base64(type, key)`; empty when it is not of that form or type. Whether the id
// is that of the key is for the gateway to see.
struct VkeyParts {
  std::string name;
  std::string key;
};
VkeyParts PartsOfVkey(std::string_view vkey, char type);

// Whether a commitment is there and 32 bytes long; refuses otherwise.
template <typename Commitment>
bool NeedCommitment(Judgement& j, bool present, const Commitment& commitment,
                    std::string_view path) {
  return NeedBytes(j, present ? commitment.digest() : std::string(), 32,
                   std::string(path) + ".digest");
}

// Whether a list holds between one (`required`) or none and `limit` distinct strings; refuses
// otherwise.
bool NeedList(Judgement& j, const google::protobuf::RepeatedPtrField<std::string>& list,
              std::string_view field, size_t limit, bool required);

// Whether the date exists.
bool IsDate(const convention::v1::Date& date);
// `[a-z0-9][a-z0-9._/-]{0,63}`.
bool IsSlug(std::string_view text);
// `[A-Za-z0-9][A-Za-z0-9._/-]{0,63}`.
bool IsPurposeCode(std::string_view text);
// `[A-Za-z][A-Za-z0-9_]{0,63}`.
bool IsColumnName(std::string_view text);
// `YYYY` or `YYYY-MM`.
bool IsPeriod(std::string_view text);
// A code of a category: one to 64 printable ASCII characters, none of them a space, quote or
// separator.
bool IsCellCode(std::string_view text);
// Size of one of the two accepted forms of a public key: Ed25519 or uncompressed P-256 (WIRE 18).
bool IsSpkiSize(size_t bytes);
// One of the thresholds of disclosure control: 3, 5, 11, 20.
bool IsThreshold(uint32_t threshold);

// Refuses what is not a list of distinct codes of the form `is_code`, or is empty though
// `required`.
template <typename Row>
void CheckCodes(Judgement& j, const google::protobuf::RepeatedPtrField<Row>& rows,
                bool (*is_code)(std::string_view), Reason repeated, const std::string& path,
                bool required) {
  if (rows.empty() && required) Missing(j, path);
  std::set<std::string_view> seen;
  for (int i = 0; i < rows.size(); ++i) {
    const std::string at = path + "[" + std::to_string(i) + "].code";
    if (rows[i].code().empty())
      Missing(j, at);
    else if (!is_code(rows[i].code()))
      Malformed(j, at);
    else if (!seen.insert(rows[i].code()).second)
      j.Refuse(repeated, at);
  }
}

// Whether a repeated message field with `code()` holds the code.
template <typename Row>
bool HasCode(const google::protobuf::RepeatedPtrField<Row>& rows, std::string_view code) {
  for (const Row& row : rows)
    if (row.code() == code) return true;
  return false;
}

// Whether a repeated string field holds the text.
inline bool Contains(const google::protobuf::RepeatedPtrField<std::string>& list,
                     std::string_view text) {
  for (const std::string& element : list)
    if (element == text) return true;
  return false;
}

}  // namespace passerelle::policy::rules

#endif  // PASSERELLE_POLICY_RULES_FIELDS_H_
