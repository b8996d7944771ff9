#include "gateway/log/logger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

#include "gateway/base/digest.h"
#include "gateway/base/status.h"
#include "tests/support/fakes.h"

namespace passerelle::gateway::log {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

class LoggerTest : public testing::Test {
 protected:
  Sink Collect() {
    return [this](std::string_view line) { lines_.emplace_back(line); };
  }

  // The only line, read strictly: a repeated key fails.
  json Only() {
    EXPECT_EQ(lines_.size(), 1u);
    std::set<std::string> keys;
    return json::parse(lines_.at(0), [&](int depth, json::parse_event_t event, json& parsed) {
      if (event == json::parse_event_t::key && depth == 1) {
        EXPECT_TRUE(keys.insert(parsed.get<std::string>()).second) << parsed;
      }
      return true;
    });
  }

  tests::FakeClock clock_;
  std::vector<std::string> lines_;
};

TEST_F(LoggerTest, WritesOneLineOfTypedFields) {
  Logger logger(clock_, Level::kInfo, Collect());
  const base::Digest root = base::Sha256("root");
  logger.Write(Level::kWarning, Event::kGroupCommitted,
               {{NumberKey::kIndex, 12},
                {NumberKey::kMillis, -3},
                {CodeKey::kMethod, "/passerelle.gateway.v1.StatementService/Submit"},
                {HexKey::kRoot, base::View(root)}});
  const json record = Only();
  EXPECT_EQ(record, (json{{"time", "2024-06-03T10:00:00.000Z"},
                          {"level", "warning"},
                          {"event", "group_committed"},
                          {"index", 12},
                          {"millis", -3},
                          {"method", "/passerelle.gateway.v1.StatementService/Submit"},
                          {"root", "4813494d137e"}}));
  EXPECT_THAT(lines_[0], testing::StartsWith(R"({"time":"2024-06-03T10:00:00.000Z","level":)"));
}

TEST_F(LoggerTest, KeepsNumbersExact) {
  Logger logger(clock_, Level::kInfo, Collect());
  logger.Write(Level::kInfo, Event::kSweepDone,
               {{NumberKey::kSize, std::numeric_limits<int64_t>::max()},
                {NumberKey::kCount, std::numeric_limits<int64_t>::min()}});
  EXPECT_EQ(Only()["size"], std::numeric_limits<int64_t>::max());
  EXPECT_EQ(Only()["count"], std::numeric_limits<int64_t>::min());
}

TEST_F(LoggerTest, DropsWhatIsBelowItsLevel) {
  constexpr Level kLevels[] = {Level::kDebug, Level::kInfo, Level::kWarning, Level::kError};
  for (const Level lowest : kLevels) {
    Logger logger(clock_, lowest, Collect());
    for (const Level level : kLevels) {
      lines_.clear();
      logger.Write(level, Event::kServerReady);
      EXPECT_EQ(lines_.size(), level >= lowest ? 1u : 0u);
      EXPECT_EQ(logger.Takes(level), level >= lowest);
    }
  }
}

TEST_F(LoggerTest, LogsNoTextThatIsNotACode) {
  Logger logger(clock_, Level::kInfo, Collect());
  const std::string long_text(97, 'a');
  for (const std::string& text :
       {std::string("line\nbreak"), std::string("quote\",\"level\":\"error"), std::string("back\\"),
        std::string("with space"), std::string("a@b.example"), std::string("caf\xc3\xa9"),
        std::string("\xff"), std::string("\0", 1), std::string(), std::string("{}%n{0}"),
        long_text}) {
    lines_.clear();
    logger.Write(Level::kInfo, Event::kCallFailed, {{CodeKey::kReason, text}});
    EXPECT_EQ(Only(), (json{{"time", "2024-06-03T10:00:00.000Z"},
                            {"level", "info"},
                            {"event", "call_failed"},
                            {"reason", "?"}}));
    EXPECT_THAT(lines_[0], Not(HasSubstr("\n")));
  }
}

TEST_F(LoggerTest, EveryCharacterOfACodeIsReadBackAsItWas) {
  Logger logger(clock_, Level::kInfo, Collect());
  int codes = 0;
  for (int c = 0; c < 256; ++c) {
    const std::string text = {'a', static_cast<char>(c), 'z'};
    lines_.clear();
    logger.Write(Level::kInfo, Event::kCallFailed, {{CodeKey::kReason, text}});
    const std::string read = Only()["reason"];
    EXPECT_TRUE(read == text || read == "?") << c;
    codes += read == text ? 1 : 0;
  }
  EXPECT_EQ(codes, 26 + 26 + 10 + 8);
}

TEST_F(LoggerTest, ShortensDigests) {
  Logger logger(clock_, Level::kInfo, Collect());
  logger.Write(Level::kInfo, Event::kConventionOpened, {{HexKey::kLog, std::string(32, '\xab')}});
  EXPECT_EQ(Only()["log"], "abababababab");
}

TEST_F(LoggerTest, LogsAnErrorWithoutItsMessage) {
  Logger logger(clock_, Level::kInfo, Collect());
  logger.WriteError(Level::kError, Event::kCallFailed,
                    base::Malformed("HEX_DIGIT", "envelope.signatures[0]", "Zoe CANARI wrote this"),
                    {{NumberKey::kMillis, 4}});
  EXPECT_EQ(Only(), (json{{"time", "2024-06-03T10:00:00.000Z"},
                          {"level", "error"},
                          {"event", "call_failed"},
                          {"status", "INVALID_ARGUMENT"},
                          {"reason", "HEX_DIGIT"},
                          {"field", "envelope.signatures[0]"},
                          {"millis", 4}}));
  lines_.clear();
  logger.WriteError(Level::kError, Event::kServerFailed, absl::InternalError("Zoe CANARI"));
  EXPECT_EQ(Only()["reason"], "INTERNAL");
  EXPECT_FALSE(Only().contains("field"));
}

TEST_F(LoggerTest, EveryEventAndKeyHasANameOfItsOwn) {
  Logger logger(clock_, Level::kInfo, Collect());
  std::set<std::string> events;
  for (int e = 0; e <= static_cast<int>(Event::kHandoverLogged); ++e) {
    lines_.clear();
    logger.Write(Level::kInfo, static_cast<Event>(e));
    events.insert(Only()["event"]);
  }
  EXPECT_EQ(events.size(), static_cast<size_t>(Event::kHandoverLogged) + 1);
  EXPECT_EQ(events.count("unknown"), 0u);
  std::set<std::string> keys = {"time", "level", "event"};
  const auto expect_new = [&](const Field& field) {
    lines_.clear();
    logger.Write(Level::kInfo, Event::kServerReady, {field});
    const json record = Only();
    EXPECT_EQ(record.size(), 4u);
    EXPECT_FALSE(record.contains("unknown"));
    for (const auto& [key, value] : record.items()) keys.insert(key);
  };
  for (int k = 0; k <= static_cast<int>(NumberKey::kWaiting); ++k)
    expect_new({static_cast<NumberKey>(k), 1});
  for (int k = 0; k <= static_cast<int>(CodeKey::kRequest); ++k)
    expect_new({static_cast<CodeKey>(k), "x"});
  for (int k = 0; k <= static_cast<int>(HexKey::kEntry); ++k)
    expect_new({static_cast<HexKey>(k), "x"});
  EXPECT_EQ(keys.size(), 3u + 12 + 14 + 3);
}

TEST_F(LoggerTest, LosesALineRatherThanTheProcess) {
  testing::internal::CaptureStderr();
  Logger logger(clock_, Level::kInfo,
                [](std::string_view) { throw std::runtime_error("Zoe CANARI"); });
  logger.Write(Level::kInfo, Event::kServerReady);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST_F(LoggerTest, WritesWholeLinesToStandardError) {
  testing::internal::CaptureStderr();
  Logger logger(clock_, Level::kInfo, StandardError());
  logger.Write(Level::kInfo, Event::kServerReady, {{NumberKey::kPort, 4433}});
  logger.Write(Level::kInfo, Event::kServerStopped);
  const std::string written = testing::internal::GetCapturedStderr();
  ASSERT_EQ(std::count(written.begin(), written.end(), '\n'), 2);
  const size_t end = written.find('\n');
  EXPECT_EQ(json::parse(written.substr(0, end))["port"], 4433);
  EXPECT_EQ(json::parse(written.substr(end + 1))["event"], "server_stopped");
}

TEST_F(LoggerTest, LinesOfManyThreadsDoNotMix) {
  Logger logger(clock_, Level::kInfo, Collect());
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&logger, t] {
      for (int i = 0; i < 200; ++i)
        logger.Write(Level::kInfo, Event::kCallFinished,
                     {{NumberKey::kProcess, t}, {NumberKey::kIndex, i}});
    });
  for (std::thread& thread : threads) thread.join();
  std::set<std::pair<int, int>> seen;
  for (const std::string& line : lines_) {
    const json record = json::parse(line);
    seen.emplace(record["process"], record["index"]);
  }
  EXPECT_EQ(lines_.size(), 800u);
  EXPECT_EQ(seen.size(), 800u);
}

}  // namespace
}  // namespace passerelle::gateway::log
