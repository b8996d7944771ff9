// The whole command line over a fake session, in a folder of its own.
#ifndef PASSERELLE_TESTS_UNIT_GATEWAY_CLI_CLI_FIXTURE_H_
#define PASSERELLE_TESTS_UNIT_GATEWAY_CLI_CLI_FIXTURE_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/support/temp_folder.h"
#include "tests/unit/gateway/cli/fake_session.h"

namespace passerelle::tests {

// A convention of the parties p001 to p003, whose sentence behind IX.2c is `sentence`.
class CliTest : public ::testing::Test {
 protected:
  CliTest();

  // Runs the words in English; what it prints is in `out` and `err`.
  int Run(const std::vector<std::string>& words) { return RunIn("en", words); }
  int RunIn(const std::string& language, const std::vector<std::string>& words);

  // Runs the words with no session but the one that a profile opens.
  int RunAlone(const std::string& language, const std::vector<std::string>& words);

  // Runs words that submit one act, and gives it. The test fails when they do not.
  statement::v1::Act Submitted(const std::vector<std::string>& words);

  // A file of the folder with this text; its path.
  std::string File(const std::string& name, const std::string& text);

  // The receipt of a statement of these acts, under the name Ref(byte).
  void Record(char byte, const std::vector<statement::v1::Act>& acts);

  // A name whose digest is this byte 32 times.
  static statement::v1::ActRef Ref(char byte, uint32_t ordinal = 0);
  static convention::v1::Date Date(uint32_t year, uint32_t month, uint32_t day);

  // Whether an attachment of what was submitted last opens this commitment with this text.
  bool Attached(const std::string& commitment, const std::string& text) const;

  TempFolder folder;

 private:
  int RunOver(std::unique_ptr<gateway::client::Session> session, const std::string& language,
              const std::vector<std::string>& words);

 protected:
  FakeGatewayState gateway;
  std::string out, err;
};

}  // namespace passerelle::tests

#endif  // PASSERELLE_TESTS_UNIT_GATEWAY_CLI_CLI_FIXTURE_H_
