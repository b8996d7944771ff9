// What the operator types.
#include "gateway/server/options.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "tests/support/temp_folder.h"

namespace passerelle::gateway::server {
namespace {

const std::vector<std::string> kNeeded = {"--data", "/srv/data", "--certificate",
                                          "a.pem",  "--key",     "a.key"};

// Reads a command line; what it prints goes to `out` and `err`.
int Parse(std::vector<std::string> words, Options& options, std::string* out = nullptr,
          std::string* err = nullptr) {
  words.insert(words.begin(), "passerelle-gateway");
  std::vector<const char*> arguments;
  for (const std::string& word : words) arguments.push_back(word.c_str());
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  const int code = ParseOptions(static_cast<int>(arguments.size()), arguments.data(), options);
  const std::string printed = ::testing::internal::GetCapturedStdout();
  const std::string complained = ::testing::internal::GetCapturedStderr();
  if (out != nullptr) *out = printed;
  if (err != nullptr) *err = complained;
  return code;
}

std::vector<std::string> With(std::vector<std::string> more) {
  more.insert(more.begin(), kNeeded.begin(), kNeeded.end());
  return more;
}

TEST(OptionsTest, GoesOnWithWhatIsNeededAndSafeDefaults) {
  Options options;
  EXPECT_EQ(Parse(kNeeded, options), -1);
  EXPECT_EQ(options.paths.data, "/srv/data");
  EXPECT_EQ(options.paths.guards, "/srv/data.guards");
  EXPECT_EQ(options.listen, "127.0.0.1:8443");
  EXPECT_EQ(options.certificate_file, "a.pem");
  EXPECT_EQ(options.key_file, "a.key");
  EXPECT_EQ(options.port_file, "");
  EXPECT_TRUE(options.reflection);
  EXPECT_EQ(options.drain_ms, 10000);
  EXPECT_EQ(options.metrics, "");
  EXPECT_EQ(options.rates.key, base::kKeyCallsPerSecond);
  EXPECT_EQ(options.rates.party, base::kPartyCallsPerSecond);
}

TEST(OptionsTest, TakesEveryOption) {
  Options options;
  EXPECT_EQ(Parse(With({"--guards", "/srv/guards", "--listen", "[::1]:0", "--port-file", "port",
                        "--no-reflection", "--drain-ms", "250", "--metrics", "127.0.0.1:9464",
                        "--key-rate", "7", "--party-rate", "9", "--awake", "3"}),
                  options),
            -1);
  EXPECT_EQ(options.paths.guards, "/srv/guards");
  EXPECT_EQ(options.listen, "[::1]:0");
  EXPECT_EQ(options.port_file, "port");
  EXPECT_FALSE(options.reflection);
  EXPECT_EQ(options.drain_ms, 250);
  EXPECT_EQ(options.metrics, "127.0.0.1:9464");
  EXPECT_EQ(options.rates.key, 7);
  EXPECT_EQ(options.rates.party, 9);
  EXPECT_EQ(options.bounds.awake, 3u);
}

TEST(OptionsTest, ReadsAConfigurationFileAndLetsWhatIsTypedWin) {
  const tests::TempFolder folder;
  ASSERT_TRUE(base::WriteFile(folder / "gateway.toml",
                              "data = \"/srv/data\"\ncertificate = \"a.pem\"\nkey = 'a.key'\n"
                              "passphrase-file = \"phrase\"\nlisten = \"[::1]:8443\"\n"
                              "drain-ms = 250\nno-reflection = true\n",
                              base::FileMode::kPublic)
                  .ok());
  Options options;
  EXPECT_EQ(Parse({"--config", folder / "gateway.toml", "--key", "b.key"}, options), -1);
  EXPECT_EQ(options.paths.data, "/srv/data");
  EXPECT_EQ(options.paths.guards, "/srv/data.guards");
  EXPECT_EQ(options.certificate_file, "a.pem");
  EXPECT_EQ(options.key_file, "b.key");
  EXPECT_EQ(options.passphrase_file, "phrase");
  EXPECT_EQ(options.listen, "[::1]:8443");
  EXPECT_EQ(options.drain_ms, 250);
  EXPECT_FALSE(options.reflection);
}

TEST(OptionsTest, RefusesAConfigurationThatItDoesNotUnderstand) {
  const tests::TempFolder folder;
  for (const char* text :
       {"lisen = \"0.0.0.0:1\"\n", "drain-ms = \"soon\"\n", "[section]\ndata = 1\n"}) {
    ASSERT_TRUE(base::WriteFile(folder / "gateway.toml", text, base::FileMode::kPublic).ok());
    Options options;
    EXPECT_EQ(Parse(With({"--config", folder / "gateway.toml"}), options), 2) << text;
  }
  Options options;
  EXPECT_EQ(Parse(With({"--config", folder / "none.toml"}), options), 2);
}

TEST(OptionsTest, KeepsTheGuardsOutsideTheDataHoweverItIsSpelt) {
  for (const char* data : {"/srv/data/", "/srv/data/.", "/srv/other/../data", "/srv//data//"}) {
    Options options;
    EXPECT_EQ(Parse({"--data", data, "--certificate", "a.pem", "--key", "a.key"}, options), -1);
    EXPECT_EQ(options.paths.guards, "/srv/data.guards") << data;
  }
  Options here;
  EXPECT_EQ(Parse({"--data", ".", "--certificate", "a.pem", "--key", "a.key"}, here), -1);
  EXPECT_EQ(here.paths.guards, std::filesystem::current_path().string() + ".guards");
}

TEST(OptionsTest, EndsInAUsageErrorWhenSomethingIsMissing) {
  for (size_t missing = 0; missing < kNeeded.size(); missing += 2) {
    std::vector<std::string> words = kNeeded;
    words.erase(words.begin() + static_cast<long>(missing),
                words.begin() + static_cast<long>(missing) + 2);
    Options options;
    std::string complaint;
    EXPECT_EQ(Parse(words, options, nullptr, &complaint), 2);
    EXPECT_NE(complaint.find(kNeeded[missing]), std::string::npos) << complaint;
  }
}

TEST(OptionsTest, EndsInAUsageErrorOnWhatItDoesNotKnow) {
  const std::vector<std::vector<std::string>> lines = {
      {"--insecure"},   {"surplus"},           {"--drain-ms", "soon"},
      {"--drain-ms"},   {"--drain-ms", "-1"},  {"--drain-ms", "9223372036854775807"},
      {"--listen"},     {"--drain-ms", "1e9"}, {"--key-rate", "0"},
      {"--awake", "0"},
  };
  for (const std::vector<std::string>& line : lines) {
    Options options;
    EXPECT_EQ(Parse(With(line), options), 2) << line[0];
  }
}

TEST(OptionsTest, PrintsItsHelpAndEnds) {
  Options options;
  std::string help;
  EXPECT_EQ(Parse({"--help"}, options, &help), 0);
  for (const char* option :
       {"--data", "--guards", "--listen", "--certificate", "--key", "--port-file",
        "--no-reflection", "--drain-ms", "--metrics", "--key-rate", "--party-rate", "--awake"})
    EXPECT_NE(help.find(option), std::string::npos) << option;
}

}  // namespace
}  // namespace passerelle::gateway::server
