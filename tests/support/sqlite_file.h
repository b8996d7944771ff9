// A look into a database file from outside, as whoever holds the disk could have it.
#ifndef PASSERELLE_TESTS_SUPPORT_SQLITE_FILE_H_
#define PASSERELLE_TESTS_SUPPORT_SQLITE_FILE_H_

#include <sqlite3.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace passerelle::tests {

// Runs SQL on a database that nobody has open; gives the first column of every row as bytes. Ends
// the test by an exception when the SQL fails.
inline std::vector<std::string> RunSql(const std::string& path, const std::string& sql) {
  sqlite3* db = nullptr;
  sqlite3_stmt* statement = nullptr;
  std::vector<std::string> rows;
  bool good = sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK &&
              sqlite3_prepare_v2(db, sql.c_str(), -1, &statement, nullptr) == SQLITE_OK;
  if (good) {
    int step = SQLITE_ROW;
    while ((step = sqlite3_step(statement)) == SQLITE_ROW)
      rows.emplace_back(static_cast<const char*>(sqlite3_column_blob(statement, 0)),
                        static_cast<size_t>(sqlite3_column_bytes(statement, 0)));
    good = step == SQLITE_DONE;
  }
  const std::string error = sqlite3_errmsg(db);
  sqlite3_finalize(statement);
  sqlite3_close(db);
  if (!good) throw std::runtime_error(path + ": " + error);
  return rows;
}

}  // namespace passerelle::tests

#endif  // PASSERELLE_TESTS_SUPPORT_SQLITE_FILE_H_
