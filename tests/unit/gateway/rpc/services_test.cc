// Every call under every role, of a party concerned and of one that is not: denied unless a line of
// the table says otherwise. The calls are those of the descriptors: one without a line fails.
#include "gateway/rpc/services.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/dynamic_message.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gateway/base/status.h"
#include "passerelle/gateway/v1/inbox_service.pb.h"
#include "passerelle/gateway/v1/statement_service.pb.h"
#include "tests/support/served_gateway.h"

namespace passerelle::gateway::rpc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using statement::v1::Role;
using tests::Progress;
using tests::RawAnswer;
using tests::RawCall;
using tests::RawStream;
using tests::ServedGateway;
using tests::TestDraft;
using tests::TestGateway;

namespace api = passerelle::gateway::v1;

// What becomes of a call.
enum class End { kAnswers, kEmpty, kRefused, kNotFound, kDenied, kMalformed, kOther };

std::string NameOf(End end) {
  const char* const names[] = {"answers", "empty",     "refused",       "not found",
                               "denied",  "malformed", "something else"};
  return names[static_cast<int>(end)];
}

// Who calls: an agent with a mandate about the affairs of the holder, or of a party that is not
// concerned; one who serves every party, by a mandate of another party or of the holder itself; the
// log's auditor.
enum class Who { kInsider, kOutsider, kServant, kServantOfHolder, kAuditor };

struct Line {
  End insider, outsider, servant, auditor;
};

// What every party may read, what the parties concerned may, and what only one role may.
constexpr Line kEveryone = {End::kAnswers, End::kAnswers, End::kAnswers, End::kAnswers};
constexpr Line kConcerned = {End::kAnswers, End::kNotFound, End::kNotFound, End::kAnswers};
constexpr Line kConcernedLists = {End::kAnswers, End::kEmpty, End::kEmpty, End::kAnswers};
constexpr Line kDoor = {End::kMalformed, End::kMalformed, End::kMalformed, End::kMalformed};

const std::map<std::string, Line>& Table() {
  static const auto& table = *new std::map<std::string, Line>{
      // The doors are open to every enrolled key: Decide authorises, not the transport.
      {"StatementService.Submit", kDoor},
      {"TransferService.Send", kDoor},
      {"StatementService.GetReceipt", kConcerned},
      {"StatementService.Preview", {End::kAnswers, End::kDenied, End::kDenied, End::kDenied}},
      // A reader of the recipient alone is handed anything.
      {"TransferService.Fetch", {End::kRefused, End::kRefused, End::kRefused, End::kRefused}},
      {"TransferService.Upload", kDoor},
      {"TransferService.Download", {End::kRefused, End::kRefused, End::kRefused, End::kRefused}},
      {"TransferService.GetTransfer", kConcerned},
      {"TransferService.ListTransfers", kConcernedLists},
      {"DocumentService.GetDocument", kConcerned},
      // Whoever may submit may bring what it will submit; this one has no nonce.
      {"DocumentService.UploadDocument", kDoor},
      {"DocumentService.DownloadDocument", kConcerned},
      {"ConventionService.ListConventions", kEveryone},
      {"ConventionService.GetConvention", kEveryone},
      {"ConventionService.ListParties", kEveryone},
      {"ConventionService.ListMandates", kEveryone},
      {"ConventionService.ListKeys", kConcernedLists},
      {"ConventionService.ListDatasets", kEveryone},
      {"ConventionService.GetDataset", kEveryone},
      {"ExchangeService.GetExchange", kConcerned},
      {"ExchangeService.ListExchanges", kConcernedLists},
      {"ExchangeService.ExplainExchange", kConcerned},
      {"ExchangeService.WatchExchange", kConcerned},
      // Nothing awaits anybody but the recipient's readers.
      {"InboxService.ListInbox", {End::kEmpty, End::kEmpty, End::kEmpty, End::kEmpty}},
      {"InboxService.WatchInbox", {End::kEmpty, End::kEmpty, End::kEmpty, End::kEmpty}},
      {"RegisterService.ExportRegister",
       {End::kAnswers, End::kDenied, End::kDenied, End::kAnswers}},
      {"AuditService.GetCheckpoint", kEveryone},
      {"AuditService.WatchCheckpoint", kEveryone},
      {"AuditService.GetConsistency", kEveryone},
      {"AuditService.GetInclusion", {End::kDenied, End::kDenied, End::kDenied, End::kAnswers}},
      {"AuditService.ReadPartyEntries", {End::kAnswers, End::kDenied, End::kDenied, End::kAnswers}},
      {"AuditService.GetPartyHeads", {End::kAnswers, End::kDenied, End::kDenied, End::kAnswers}},
      {"AuditService.ReadTimeStamps", {End::kDenied, End::kDenied, End::kDenied, End::kEmpty}},
      {"AuditService.ReadEntries", {End::kDenied, End::kDenied, End::kDenied, End::kAnswers}},
  };
  return table;
}

