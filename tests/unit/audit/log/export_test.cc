#include "audit/log/export.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "audit/checkpoint/checkpoint.h"
#include "audit/checkpoint/note.h"
#include "audit/merkle/merkle.h"
#include "gateway/base/bytes.h"
#include "gateway/base/files.h"
#include "gateway/base/secret.h"
#include "gateway/base/status.h"
#include "tests/support/temp_folder.h"

namespace passerelle::audit::log {
namespace {

using checkpoint::NoteSigner;
using gateway::base::Digest;
using gateway::base::ReasonOf;

// Entries "0", "1", and so on.
absl::StatusOr<std::vector<std::string>> Numbers(uint64_t begin, uint64_t end) {
  std::vector<std::string> entries;
  for (uint64_t i = begin; i < end; ++i) entries.push_back(std::to_string(i));
  return entries;
}

Digest RootOfNumbers(uint64_t size) {
  merkle::Frontier frontier;
  for (uint64_t i = 0; i < size; ++i) frontier.Append(merkle::LeafHash(std::to_string(i)));
  return frontier.Root();
}

NoteSigner SignerOf(char seed) {
  return *NoteSigner::FromSeed("the-log", gateway::base::Secret(std::string(32, seed)));
}

class ExportTest : public testing::Test {
 protected:
  std::string folder() const { return temp_ / "export"; }

  absl::Status Write(uint64_t size, EntryReader read, const Digest& root) {
    return WriteUnder(signer_, size, read, root);
  }

  // Writes under a log's key, and counts what is read.
  absl::Status WriteUnder(const NoteSigner& signer, uint64_t size, EntryReader read,
                          const Digest& root) {
    const ExportHead head{*checkpoint::SignCheckpoint(signer, {"the-log", size, root}),
                          signer.verifier().ToVkey(), size, root};
    const absl::StatusOr<uint64_t> fetched = WriteExport(
        folder(), head, read, [this](uint64_t written) { progress_.push_back(written); });
    if (fetched.ok()) fetched_ = *fetched;
    return fetched.status();
  }

  // What an export of so many numbers holds when it is made at once.
  std::map<std::string, std::string> FreshOf(uint64_t size) {
    const tests::TempFolder fresh;
    const Digest root = RootOfNumbers(size);
    EXPECT_TRUE(WriteExport(fresh.path(),
                            {*checkpoint::SignCheckpoint(signer_, {"the-log", size, root}),
                             signer_.verifier().ToVkey(), size, root},
                            Numbers, [](uint64_t) {})
                    .ok());
    return ContentsOf(fresh.path());
  }

  // Paths of all files, below the export.
  std::set<std::string> Files() const {
    std::set<std::string> files;
    for (const auto& item : std::filesystem::recursive_directory_iterator(folder()))
      if (item.is_regular_file())
        files.insert(std::filesystem::relative(item.path(), folder()).string());
    return files;
  }

  static std::map<std::string, std::string> ContentsOf(const std::string& folder) {
    std::map<std::string, std::string> contents;
    for (const auto& item : std::filesystem::recursive_directory_iterator(folder))
      if (item.is_regular_file())
        contents[std::filesystem::relative(item.path(), folder).string()] =
            *gateway::base::ReadFile(item.path().string(), 1 << 20);
    return contents;
  }

  std::string Read(const std::string& path) const {
    return *gateway::base::ReadFile(folder() + "/" + path, 1 << 20);
  }

