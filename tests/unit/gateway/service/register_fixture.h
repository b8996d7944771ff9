// A convention with one transfer, and its register as a caller gets it.
#ifndef PASSERELLE_TESTS_UNIT_GATEWAY_SERVICE_REGISTER_FIXTURE_H_
#define PASSERELLE_TESTS_UNIT_GATEWAY_SERVICE_REGISTER_FIXTURE_H_

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_join.h"
#include "gateway/base/limits.h"
#include "gateway/service/register_csv.h"
#include "gateway/service/service.h"
#include "tests/support/gateway_fixture.h"

namespace passerelle::gateway::service {

// A reader of RFC 4180 with semicolons, as plain as can be.
inline std::vector<std::vector<std::string>> ParseCsv(const std::string& text) {
  std::vector<std::vector<std::string>> rows(1, {""});
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    std::string& cell = rows.back().back();
    if (quoted && text.substr(i, 2) == "\"\"") {
      cell += '"';
      ++i;
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (!quoted && text[i] == ';') {
      rows.back().emplace_back();
    } else if (!quoted && text.substr(i, 2) == "\r\n") {
      rows.push_back({""});
      ++i;
    } else {
      cell += text[i];
    }
  }
  rows.pop_back();  // after the last line end
  return rows;
}

// The cells of one line, by label.
using Row = std::map<std::string, std::string>;

class RegisterFixture : public ::testing::Test {
 protected:
  // The first transfer's payload is destroyed after a minute.
  static tests::TestGateway::Options DroppingMinors() {
    tests::TestGateway::Options options;
    options.conditions.add_dropped_fields("mineurs");
    options.conditions.set_threshold(11);
    options.destroy_after_ms = tests::FakeClock::kStartMs + 60 * 1000;
    return options;
  }

  Caller As(std::string_view name) { return {gateway_.held(), tests::TestGateway::AgentOf(name)}; }

  static api::ExportRegisterRequest RequestFor(
      const std::string& party, api::RegisterFormat format = api::REGISTER_FORMAT_CSV) {
    api::ExportRegisterRequest request;
    request.set_party(party);
    request.set_format(format);
    return request;
  }

  // An export whole: its bytes and its summary. Every chunk keeps its bound, and the messages say
  // how far the reading has come.
  struct File {
    std::string bytes;
    api::RegisterSummary summary;
    size_t messages = 0;
  };
  File Export(std::string_view name, const api::ExportRegisterRequest& request) {
    File file;
    const auto source = ExportRegister(As(name), request);
    EXPECT_TRUE(source.ok()) << source.status();
    uint64_t read = 0;
    while (source.ok()) {
      const auto message = (*source)();
      EXPECT_TRUE(message.ok()) << message.status();
      if (!message.ok() || !message->has_value()) break;
      EXPECT_FALSE(file.summary.has_as_of()) << "a message after the summary";
      EXPECT_LE((*message)->chunk().size(), base::kStreamChunkBytes);
      EXPECT_GE((*message)->entries_read(), read);
      read = (*message)->entries_read();
      EXPECT_LE(read, (*message)->entries());
      file.bytes += (*message)->chunk();
      file.summary = (*message)->summary();
      ++file.messages;
    }
    EXPECT_TRUE(file.summary.has_as_of()) << "no summary";
    return file;
  }

  std::string Bytes(std::string_view name, const std::string& party) {
    return Export(name, RequestFor(party)).bytes;
  }

  // The rows of a CSV export, cells by label.
  std::vector<Row> Rows(std::string_view name, const api::ExportRegisterRequest& request) {
    const std::string bytes = Export(name, request).bytes;
    EXPECT_EQ(bytes.substr(0, kCsvMark.size()), kCsvMark);
    const auto lines = ParseCsv(bytes.substr(kCsvMark.size()));
    std::vector<Row> rows;
    for (size_t line = 1; line < lines.size(); ++line) {
      EXPECT_EQ(lines[line].size(), lines[0].size());
      Row& row = rows.emplace_back();
      for (size_t i = 0; i < lines[line].size(); ++i) row[lines[0][i]] = lines[line][i];
    }
    return rows;
  }
  std::vector<Row> Rows(std::string_view name, const std::string& party) {
    return Rows(name, RequestFor(party));
  }

  // Indices of the entries that hold an act, as the register lists them.
  std::string Entries(const std::function<bool(const statement::v1::Act&)>& holds) {
    std::vector<uint64_t> indices;
    for (uint64_t index = 0; index < gateway_.size(); ++index)
      for (const statement::v1::Act& act : gateway_.ActsAt(index))
        if (holds(act)) indices.push_back(index);
    return absl::StrJoin(indices, ", ");
  }

  // Moves to another day.
  void AdvanceDays(int64_t days) { gateway_.clock().Advance(days * 24 * 3600 * 1000); }

  tests::TestGateway gateway_{tests::Progress::kSent, DroppingMinors()};
};

}  // namespace passerelle::gateway::service

#endif  // PASSERELLE_TESTS_UNIT_GATEWAY_SERVICE_REGISTER_FIXTURE_H_