End ExpectedOf(const Line& line, Who who, std::string_view method) {
  switch (who) {
    case Who::kServantOfHolder:
      // A preview asks for a mandate of the party, and shows no more than the sight does.
      return method == "StatementService.Preview" ? line.insider : line.servant;
    case Who::kInsider:
      return line.insider;
    case Who::kOutsider:
      return line.outsider;
    case Who::kServant:
      return line.servant;
    case Who::kAuditor:
      return line.auditor;
  }
  return End::kOther;
}

// Every method of every service of ours.
std::vector<const MethodDescriptor*> EveryMethod() {
  std::vector<const MethodDescriptor*> methods;
  for (const char* file : {"statement", "transfer", "document", "convention", "exchange", "inbox",
                           "register", "audit"}) {
    const auto* found = google::protobuf::DescriptorPool::generated_pool()->FindFileByName(
        absl::StrCat("passerelle/gateway/v1/", file, "_service.proto"));
    for (int i = 0; found != nullptr && i < found->service_count(); ++i)
      for (int k = 0; k < found->service(i)->method_count(); ++k)
        methods.push_back(found->service(i)->method(k));
  }
  return methods;
}

std::unique_ptr<Message> New(const Descriptor& type) {
  return std::unique_ptr<Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(&type)->New());
}

class ServicesTest : public ::testing::Test {
 protected:
  // Names the things of the exchange in whichever fields a request has for them.
  std::string RequestFor(const MethodDescriptor& method) {
    const std::unique_ptr<Message> request = New(*method.input_type());
    // The first message of a stream to the gateway holds what the others are about.
    Message* about = request.get();
    if (method.client_streaming())
      about =
          request->GetReflection()->MutableMessage(request.get(), method.input_type()->field(0));
    SetBytes(*about, "log", gateway_.convention().log_name());
    SetRef(*about, "exchange", gateway_.exchange);
    SetRef(*about, "transfer", gateway_.transfer);
    SetRef(*about, "dataset", gateway_.dataset);
    SetBytes(*about, "statement", gateway_.transfer.statement());
    SetBytes(*about, "commitment", document_);
    SetBytes(*about, "party", "p001");
    SetNumber(*about, "format", 1);
    for (const char* number : {"end", "from", "to", "size"}) SetNumber(*about, number, 1);
    if (auto* preview = dynamic_cast<api::PreviewRequest*>(request.get())) {
      statement::v1::Act& act = *preview->add_acts();
      act.set_party("p001");
      act.mutable_deed_recorded()->mutable_document()->set_digest(std::string(32, 'd'));
    }
    return request->SerializeAsString();
  }

  // Calls a method and says what became of it.
  End Call(const std::shared_ptr<grpc::Channel>& channel, const MethodDescriptor& method) {
    const std::string path = absl::StrCat("/", method.service()->full_name(), "/", method.name());
    RawStream stream(channel, path, RequestFor(method));
    const std::optional<std::string> first = stream.Read();
    if (first.has_value()) {
      const std::unique_ptr<Message> response = New(*method.output_type());
      if (!response->ParseFromString(*first)) return End::kOther;
      return EndOf(*response);
    }
    const RawAnswer answer = stream.Finish();
    switch (answer.status.error_code()) {
      case grpc::StatusCode::OK:
        return End::kEmpty;
      case grpc::StatusCode::NOT_FOUND:
        return End::kNotFound;
      case grpc::StatusCode::PERMISSION_DENIED:
        return End::kDenied;
      case grpc::StatusCode::INVALID_ARGUMENT:
        return End::kMalformed;
      default:
        ADD_FAILURE() << path << ": " << answer.status.error_message();
        return End::kOther;
    }
  }

  // An agent with one role of a party, under a key of its own.
  std::string Appoint(const std::string& party, Role role) {
    const std::string name = absl::StrCat("table-", statement::v1::Role_Name(role), "-", party);
    TestDraft draft;
    gateway_.AddMandate(draft, party, name, role);
    gateway_.AddKey(draft, party, name, statement::v1::AGENT_KIND_PERSON);
    gateway_.Must(draft, {absl::StrCat("representative-", party)});
    return name;
  }

  void ExpectLine(const std::string& name, Who who) {
    const std::shared_ptr<grpc::Channel> channel = served_.ConnectAs(name);
    for (const MethodDescriptor* method : EveryMethod()) {
      const std::string key = absl::StrCat(method->service()->name(), ".", method->name());
      const auto line = Table().find(key);
      ASSERT_NE(line, Table().end()) << key << " has no line in the table";
      EXPECT_EQ(NameOf(Call(channel, *method)), NameOf(ExpectedOf(line->second, who, key)))
          << key << " as " << name;
    }
  }

  ServedGateway served_{Progress::kSent};
  TestGateway& gateway_ = served_.gateway();
  const std::string document_ = ReasonsOf(gateway_);

