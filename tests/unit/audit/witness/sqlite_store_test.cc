#include "audit/witness/sqlite_store.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "gateway/base/files.h"
#include "gateway/base/status.h"
#include "tests/support/temp_folder.h"

namespace passerelle::audit::witness {
namespace {

using gateway::base::ReasonOf;

Witnessed Row(uint64_t size, char fill) {
  Witnessed row;
  row.size = size;
  row.root.fill(static_cast<unsigned char>(fill));
  row.note = std::string("note ") + fill;
  return row;
}

class SqliteWitnessStoreTest : public testing::Test {
 protected:
  std::unique_ptr<WitnessStore> Open() { return *OpenSqliteWitnessStore(path_); }

  tests::TempFolder folder_;
  const std::string path_ = folder_ / "witness.db";
};

TEST_F(SqliteWitnessStoreTest, KeepsARowALogAcrossAnEnd) {
  {
    const std::unique_ptr<WitnessStore> store = Open();
    EXPECT_FALSE(store->Find("one")->has_value());
    EXPECT_TRUE(*store->Replace("one", 0, Row(5, 'a')));
    EXPECT_TRUE(*store->Replace("two", 0, Row(1, 'b')));
    EXPECT_TRUE(*store->Replace("one", 5, Row(9, 'c')));
  }
  const std::unique_ptr<WitnessStore> store = Open();
  EXPECT_EQ(**store->Find("one"), Row(9, 'c'));
  EXPECT_EQ(**store->Find("two"), Row(1, 'b'));
  EXPECT_EQ(*gateway::base::PermissionsOf(path_), 0600);
}

TEST_F(SqliteWitnessStoreTest, ReplacesNothingThatIsNotOfTheSizeGiven) {
  const std::unique_ptr<WitnessStore> store = Open();
  EXPECT_FALSE(*store->Replace("one", 3, Row(5, 'a')));
  EXPECT_FALSE(store->Find("one")->has_value());
  ASSERT_TRUE(*store->Replace("one", 0, Row(5, 'a')));
  EXPECT_FALSE(*store->Replace("one", 0, Row(7, 'b')));
  EXPECT_FALSE(*store->Replace("one", 4, Row(7, 'b')));
  EXPECT_EQ(**store->Find("one"), Row(5, 'a'));
  // The same size again: an idle log's view is made young.
  EXPECT_TRUE(*store->Replace("one", 5, Row(5, 'd')));
}

TEST_F(SqliteWitnessStoreTest, ALogOfNoEntryGoesOn) {
  const std::unique_ptr<WitnessStore> store = Open();
  ASSERT_TRUE(*store->Replace("one", 0, Row(0, 'a')));
  ASSERT_TRUE(*store->Replace("one", 0, Row(4, 'b')));
  EXPECT_EQ(**store->Find("one"), Row(4, 'b'));
}

TEST_F(SqliteWitnessStoreTest, OfTwoThatShareAFileOneWins) {
  const std::unique_ptr<WitnessStore> one = Open(), other = Open();
  ASSERT_TRUE(*one->Replace("log", 0, Row(5, 'a')));
  EXPECT_TRUE(*other->Replace("log", 5, Row(7, 'b')));
  EXPECT_FALSE(*one->Replace("log", 5, Row(8, 'c')));
  EXPECT_EQ(**one->Find("log"), Row(7, 'b'));
}

TEST_F(SqliteWitnessStoreTest, RefusesAFileOfSomethingElse) {
  ASSERT_TRUE(gateway::base::WriteFile(path_, "not a database, and long enough to be read as one",
                                       gateway::base::FileMode::kPrivate)
                  .ok());
  EXPECT_EQ(ReasonOf(OpenSqliteWitnessStore(path_).status()), "STORE_FOREIGN");
}

}  // namespace
}  // namespace passerelle::audit::witness
