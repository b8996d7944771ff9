#include "certs/keys/dsse.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gateway/base/status.h"
#include "gateway/base/strings.h"

namespace passerelle::certs::keys {
namespace {

using gateway::base::Absl;
using gateway::base::Malformed;

// All of the encoding that stands before the body.
std::string PaeHead(std::string_view type, size_t body_size) {
  return absl::StrCat("DSSEv1 ", type.size(), " ", Absl(type), " ", body_size, " ");
}

}  // namespace

std::string Pae(std::string_view type, std::string_view body) {
  std::string pae = PaeHead(type, body.size());
  pae.append(body);
  return pae;
}

gateway::base::Digest StatementDigest(std::string_view payload) {
  return gateway::base::Sha256({PaeHead(kStatementType, payload.size()), payload});
}

statement::v1::Envelope SignStatement(std::string_view payload,
                                      absl::Span<const PrivateKey* const> keys) {
  const std::string pae = Pae(kStatementType, payload);
  statement::v1::Envelope envelope;
  envelope.set_payload_type(std::string(kStatementType));
  envelope.set_payload(std::string(payload));
  for (const PrivateKey* key : keys) envelope.add_signatures()->set_raw(key->Sign(pae));
  return envelope;
}

absl::Status VerifyEnvelope(const statement::v1::Envelope& envelope,
                            absl::Span<const PublicKey> keys) {
  if (envelope.payload_type() != kStatementType)
    return Malformed("PAYLOAD_TYPE", "payload_type", "this is not the payload type of a statement");
  if (envelope.signatures_size() == 0 ||
      static_cast<size_t>(envelope.signatures_size()) != keys.size())
    return Malformed("SIGNATURE_COUNT", "signatures",
                     "a statement has exactly one signature for each of its signers");
  const std::string pae = Pae(kStatementType, envelope.payload());
  for (size_t i = 0; i < keys.size(); ++i) {
    // A signature of no known kind reads as an empty one, which no key verifies.
    const absl::Status verified =
        keys[i].Verify(pae, envelope.signatures(static_cast<int>(i)).raw());
    if (!verified.ok()) return gateway::base::AtPath(verified, absl::StrCat("signatures[", i, "]"));
  }
  return absl::OkStatus();
}

absl::Status VerifyEnvelopeUnder(const statement::v1::Envelope& envelope,
                                 absl::Span<const std::string> spkis) {
  std::vector<PublicKey> keys;
  for (const std::string& spki : spkis) {
    ASSIGN_OR_RETURN(PublicKey key, PublicKey::FromSpki(spki));
    keys.push_back(std::move(key));
  }
  return VerifyEnvelope(envelope, keys);
}

}  // namespace passerelle::certs::keys
