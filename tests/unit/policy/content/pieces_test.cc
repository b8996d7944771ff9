// However a payload is cut into pieces, the report is that of the whole.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "gateway/base/limits.h"
#include "policy/content/check.h"
#include "policy/content/separator.h"
#include "tests/unit/policy/content/tables.h"

namespace passerelle::policy::content {
namespace {

bool Same(const Report& a, const Report& b) {
  return a.headings == b.headings &&
         a.observed.SerializeAsString() == b.observed.SerializeAsString();
}

// Checks a file in pieces of 1 to `most` bytes.
Report CheckPieces(std::mt19937& engine, std::string_view bytes, size_t most) {
  PayloadChecker checker(EveryType(), Communes());
  while (!bytes.empty()) {
    // A copy that goes: what the checker keeps is its own.
    const std::string piece(bytes.substr(0, 1 + engine() % most));
    checker.Add(piece);
    bytes.remove_prefix(piece.size());
  }
  return checker.Finish();
}

void ExpectSameInPieces(std::mt19937& engine, const std::string& bytes) {
  const Report whole = CheckPayload(EveryType(), Communes(), bytes);
  for (const size_t most : {size_t{1}, size_t{2}, size_t{7}, size_t{64}, bytes.size() + 1}) {
    const Report pieces = CheckPieces(engine, bytes, most);
    ASSERT_TRUE(Same(whole, pieces)) << most << "\n"
                                     << whole.observed.ShortDebugString() << "\n"
                                     << pieces.observed.ShortDebugString() << "\n"
                                     << bytes.substr(0, 2000);
  }
}

// Random files: mostly tables, with everything that a check looks at.
class Files {
 public:
  explicit Files(std::mt19937& engine) : engine_(engine) {}

  std::string Next() {
    utf8_ = engine_() % 2 == 0;
    separator_ = ";,|\t"[engine_() % 4];
    line_end_ = engine_() % 3 == 0 ? "\r\n" : "\n";
    std::string file = utf8_ && engine_() % 3 == 0 ? "\xEF\xBB\xBF" : "";
    std::vector<std::string> header = {"annee",          "mois",       "code_insee", "code_iris",
                                       "type_structure", "nb_enfants", "nb_places"};
    if (engine_() % 4 == 0) header.push_back(Accented("pr%nom"));
    if (engine_() % 4 == 0) std::shuffle(header.begin(), header.end(), engine_);
    if (engine_() % 20 == 0) header.push_back(header[0]);
    file += Line(header);
    for (size_t rows = engine_() % 30; rows > 0; --rows) {
      std::vector<std::string> row(header.size());
      std::generate(row.begin(), row.end(), [this] { return Cell(); });
      if (engine_() % 40 == 0) row.pop_back();
      if (engine_() % 40 == 0) row.push_back(Cell());
      file += engine_() % 60 == 0 ? line_end_ : Line(row);
    }
    if (engine_() % 4 == 0) file.resize(file.size() - line_end_.size());
    return engine_() % 3 == 0 ? Broken(std::move(file)) : file;
  }

 private:
  // A text whose percent sign is an accented letter.
  std::string Accented(std::string text) const {
    const size_t at = text.find('%');
    return at == std::string::npos ? text : text.replace(at, 1, utf8_ ? "é" : "\xE9");
  }

  std::string Cell() {
    static const std::vector<std::string> cells = {"2024",
                                                   "2024-01",
                                                   "01991",
                                                   "019910101",
                                                   "mam",
                                                   "12",
                                                   "3,5",
                                                   "s",
                                                   "",
                                                   "0",
                                                   "1",
                                                   "1234567",
                                                   "cr%che",
                                                   "185074299912375",
                                                   "06 39 98 00 12",
                                                   "p.n@exemple.fr",
                                                   "2012-05-31",
                                                   "a \"%\" b",
                                                   "FR7699999888880123456789069",
                                                   "two\nlines",
                                                   "732829320",
                                                   "A7\nB",
                                                   "% %"};
    if (engine_() % 200 == 0) return std::string(1000 + engine_() % 50, 'x');
    if (engine_() % 8 == 0) return "A7" + std::to_string(engine_() % 1000);
    return Accented(cells[engine_() % cells.size()]);
  }

