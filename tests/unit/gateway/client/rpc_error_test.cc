#include "gateway/client/rpc_error.h"

#include <gtest/gtest.h>

#include <string>

#include "gateway/base/status.h"
#include "passerelle/gateway/v1/error.pb.h"

namespace passerelle::gateway::client {
namespace {

using passerelle::gateway::v1::ErrorInfo;
using passerelle::gateway::v1::ErrorStatus;

ErrorInfo InfoOf(const std::string& reason, const std::string& field) {
  ErrorInfo info;
  info.set_reason(reason);
  info.set_domain("passerelle");
  if (!field.empty()) (*info.mutable_metadata())["field"] = field;
  return info;
}

std::string Details(const ErrorInfo& info,
                    const std::string& url = "type.googleapis.com/google.rpc.ErrorInfo") {
  ErrorStatus status;
  google::protobuf::Any& any = *status.add_details();
  any.set_type_url(url);
  any.set_value(info.SerializeAsString());
  return status.SerializeAsString();
}

TEST(RpcErrorTest, EveryGrpcCodeIsTheSameCode) {
  EXPECT_TRUE(FromRpc(0, "ignored", "").ok());
  for (int code = 1; code <= 16; ++code)
    EXPECT_EQ(static_cast<int>(FromRpc(code, "m", "").code()), code);
  for (const int code : {-1, 17, 1000})
    EXPECT_EQ(FromRpc(code, "m", "").code(), absl::StatusCode::kUnknown);
}

struct Row {
  const char* name;
  std::string details;
  std::string reason;
  std::string path;
};

TEST(RpcErrorTest, ReasonAndPathComeFromTheDetailsOfOurDomainAlone) {
  ErrorInfo foreign = InfoOf("THEIRS", "x");
  foreign.set_domain("example.org");
  ErrorStatus second;
  ASSERT_TRUE(second.ParseFromString(Details(foreign)));
  ASSERT_TRUE(second.MergeFromString(Details(InfoOf("SECOND", "b"))));
  const Row rows[] = {
      {"reason and path", Details(InfoOf("KEY_NOT_ENROLLED", "envelope.signatures[0]")),
       "KEY_NOT_ENROLLED", "envelope.signatures[0]"},
      {"no path", Details(InfoOf("QUEUE_FULL", "")), "QUEUE_FULL", ""},
      {"no details", "", "PERMISSION_DENIED", ""},
      {"not a message", "\xff\xff\xff", "PERMISSION_DENIED", ""},
      {"another domain", Details(foreign), "PERMISSION_DENIED", ""},
      {"the second is ours", second.SerializeAsString(), "SECOND", "b"},
      {"another type", Details(InfoOf("A", "b"), "type.googleapis.com/google.rpc.Help"),
       "PERMISSION_DENIED", ""},
      {"a reason that is none", Details(InfoOf("lower case", "b")), "PERMISSION_DENIED", ""},
      {"an endless reason", Details(InfoOf(std::string(65, 'A'), "b")), "PERMISSION_DENIED", ""},
      {"control characters in the path", Details(InfoOf("A", "acts\x1b[0]\n")), "A", "acts [0] "},
      {"an endless path", Details(InfoOf("A", std::string(1000, 'p'))), "A", std::string(256, 'p')},
  };
  for (const Row& row : rows) {
    const absl::Status status = FromRpc(7, "m", row.details);
    EXPECT_EQ(base::ReasonOf(status), row.reason) << row.name;
    EXPECT_EQ(base::PathOf(status), row.path) << row.name;
  }
}

TEST(RpcErrorTest, AGatewayWhoseCertificateDoesNotDoIsNotUnreachable) {
  for (const char* text : {"last error: UNKNOWN: Ssl handshake failed: error:0A000086:SSL "
                           "routines::certificate verify "
                           "failed",
                           "Peer name gateway.example is not in peer certificate"}) {
    const absl::Status status = FromRpc(14, text, "");
    EXPECT_EQ(base::ReasonOf(status), "GATEWAY_UNTRUSTED") << text;
    EXPECT_EQ(base::PathOf(status), "ca_file");
    EXPECT_EQ(status.code(), absl::StatusCode::kUnauthenticated);
  }
}

TEST(RpcErrorTest, AGatewayWithoutTls13IsNotUnreachableEither) {
  const absl::Status status =
      FromRpc(14, "Ssl handshake failed: SSL_ERROR_SSL: tlsv1 alert protocol version", "");
  EXPECT_EQ(base::ReasonOf(status), "TLS_FAILED");
  EXPECT_EQ(base::PathOf(status), "target");
}

TEST(RpcErrorTest, AGatewayThatIsNotThereIsUnreachable) {
  EXPECT_EQ(base::ReasonOf(FromRpc(14, "failed to connect", "")), "UNREACHABLE");
  EXPECT_EQ(base::ReasonOf(FromRpc(14, "m", Details(InfoOf("LOG_FULL", "")))), "LOG_FULL");
}

TEST(RpcErrorTest, MessagesAreFitForATerminalAndNameTheRequestOnce) {
  EXPECT_EQ(FromRpc(13, std::string("a\x1b[31mb\nc"), "").message(), "a [31mb c");
  EXPECT_EQ(FromRpc(13, std::string(5000, 'm'), "").message().size(), 1024u);
  ErrorInfo info = InfoOf("INTERNAL", "");
  (*info.mutable_metadata())["request"] = "r-17";
  EXPECT_EQ(FromRpc(3, "no such field", Details(info)).message(), "no such field (request r-17)");
  EXPECT_EQ(FromRpc(13, "fault, request r-17", Details(info)).message(), "fault, request r-17");
}

}  // namespace
}  // namespace passerelle::gateway::client
