// What people type: references by unambiguous prefix, parties by id, INSEE code or name, dates,
// codes.
#ifndef PASSERELLE_GATEWAY_CLI_INPUT_H_
#define PASSERELLE_GATEWAY_CLI_INPUT_H_

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "certs/x509/certificate.h"
#include "gateway/cli/app.h"
#include "gateway/client/draft.h"
#include "passerelle/convention/v1/date.pb.h"
#include "passerelle/statement/v1/common.pb.h"
#include "passerelle/statement/v1/statement.pb.h"

namespace passerelle::gateway::cli {

// `YYYY-MM-DD`. INVALID_ARGUMENT names the option.
absl::StatusOr<convention::v1::Date> ReadDate(std::string_view option, const std::string& text);

// An instant, `YYYY-MM-DDTHH:MM:SSZ`, in milliseconds UTC.
absl::StatusOr<int64_t> ReadInstant(std::string_view option, const std::string& text);

// A whole reference (`hex64/ordinal`), or `@N`: act N of the same set.
absl::StatusOr<statement::v1::ActRef> ReadRef(std::string_view option, const std::string& text);

// The one candidate whose name begins with `text`; a bare prefix means ordinal 0 or any one.
// INVALID_ARGUMENT (NAME_UNKNOWN, NAME_AMBIGUOUS) otherwise.
absl::StatusOr<statement::v1::ActRef> ResolveRef(
    std::string_view option, const std::string& text,
    const std::vector<statement::v1::ActRef>& candidates);

// The number of an enum value typed in lower case without prefix (`favourable`); INVALID_ARGUMENT
// lists the values.
absl::StatusOr<int> ReadEnum(std::string_view option, const std::string& text,
                             const google::protobuf::EnumDescriptor& type);

// The id of the party that an id, INSEE code or name (any case) denotes in the convention. Under a
// key that is stopped, which may not read the convention: what is typed.
absl::StatusOr<std::string> ReadParty(App& app, const std::string& text);

// A verifier key as typed, or from a file such as an export's `log.vkey`.
absl::StatusOr<std::string> ReadVkey(const std::string& typed);

// Sixteen bytes typed in hexadecimal.
absl::StatusOr<std::string> ReadAgent(std::string_view option, const std::string& text);

// Where acts go: signed with our own key and submitted at once, or added to a file that others
// sign.
struct Destination {
  // File of a statement that others sign; empty: submit at once.
  std::string add_to;
  // Fingerprints of the signers of a file that is begun (hexadecimal); with none, our own key.
  std::vector<std::string> signers;
  // Deed on which the acts rest; empty: none.
  std::string under_deed;
  // Day from which they are meant to have effect; empty: the day of record.
  std::string effective_on;
};

// Adds the options of a destination to a verb.
void AddDestination(const Command& verb, Destination& destination);

// Adds the acts to the destination's file, saying nothing. REQUIRES: add_to.
absl::Status AddActs(App& app, const Destination& destination, client::Draft draft);

// Sends a draft to its destination and says what became of it. Returns the exit code.
absl::StatusOr<int> Deliver(App& app, const Destination& destination, client::Draft draft);

// Reads a textproto file into a message. INVALID_ARGUMENT (TEXTPROTO) names option and file.
absl::Status ReadText(std::string_view option, const std::string& path,
                      google::protobuf::Message& message);

// Reads a file of acts that several people sign. Errors as base::ReadFile's and
// client::SignedFileFromJson's, with the file's name.
absl::StatusOr<client::SignedFile> ReadSignedFile(const std::string& path);

// The bytes of a document; errors name the option. INVALID_ARGUMENT (DOCUMENT_EMPTY) when it holds
// nothing but blanks.
absl::StatusOr<std::string> ReadDocument(std::string_view option, const std::string& path);

// Reads a file as a document, guessing its media type from its ending, and attaches it; one that is
// too large for a request is uploaded, and waits for the statement for 24 hours. Errors as
// ReadDocument's and Session::UploadDocument's.
absl::StatusOr<std::string> AttachFile(App& app, client::Draft& draft, std::string_view option,
                                       const std::string& path);

// The certificates of a PEM file, at least one. The errors of base::ReadFile and ListFromPem, which
// name the file.
absl::StatusOr<std::vector<certs::x509::Certificate>> ReadCertificates(const std::string& file);

}  // namespace passerelle::gateway::cli

#endif  // PASSERELLE_GATEWAY_CLI_INPUT_H_