  std::string Line(const std::vector<std::string>& cells) {
    std::string line;
    for (const std::string& cell : cells) {
      if (!line.empty()) line += separator_;
      const bool quoted = cell.find_first_of("\",\n\r") != std::string::npos || cell.empty();
      if (!quoted && engine_() % 6 != 0) {
        line += cell;
        continue;
      }
      line += '"';
      for (const char c : cell) line += c == '"' ? "\"\"" : std::string(1, c);
      line += '"';
    }
    return line + line_end_;
  }

  std::string Broken(std::string file) {
    static const std::string breaks[] = {
        "\"", "\r", std::string(1, '\0'), "\xE9", "\xC3\xA9", "\x81", "\xE2\x82",
        "\n", ";",  "\xF0\x9F\x98\x80"};
    for (size_t times = 1 + engine_() % 2; times > 0; --times)
      file.insert(engine_() % (file.size() + 1), breaks[engine_() % std::size(breaks)]);
    return file;
  }

  std::mt19937& engine_;
  bool utf8_ = true;
  char separator_ = ';';
  std::string line_end_;
};

TEST(Pieces, GiveTheReportOfTheWhole) {
  std::mt19937 engine(1252);
  Files files(engine);
  std::map<std::string, int> seen;
  size_t faults = 0, hits = 0;
  for (int round = 0; round < 1500; ++round) {
    const std::string file = files.Next();
    ExpectSameInPieces(engine, file);
    const Report report = CheckPayload(EveryType(), Communes(), file);
    ++seen[report.observed.unreadable()];
    faults += report.observed.cells_failing() > 0 ? 1 : 0;
    hits += report.observed.column_hits_size() > 0 ? 1 : 0;
  }
  // The files are worth it: all that can be found is found.
  EXPECT_GT(seen[""], 500);
  for (const std::string why :
       {"nul", "encoding", "line-ends", "quotes", "cell-too-long", "duplicate-heading", "no-rows"})
    EXPECT_GT(seen[why], 0) << why;
  EXPECT_GT(faults, 100u);
  EXPECT_GT(hits, 100u);
}

TEST(Pieces, GiveTheReportOfTheWholeWhereTheSeparatorIsDecided) {
  std::mt19937 engine(10);
  for (const size_t bytes : {kMaxPeekedBytes - 1, kMaxPeekedBytes, kMaxPeekedBytes + 1}) {
    std::string file = "annee,mois\n2024,2024-01\n";
    file += std::string(bytes - file.size() - 1, ',') + "\n";
    const Report whole = CheckPayload(EveryType(), Communes(), file + "2023,x\n");
    EXPECT_EQ(whole.observed.rows(), 3u);
    EXPECT_EQ(whole.observed.cells_failing(), 2u);
    for (const size_t most : {size_t{5000}, size_t{70000}, 2 * bytes})
      EXPECT_TRUE(Same(whole, CheckPieces(engine, file + "2023,x\n", most))) << bytes;
  }
}

// The table that the rest of a large file follows, in which columns are seen through a sample.
TEST(Pieces, GiveTheReportOfTheWholeBeyondWhatIsKeptOfAColumn) {
  std::mt19937 engine(17);
  std::string file = "annee;dossier;code;vu\n";
  for (size_t i = 0; i < 100000; ++i) {
    const std::string number = std::to_string(100000 + i);
    file += "2024;D" + number + ";K" + number + ";2012-05-31 08:00:" + number + "\n";
  }
  const Report whole = CheckPayload(EveryType(), Communes(), file);
  EXPECT_EQ(whole.observed.column_hits_size(), 3) << whole.observed.ShortDebugString();
  for (const size_t most : {size_t{300}, size_t{100000}})
    EXPECT_TRUE(Same(whole, CheckPieces(engine, file, most))) << most;
}

}  // namespace
}  // namespace passerelle::policy::content
