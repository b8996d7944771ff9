// Statement files as JSON.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "certs/keys/dsse.h"
#include "gateway/base/bytes.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/client/draft.h"
#include "gateway/client/strict_json.h"

namespace passerelle::gateway::client {
namespace {

using base::CommitmentKind;
using nlohmann::json;

constexpr size_t kDigestBytes = 32;

// Whether the bytes open the commitment as any of the kinds that travel with a statement.
bool Opens(const record::v1::Attachment& attachment) {
  for (const CommitmentKind kind :
       {CommitmentKind::kPayload, CommitmentKind::kDocument, CommitmentKind::kPerson})
    if (base::View(base::Commit(kind, attachment.nonce(), attachment.content())) ==
        attachment.commitment())
      return true;
  return false;
}

absl::Status ReadSignature(const json& value, const std::string& path,
                           const statement::v1::Statement& statement, SignedFile& file) {
  RETURN_IF_ERROR(CheckMembers(value, path, {"keyid", "sig"}));
  ASSIGN_OR_RETURN(const std::string keyid, HexAt(value, path, "keyid", kDigestBytes));
  ASSIGN_OR_RETURN(std::string signature, Base64At(value, path, "sig"));
  ASSIGN_OR_RETURN(const base::Digest signer, base::DigestFromBytes(keyid));
  const auto& signers = statement.header().signers();
  if (std::find(signers.begin(), signers.end(), keyid) == signers.end())
    return base::Malformed("NOT_A_SIGNER", absl::StrCat(path, ".keyid"),
                           "the statement does not await this key");
  for (const auto& earlier : file.signatures)
    if (earlier.first == signer)
      return base::Malformed("SIGNED_ALREADY", absl::StrCat(path, ".keyid"),
                             "a signature of this key occurs twice");
  file.signatures.emplace_back(signer, std::move(signature));
  return absl::OkStatus();
}

absl::Status ReadAttachment(const json& value, const std::string& path, SignedFile& file) {
  RETURN_IF_ERROR(CheckMembers(value, path, {"commitment", "nonce", "mediaType", "content"}));
  record::v1::Attachment attachment;
  ASSIGN_OR_RETURN(*attachment.mutable_commitment(),
                   HexAt(value, path, "commitment", kDigestBytes));
  ASSIGN_OR_RETURN(*attachment.mutable_nonce(), HexAt(value, path, "nonce", kDigestBytes));
  ASSIGN_OR_RETURN(*attachment.mutable_media_type(), TextAt(value, path, "mediaType"));
  ASSIGN_OR_RETURN(*attachment.mutable_content(), Base64At(value, path, "content"));
  if (!Opens(attachment))
    return base::Malformed("COMMITMENT", absl::StrCat(path, ".content"),
                           "content and nonce do not open the commitment");
  file.attachments.push_back(std::move(attachment));
  return absl::OkStatus();
}

// An array of at most `limit` elements.
absl::Status CheckArray(const json& object, const std::string& name, size_t limit) {
  if (object[name].is_array() && object[name].size() <= limit) return absl::OkStatus();
  return base::Malformed("JSON_TYPE", name,
                         absl::StrCat("the member must be a list of at most ", limit));
}

}  // namespace

std::string ToJson(const SignedFile& file) {
  nlohmann::ordered_json out;
  out["payloadType"] = std::string(certs::keys::kStatementType);
  out["payload"] = base::ToBase64(file.payload);
  out["signatures"] = nlohmann::ordered_json::array();
  for (const auto& [signer, signature] : file.signatures)
    out["signatures"].push_back(
        {{"keyid", base::ToHex(base::View(signer))}, {"sig", base::ToBase64(signature)}});
  out["attachments"] = nlohmann::ordered_json::array();
  for (const record::v1::Attachment& attachment : file.attachments)
    out["attachments"].push_back({{"commitment", base::ToHex(attachment.commitment())},
                                  {"nonce", base::ToHex(attachment.nonce())},
                                  {"mediaType", attachment.media_type()},
                                  {"content", base::ToBase64(attachment.content())}});
  // A media type that is not UTF-8 must not throw; reading it back is then refused or changed, and
  // the gateway judges it anyway.
  return out.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

absl::StatusOr<SignedFile> SignedFileFromJson(std::string_view text) {
  if (text.size() > base::kMaxStatementFileBytes)
    return base::Malformed("FILE_TOO_LARGE", "", "the statement file is too long");
  ASSIGN_OR_RETURN(const json value, ParseStrict(text));
  RETURN_IF_ERROR(CheckMembers(value, "", {"payloadType", "payload", "signatures", "attachments"}));
  ASSIGN_OR_RETURN(const std::string type, TextAt(value, "", "payloadType"));
  if (type != certs::keys::kStatementType)
    return base::Malformed("PAYLOAD_TYPE", "payloadType", "the payload is not a statement");
  SignedFile file;
  ASSIGN_OR_RETURN(file.payload, Base64At(value, "", "payload"));
  ASSIGN_OR_RETURN(const statement::v1::Statement statement, StatementOf(file));
  RETURN_IF_ERROR(CheckArray(value, "signatures", base::kMaxSigners));
  RETURN_IF_ERROR(CheckArray(value, "attachments", base::kMaxAttachments));
  for (size_t i = 0; i < value["signatures"].size(); ++i)
    RETURN_IF_ERROR(ReadSignature(value["signatures"][i], absl::StrCat("signatures[", i, "]"),
                                  statement, file));
  for (size_t i = 0; i < value["attachments"].size(); ++i)
    RETURN_IF_ERROR(
        ReadAttachment(value["attachments"][i], absl::StrCat("attachments[", i, "]"), file));
  return file;
}

}  // namespace passerelle::gateway::client
