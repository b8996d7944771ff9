#include "tests/unit/gateway/cli/cli_fixture.h"

#include <memory>
#include <utility>

#include "gateway/base/files.h"
#include "gateway/cli/app.h"

namespace passerelle::tests {

namespace base = gateway::base;

CliTest::CliTest() {
  gateway.founding.set_log(std::string(32, 'l'));
  convention::v1::Convention& convention = *gateway.founding.mutable_convention();
  convention.set_slug("ctg-essai");
  convention.set_secretariat_party("p002");
  for (const char* id : {"p001", "p002", "p003"}) {
    convention::v1::Party& party = *convention.add_parties();
    party.set_id(id);
    party.add_names()->set_name(std::string("Partie ") + id);
  }
}

int CliTest::RunIn(const std::string& language, const std::vector<std::string>& words) {
  return RunOver(std::make_unique<FakeSession>(gateway), language, words);
}

int CliTest::RunAlone(const std::string& language, const std::vector<std::string>& words) {
  return RunOver(nullptr, language, words);
}

int CliTest::RunOver(std::unique_ptr<gateway::client::Session> session, const std::string& language,
                     const std::vector<std::string>& words) {
  std::vector<std::string> all = {"passerelle", "--lang", language, "--receipts",
                                  folder / "receipts"};
  all.insert(all.end(), words.begin(), words.end());
  std::vector<char*> argv;
  for (std::string& word : all) argv.push_back(word.data());
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  gateway::cli::App app(static_cast<int>(argv.size()), argv.data(), std::move(session));
  const int code = app.Run();
  out = ::testing::internal::GetCapturedStdout();
  err = ::testing::internal::GetCapturedStderr();
  return code;
}

statement::v1::Act CliTest::Submitted(const std::vector<std::string>& words) {
  const size_t before = gateway.submitted.size();
  EXPECT_EQ(Run(words), 0) << err;
  if (gateway.submitted.size() != before + 1 || gateway.submitted.back().acts.size() != 1) {
    ADD_FAILURE() << "not one act: " << err;
    return {};
  }
  return gateway.submitted.back().acts[0];
}

std::string CliTest::File(const std::string& name, const std::string& text) {
  const std::string path = folder / name;
  EXPECT_TRUE(base::WriteFile(path, text, base::FileMode::kPublic).ok());
  return path;
}

void CliTest::Record(char byte, const std::vector<statement::v1::Act>& acts) {
  statement::v1::Statement statement;
  for (const statement::v1::Act& act : acts) *statement.add_acts() = act;
  statement::v1::Envelope envelope;
  envelope.set_payload(statement.SerializeAsString());
  gateway.receipts[std::string(32, byte)].entry.mutable_recorded()->set_envelope(
      envelope.SerializeAsString());
}

statement::v1::ActRef CliTest::Ref(char byte, uint32_t ordinal) {
  statement::v1::ActRef ref;
  ref.set_statement(std::string(32, byte));
  ref.set_ordinal(ordinal);
  return ref;
}

convention::v1::Date CliTest::Date(uint32_t year, uint32_t month, uint32_t day) {
  convention::v1::Date date;
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  return date;
}

bool CliTest::Attached(const std::string& commitment, const std::string& text) const {
  for (const record::v1::Attachment& each : gateway.submitted.back().attachments)
    if (each.commitment() == commitment && each.content() == text) return true;
  return false;
}

}  // namespace passerelle::tests