  tests::TempFolder temp_;
  const NoteSigner signer_ = SignerOf('s');
  std::vector<uint64_t> progress_;
  uint64_t fetched_ = 0;
};

TEST(TilePath, IsThatOfTheLayout) {
  struct Row {
    int level;
    uint64_t tile;
    int width;
    const char* path;
  };
  for (const Row& row : std::vector<Row>{{0, 0, 0, "tile/0/000"},
                                         {0, 999, 0, "tile/0/999"},
                                         {1, 1000, 0, "tile/1/x001/000"},
                                         {0, 1234067, 0, "tile/0/x001/x234/067"},
                                         {-1, 1234067, 3, "tile/entries/x001/x234/067.p/3"},
                                         {63, 7, 255, "tile/63/007.p/255"},
                                         {-1, 1000000, 0, "tile/entries/x001/x000/000"},
                                         {2, 1000999, 1, "tile/2/x001/x000/999.p/1"}})
    EXPECT_EQ(TilePath(row.level, row.tile, row.width), row.path);
}

TEST(TilePath, IsReadInItsOneSpelling) {
  for (const int level : {-1, 0, 3, 63})
    for (const uint64_t tile :
         {uint64_t{0}, uint64_t{999}, uint64_t{1000}, uint64_t{1234067}, uint64_t{1} << 55})
      for (const int width : {0, 1, 255}) {
        const std::string path = TilePath(level, tile, width);
        const std::optional<TileName> name = TileFromPath(path);
        ASSERT_TRUE(name.has_value()) << path;
        EXPECT_EQ(name->level, level);
        EXPECT_EQ(name->tile, tile);
        EXPECT_EQ(name->width, width);
      }
  for (const char* path : {"",
                           "tile",
                           "tile/",
                           "tile/0",
                           "tile/0/",
                           "tile/0/00",
                           "tile/0/0000",
                           "tile/0/x000/000",
                           "tile/0/x001/00",
                           "tile/0/001/000",
                           "tile/0/X001/000",
                           "tile/00/000",
                           "tile/64/000",
                           "tile/-1/000",
                           "tile/+1/000",
                           "tile/entries",
                           "tile/entries/",
                           "tile/entries/000/",
                           "tile/0/000.p",
                           "tile/0/000.p/",
                           "tile/0/000.p/0",
                           "tile/0/000.p/01",
                           "tile/0/000.p/256",
                           "tile/0/000.p/1/",
                           "tile/0/000.p/1.p/1",
                           "/tile/0/000",
                           "tile/0/000 ",
                           "TILE/0/000",
                           "tile/0/x999/x999/x999/x999/x999/x999/x999/999"})
    EXPECT_FALSE(TileFromPath(path).has_value()) << path;
}

// The bundle of transparency-dev/tessera, testdata/log, at size 5.
TEST_F(ExportTest, WritesTheBundleOfThePublicLog) {
  const std::vector<std::string> all = {"one", "two", "three", "four", "five"};
  merkle::Frontier frontier;
  for (const std::string& entry : all) frontier.Append(merkle::LeafHash(entry));
  ASSERT_EQ(gateway::base::ToBase64(gateway::base::View(frontier.Root())),
            "gy5gl3aksFyiCO95a/1vLXz88A3dRq+0l9Sxte8ZqZQ=");
  const absl::Status status = Write(
      5, [&](uint64_t, uint64_t) { return absl::StatusOr<std::vector<std::string>>(all); },
      frontier.Root());
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(Files(), (std::set<std::string>{"checkpoint", "log.vkey", "tile/0/000.p/5",
                                            "tile/entries/000.p/5"}));
  EXPECT_EQ(gateway::base::ToHex(Read("tile/entries/000.p/5")),
            "00036f6e65000374776f000574687265650004666f7572000466697665");
  EXPECT_EQ(Read("tile/0/000.p/5").size(), 5 * 32u);
  EXPECT_TRUE(checkpoint::OpenCheckpoint(Read("checkpoint"), signer_.verifier(), "the-log").ok());
  EXPECT_EQ(Read("log.vkey"), signer_.verifier().ToVkey() + "\n");
}

TEST_F(ExportTest, OfAnEmptyLogHasNoTile) {
  ASSERT_TRUE(Write(0, Numbers, merkle::EmptyRoot()).ok());
  EXPECT_EQ(Files(), (std::set<std::string>{"checkpoint", "log.vkey"}));
}

TEST_F(ExportTest, At256HasOneFullTileAndItsRootAbove) {
  ASSERT_TRUE(Write(256, Numbers, RootOfNumbers(256)).ok());
  EXPECT_EQ(Files(), (std::set<std::string>{"checkpoint", "log.vkey", "tile/0/000",
                                            "tile/1/000.p/1", "tile/entries/000"}));
  EXPECT_EQ(Read("tile/0/000").size(), 8192u);
  EXPECT_EQ(Read("tile/1/000.p/1"), gateway::base::ToBytes(RootOfNumbers(256)));
}

TEST_F(ExportTest, At70000HasTheWidthsOfTheLayout) {
  constexpr uint64_t kSize = 70000;
  const absl::Status status = Write(kSize, Numbers, RootOfNumbers(kSize));
  ASSERT_TRUE(status.ok()) << status;
  std::set<std::string> expected = {
      "checkpoint",      "log.vkey",       "tile/0/273.p/112",      "tile/1/000",
      "tile/1/001.p/17", "tile/2/000.p/1", "tile/entries/273.p/112"};
  for (uint64_t tile = 0; tile < 273; ++tile) {
    expected.insert(TilePath(0, tile, 0));
    expected.insert(TilePath(-1, tile, 0));
  }
  EXPECT_EQ(Files(), expected);
  EXPECT_EQ(Read("tile/0/273.p/112").size(), 112 * 32u);
  EXPECT_EQ(Read("tile/2/000.p/1"), gateway::base::ToBytes(RootOfNumbers(65536)));
  EXPECT_EQ(progress_.size(), 274u);
  EXPECT_EQ(progress_.back(), kSize);

  EXPECT_EQ(*ReadExportEntries(folder(), kSize, 0, kSize), *Numbers(0, kSize));
  EXPECT_EQ(*ReadExportEntries(folder(), kSize, 255, 513), *Numbers(255, 513));
  EXPECT_EQ(*ReadExportEntries(folder(), kSize, 69999, kSize), *Numbers(69999, kSize));
  EXPECT_TRUE(ReadExportEntries(folder(), kSize, 7, 7)->empty());
  EXPECT_TRUE(absl::IsOutOfRange(ReadExportEntries(folder(), kSize, 0, kSize + 1).status()));
  EXPECT_TRUE(absl::IsOutOfRange(ReadExportEntries(folder(), kSize, 2, 1).status()));
}

TEST_F(ExportTest, LeavesNoCheckpointWhenEntriesDoNotLeadToTheRoot) {
  Digest root = RootOfNumbers(300);
  root[0] ^= 1;
  absl::Status status = Write(300, Numbers, root);
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(ReasonOf(status), "LOG_ROOT");
  EXPECT_EQ(Files().count("checkpoint"), 0u);

  std::filesystem::remove_all(folder());
  status = Write(
      300,
      [](uint64_t begin, uint64_t end) { return Numbers(begin, std::min(end, uint64_t{290})); },
      RootOfNumbers(300));
  EXPECT_EQ(ReasonOf(status), "LOG_ENTRY_MISSING");
  EXPECT_EQ(status.message(), "entry 290 is missing");
}

TEST_F(ExportTest, BroughtUpToDateIsTheOneMadeAtOnce) {
  for (const uint64_t size : {0, 1, 255, 256, 300, 300, 511, 512, 70000, 70001}) {
    const absl::Status status = Write(size, Numbers, RootOfNumbers(size));
    ASSERT_TRUE(status.ok()) << size << status;
    EXPECT_EQ(ContentsOf(folder()), FreshOf(size)) << size;
    if (size == 70000)
      EXPECT_EQ(fetched_, 70000u - 512) << "full bundles are taken from the folder";
    if (size == 70001) EXPECT_EQ(fetched_, 70001u % 256);
  }
}

TEST_F(ExportTest, GoesOnWhereItWasInterrupted) {
  uint64_t asked = 0;
  const auto failing = [&](uint64_t begin, uint64_t end) {
    asked += end - begin;
    if (begin >= 1024) return absl::StatusOr<std::vector<std::string>>(absl::UnavailableError(""));
    return Numbers(begin, end);
  };
  EXPECT_TRUE(absl::IsUnavailable(Write(2000, failing, RootOfNumbers(2000))));
  EXPECT_EQ(Files().count("checkpoint"), 0u);
  // What a crash tore is read again, and all after it.
  ASSERT_TRUE(gateway::base::WriteFile(folder() + "/tile/entries/002", "torn",
                                       gateway::base::FileMode::kPrivate)
                  .ok());
  ASSERT_TRUE(
      gateway::base::WriteFile(folder() + "/tile/0/001", "", gateway::base::FileMode::kPrivate)
          .ok());
  ASSERT_TRUE(Write(2100, Numbers, RootOfNumbers(2100)).ok());
  EXPECT_EQ(fetched_, 2100u - 512);
  EXPECT_EQ(ContentsOf(folder()), FreshOf(2100));
}

TEST_F(ExportTest, OfALogThatForkedLeavesTheEarlierOneAsItIs) {
  ASSERT_TRUE(Write(300, Numbers, RootOfNumbers(300)).ok());
  const std::map<std::string, std::string> before = ContentsOf(folder());
  // Another entry 290, under the same key; then a log that became shorter.
  const auto forked = [](uint64_t begin, uint64_t end) {
    absl::StatusOr<std::vector<std::string>> entries = Numbers(begin, end);
    if (begin <= 290 && 290 < end) (*entries)[290 - begin] = "another";
    return entries;
  };
  merkle::Frontier frontier;
  const std::vector<std::string> all = *forked(0, 400);
  for (const std::string& entry : all) frontier.Append(merkle::LeafHash(entry));
  EXPECT_EQ(ReasonOf(Write(400, forked, frontier.Root())), "EXPORT_FORKED");
  EXPECT_EQ(ContentsOf(folder()), before);
  EXPECT_EQ(ReasonOf(Write(299, Numbers, RootOfNumbers(299))), "EXPORT_FORKED");
  EXPECT_EQ(ContentsOf(folder()), before);
}

TEST_F(ExportTest, WhoseFolderWasAlteredSaysSo) {
  ASSERT_TRUE(Write(300, Numbers, RootOfNumbers(300)).ok());
  std::string bundle = Read("tile/entries/000");
  bundle[2] ^= 1;
  ASSERT_TRUE(gateway::base::WriteFile(folder() + "/tile/entries/000", bundle,
                                       gateway::base::FileMode::kPrivate)
                  .ok());
  EXPECT_EQ(ReasonOf(Write(400, Numbers, RootOfNumbers(400))), "EXPORT_FORKED");
  EXPECT_TRUE(checkpoint::OpenCheckpoint(Read("checkpoint"), signer_.verifier(), "the-log").ok());
}

TEST_F(ExportTest, GoesIntoNoFolderOfSomethingElse) {
  ASSERT_TRUE(Write(300, Numbers, RootOfNumbers(300)).ok());
  EXPECT_EQ(ReasonOf(WriteUnder(SignerOf('o'), 300, Numbers, RootOfNumbers(300))),
            "EXPORT_OTHER_LOG");
  std::filesystem::remove(folder() + "/log.vkey");
  EXPECT_EQ(ReasonOf(Write(300, Numbers, RootOfNumbers(300))), "EXPORT_NOT_EMPTY");
}

TEST_F(ExportTest, ReadsTheFullBundleWhereThePartialIsGone) {
  ASSERT_TRUE(Write(512, Numbers, RootOfNumbers(512)).ok());
  EXPECT_EQ(*ReadExportEntries(folder(), 300, 250, 300), *Numbers(250, 300));
}

TEST_F(ExportTest, NamesTheBundleThatIsMissingOrMalformed) {
  ASSERT_TRUE(Write(300, Numbers, RootOfNumbers(300)).ok());
  const std::string path = folder() + "/tile/entries/001.p/44";
  const std::string bundle = *gateway::base::ReadFile(path, 1 << 20);
  const auto read_with = [&](const std::string& bytes) {
    EXPECT_TRUE(gateway::base::WriteFile(path, bytes, gateway::base::FileMode::kPrivate).ok());
    return ReadExportEntries(folder(), 300, 200, 300).status();
  };
  EXPECT_TRUE(read_with(bundle).ok());
  for (const std::string& bytes :
       {std::string(), bundle.substr(0, bundle.size() - 1), bundle.substr(0, bundle.size() - 4),
        bundle + '\0', bundle + std::string("\0\1x", 3), "\xff" + bundle}) {
    const absl::Status status = read_with(bytes);
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
    EXPECT_EQ(ReasonOf(status), "EXPORT_BUNDLE");
    EXPECT_EQ(status.message().substr(0, 23), "tile/entries/001.p/44: ");
  }
  std::filesystem::remove(path);
  EXPECT_EQ(ReasonOf(ReadExportEntries(folder(), 300, 200, 300).status()), "EXPORT_BUNDLE");
  EXPECT_TRUE(ReadExportEntries(folder(), 300, 0, 256).ok()) << "the others still stand";
}

}  // namespace
}  // namespace passerelle::audit::log