 private:
  // A document of the exchange.
  static std::string ReasonsOf(TestGateway& gateway) {
    const TestDraft draft = gateway.Register("p001", 2, R"({"name": "Fiche"})");
    gateway.Must(draft, {"steward-p001"});
    return draft.attachments[0].commitment();
  }

  static const FieldDescriptor* FieldOf(const Message& message, const char* name) {
    return message.GetDescriptor()->FindFieldByName(name);
  }
  static void SetBytes(Message& message, const char* name, const std::string& value) {
    const FieldDescriptor* field = FieldOf(message, name);
    if (field != nullptr && field->cpp_type() == FieldDescriptor::CPPTYPE_STRING)
      message.GetReflection()->SetString(&message, field, value);
  }
  static void SetRef(Message& message, const char* name, const statement::v1::ActRef& ref) {
    const FieldDescriptor* field = FieldOf(message, name);
    if (field != nullptr && field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE)
      message.GetReflection()->MutableMessage(&message, field)->CopyFrom(ref);
  }
  static void SetNumber(Message& message, const char* name, int value) {
    const FieldDescriptor* field = FieldOf(message, name);
    if (field == nullptr) return;
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM)
      message.GetReflection()->SetEnumValue(&message, field, value);
    else if (field->cpp_type() == FieldDescriptor::CPPTYPE_UINT64)
      message.GetReflection()->SetUInt64(&message, field, static_cast<uint64_t>(value));
  }

  // A fetch that was refused says why; a list without rows is empty.
  static End EndOf(const Message& response) {
    const FieldDescriptor* head = FieldOf(response, "head");
    if (head != nullptr) return EndOf(response.GetReflection()->GetMessage(response, head));
    const FieldDescriptor* findings = FieldOf(response, "findings");
    if (findings != nullptr && response.GetReflection()->FieldSize(response, findings) > 0)
      return End::kRefused;
    const FieldDescriptor* first = response.GetDescriptor()->FindFieldByNumber(1);
    const bool list = first->is_repeated();
    return list && response.GetReflection()->FieldSize(response, first) == 0 ? End::kEmpty
                                                                             : End::kAnswers;
  }
};

TEST_F(ServicesTest, ServeEveryRoleOfAPartyConcernedAndOfOneThatIsNot) {
  const auto& roles = *statement::v1::Role_descriptor();
  for (int i = 0; i < roles.value_count(); ++i) {
    const auto role = static_cast<Role>(roles.value(i)->number());
    SCOPED_TRACE(statement::v1::Role_Name(role));
    switch (role) {
      case statement::v1::ROLE_UNSPECIFIED:
        break;
      case statement::v1::ROLE_REPRESENTATIVE:
        ExpectLine("representative-p001", Who::kInsider);
        ExpectLine("representative-p003", Who::kOutsider);
        break;
      case statement::v1::ROLE_SECRETARIAT:
        ExpectLine("secretary-1", Who::kServant);
        break;
      case statement::v1::ROLE_COUNTERSIGNER:
        ExpectLine("counter-1", Who::kServantOfHolder);
        break;
      case statement::v1::ROLE_OPERATOR:
        ExpectLine(Appoint("p002", role), Who::kServant);
        break;
      case statement::v1::ROLE_LOG_AUDITOR:
        ExpectLine("log-auditor", Who::kAuditor);
        break;
      default:
        ExpectLine(Appoint("p001", role), Who::kInsider);
        ExpectLine(Appoint("p003", role), Who::kOutsider);
        break;
    }
  }
}

TEST_F(ServicesTest, HandAndAnnounceATransferToTheRecipientsReader) {
  const std::shared_ptr<grpc::Channel> reader = served_.ConnectAs("reader-p002");
  for (const MethodDescriptor* method : EveryMethod()) {
    const std::string& name = method->name();
    if (name != "Fetch" && name != "Download" && name != "ListInbox" && name != "WatchInbox")
      continue;
    EXPECT_EQ(NameOf(Call(reader, *method)), "answers") << method->full_name();
  }
}

TEST_F(ServicesTest, HaveNoLineForACallThatIsNone) {
  EXPECT_EQ(Table().size(), EveryMethod().size());
}

TEST_F(ServicesTest, ListNoConventionToAKeyThatIsNotEnrolledOrNotInForce) {
  constexpr char kList[] = "/passerelle.gateway.v1.ConventionService/ListConventions";
  EXPECT_EQ(RawCall(served_.ConnectAs("stranger"), kList, "").error().code(),
            absl::StatusCode::kUnauthenticated);
  const std::shared_ptr<grpc::Channel> channel = served_.ConnectAs("dpo-p001");
  EXPECT_TRUE(RawCall(channel, kList, "").status.ok());
  // Every test key is enrolled until 2030.
  gateway_.clock().SetWall(1893456000000 + 1);
  EXPECT_EQ(RawCall(channel, kList, "").error().code(), absl::StatusCode::kPermissionDenied);
}

}  // namespace
}  // namespace passerelle::gateway::rpc
