// P7: the export of one controller's register of processing activities, through the real server and
// the library's channel, against the same rows written as CSV straight from SQLite. Prints one JSON
// object: for each number of activities the seconds of both, taken in turn.
//
//   passerelle_tests_bench_register --activities N ... --rounds N --sheet FILE
#include <sqlite3.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "tests/bench/timing.h"
#include "tests/support/need.h"
#include "tests/support/served_gateway.h"

namespace passerelle::tests {
namespace {

namespace api = gateway::client::api;

// Exchanges whose acts go into one statement: what its entry has room for.
constexpr int kActsOfASet = 40;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// A convention whose fund has more and more approved exchanges, each with its sheet.
class Activities {
 public:
  explicit Activities(std::string sheet)
      : served_(Progress::kDeclared),
        channel_(served_.ClientOf("steward-p001")),
        sheet_(std::move(sheet)) {}

  void Grow(int activities) {
    while (activities_ < activities) Approve(std::min(kActsOfASet, activities - activities_));
  }

  std::string Export() {
    api::ExportRegisterRequest request;
    request.set_log(gateway().convention().log_name());
    request.set_party("p001");
    request.set_format(api::REGISTER_FORMAT_CSV);
    std::string file;
    const absl::Status exported =
        channel_->ExportRegister(request, [&](const api::ExportRegisterResponse& response) {
          file += response.chunk();
          return absl::OkStatus();
        });
    if (!exported.ok()) Fail(exported.ToString());
    return file;
  }

 private:
  TestGateway& gateway() { return served_.gateway(); }

  static void Join(const TestDraft& one, TestDraft& set) {
    set.acts.insert(set.acts.end(), one.acts.begin(), one.acts.end());
    set.attachments.insert(set.attachments.end(), one.attachments.begin(), one.attachments.end());
  }

  void Approve(int count) {
    TestDraft proposals, decisions, entries;
    for (int i = 0; i < count; ++i) Join(gateway().Propose(), proposals);
    const TestEntry proposed = gateway().Must(proposals, {"requester-p002"});
    for (int i = 0; i < count; ++i) {
      gateway().exchange = proposed.Ref(static_cast<uint32_t>(i));
      // An opinion travels alone.
      gateway().opinion =
          gateway().Must(gateway().Opine(statement::v1::OPINION_FAVOURABLE), {"dpo-p001"}).Ref();
      Join(gateway().Decide(statement::v1::VERDICT_APPROVED), decisions);
      Join(gateway().Register("p001", 1, sheet_), entries);
    }
    gateway().Must(decisions, {"decider-p001"});
    gateway().Must(entries, {"steward-p001"});
    activities_ += count;
  }

  ServedGateway served_;
  const std::unique_ptr<gateway::client::Channel> channel_;
  const std::string sheet_;
  int activities_ = 0;
};

using Row = std::vector<std::string>;

// Reads semicolons and RFC 4180 quotes.
std::vector<Row> RowsOf(std::string_view csv) {
  std::vector<Row> rows;
  Row row;
  std::string cell;
  bool quoted = false, opened = false;
  if (csv.substr(0, kByteOrderMark.size()) == kByteOrderMark)
    csv.remove_prefix(kByteOrderMark.size());
  for (const char c : csv) {
    if (c == '"') {
      // The second of two quotes inside a cell opens it again, and stands for one.
      if (!quoted && opened) cell += '"';
      quoted = !quoted;
      opened = true;
    } else if (quoted || (c != ';' && c != '\n' && c != '\r')) {
      cell += c;
    } else if (c != '\r') {
      row.push_back(std::exchange(cell, {}));
      opened = false;
      if (c == '\n') rows.push_back(std::exchange(row, {}));
    }
  }
  return rows;
}

void AppendCell(std::string_view cell, std::string& out) {
  if (cell.find_first_of(";\"\r\n") == std::string_view::npos) {
    out += cell;
    return;
  }
  out += '"';
  for (const char c : cell) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

// The rows in a table of their own, and nothing else to do than to write them.
class Table {
 public:
  Table(const std::string& path, const std::vector<Row>& rows) : columns_(rows.at(0).size()) {
    Check(sqlite3_open(path.c_str(), &database_));
    std::string create = "CREATE TABLE rows(c0 TEXT", insert = "INSERT INTO rows VALUES(?";
    for (size_t i = 1; i < columns_; ++i) {
      absl::StrAppend(&create, ", c", i, " TEXT");
      insert += ", ?";
    }
    Run(create + ")");
    Run("BEGIN");
    sqlite3_stmt* statement = Prepare(insert + ")");
    for (const Row& row : rows) {
      if (row.size() != columns_) Fail("a row has another number of cells");
      for (size_t i = 0; i < columns_; ++i)
        Check(sqlite3_bind_text64(statement, static_cast<int>(i) + 1, row[i].data(), row[i].size(),
                                  SQLITE_STATIC, SQLITE_UTF8));
      if (sqlite3_step(statement) != SQLITE_DONE) Fail(sqlite3_errmsg(database_));
      sqlite3_reset(statement);
    }
    sqlite3_finalize(statement);
    Run("COMMIT");
  }
  ~Table() { sqlite3_close(database_); }
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  std::string Export() {
    std::string out(kByteOrderMark);
    sqlite3_stmt* statement = Prepare("SELECT * FROM rows ORDER BY rowid");
    while (sqlite3_step(statement) == SQLITE_ROW)
      for (size_t i = 0; i < columns_; ++i) {
        const int column = static_cast<int>(i);
        AppendCell({reinterpret_cast<const char*>(sqlite3_column_text(statement, column)),
                    static_cast<size_t>(sqlite3_column_bytes(statement, column))},
                   out);
        out += i + 1 < columns_ ? ";" : "\r\n";
      }
    sqlite3_finalize(statement);
    return out;
  }

 private:
  void Check(int code) {
    if (code != SQLITE_OK) Fail(sqlite3_errmsg(database_));
  }
  void Run(const std::string& sql) {
    Check(sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr));
  }
  sqlite3_stmt* Prepare(const std::string& sql) {
    sqlite3_stmt* statement = nullptr;
    Check(sqlite3_prepare_v2(database_, sql.c_str(), -1, &statement, nullptr));
    return statement;
  }

  sqlite3* database_ = nullptr;
  const size_t columns_;
};

nlohmann::json Measure(const std::vector<int>& sizes, int rounds, const std::string& sheet) {
  // Never destroyed: its end would take every decision of the log again, which measures nothing.
  auto& activities = *new Activities(sheet);
  nlohmann::json points = nlohmann::json::array();
  const TempFolder folder;
  for (const int size : sizes) {
    activities.Grow(size);
    const std::string file = activities.Export();
    const std::vector<Row> rows = RowsOf(file);
    if (rows.size() != static_cast<size_t>(size) + 1) Fail("not one row an activity");
    Table table(folder / absl::StrCat("rows-", size), rows);
    std::vector<double> exported, written;
    for (int round = 0; round < rounds; ++round) {
      const double began = MonotonicSeconds();
      if (activities.Export() != file) Fail("two exports of a day differ");
      const double between = MonotonicSeconds();
      const size_t bytes = table.Export().size();
      written.push_back(MonotonicSeconds() - between);
      exported.push_back(between - began);
      if (bytes != file.size()) Fail("the baseline writes other bytes");
    }
    points.push_back({{"activities", size},
                      {"bytes", file.size()},
                      {"seconds", exported},
                      {"baseline_seconds", written}});
  }
  return {{"points", points}};
}

}  // namespace
}  // namespace passerelle::tests

int main(int argc, char** argv) {
  std::vector<int> sizes;
  int rounds = 1;
  std::string sheet;
  CLI::App app("How long a register's export takes");
  app.add_option("--activities", sizes, "Growing")->required();
  app.add_option("--rounds", rounds)->required()->check(CLI::PositiveNumber);
  app.add_option("--sheet", sheet, "The sheet of each activity (JSON)")->required();
  CLI11_PARSE(app, argc, argv);
  const absl::StatusOr<std::string> text =
      passerelle::gateway::base::ReadFile(sheet, passerelle::gateway::base::kMaxDocumentBytes);
  if (!text.ok()) passerelle::tests::Fail(text.status().ToString());
  std::printf("%s\n", passerelle::tests::Measure(sizes, rounds, *text).dump().c_str());
  std::fflush(stdout);
  std::_Exit(0);
}
