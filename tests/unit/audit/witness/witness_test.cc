#include "audit/witness/witness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "audit/checkpoint/checkpoint.h"
#include "audit/checkpoint/submission.h"
#include "audit/merkle/memory_tree.h"
#include "audit/merkle/merkle.h"
#include "gateway/base/bytes.h"
#include "gateway/base/status.h"

namespace passerelle::audit::witness {
namespace {

using checkpoint::Checkpoint;
using checkpoint::CosignatureSigner;
using checkpoint::NoteSigner;
using gateway::base::Digest;
using gateway::base::Secret;
using testing::HasSubstr;

constexpr char kOrigin[] = "example.org/log/test";
constexpr int64_t kNow = 1717408800;

// Rows in memory, and faults on demand.
class MemoryWitnessStore final : public WitnessStore {
 public:
  absl::StatusOr<std::optional<Witnessed>> Find(std::string_view origin) override {
    if (fails) return absl::UnavailableError("the disk");
    const auto it = rows.find(std::string(origin));
    if (it == rows.end()) return std::optional<Witnessed>();
    return std::optional<Witnessed>(it->second);
  }

  absl::StatusOr<bool> Replace(std::string_view origin, uint64_t old_size,
                               const Witnessed& next) override {
    if (fails_to_write) return absl::UnavailableError("the disk");
    if (overtaken.has_value()) rows[std::string(origin)] = *std::exchange(overtaken, std::nullopt);
    const auto it = rows.find(std::string(origin));
    if ((it == rows.end() ? 0 : it->second.size) != old_size) return false;
    rows[std::string(origin)] = next;
    return true;
  }

  std::map<std::string, Witnessed> rows;
  bool fails = false, fails_to_write = false;
  // What another submission stores just before the next Replace.
  std::optional<Witnessed> overtaken;
};

// A log that can show any history.
class Log {
 public:
  explicit Log(char seed = 'l', std::string_view origin = kOrigin)
      : signer_(*NoteSigner::FromSeed(origin, Secret(std::string(32, seed)))), origin_(origin) {}

  void Grow(int entries, std::string_view flavour = "entry") {
    for (int i = 0; i < entries; ++i)
      tree_.Append(merkle::LeafHash(absl::StrCat(std::string(flavour), " ", tree_.size())));
  }

  std::string NoteAt(uint64_t size) const {
    return *checkpoint::SignCheckpoint(signer_, {std::string(origin_), size, RootAt(size)});
  }

  std::string Submit(uint64_t from, uint64_t to) const {
    checkpoint::Submission submission{from, {}, NoteAt(to)};
    if (from > 0)
      submission.proof = *merkle::ConsistencyProof(
          from, to, [&](merkle::NodeId node) { return tree_.Node(node); });
    return ToText(submission);
  }

  Digest RootAt(uint64_t size) const {
    if (size == 0) return merkle::EmptyRoot();
    return *merkle::RootAt(size, [&](merkle::NodeId node) { return tree_.Node(node); });
  }

  uint64_t size() const { return tree_.size(); }
  const NoteSigner& signer() const { return signer_; }

 private:
  NoteSigner signer_;
  std::string_view origin_;
  merkle::MemoryTree tree_;
};

class WitnessTest : public testing::Test {
 protected:
  WitnessTest()
      : witness_({{kOrigin, log_.signer().verifier()}},
                 *CosignatureSigner::FromSeed("witness.example/one", Secret(std::string(32, 'w'))),
                 store_, [] { return kNow; }) {}

  WitnessAnswer Add(const std::string& body) { return witness_.AddCheckpoint(body); }

  Log log_;
  MemoryWitnessStore store_;
  Witness witness_;
};

TEST_F(WitnessTest, CosignsWhatContinuesTheLastAndKeepsIt) {
  log_.Grow(5);
  const WitnessAnswer first = Add(log_.Submit(0, 5));
  ASSERT_EQ(first.code, 200) << first.body;
  const std::string note = log_.NoteAt(5) + first.body;
  const auto found = checkpoint::OpenCosignatures(note, {witness_.verifier()});
  ASSERT_TRUE(found.ok()) << found.status();
  ASSERT_EQ(found->size(), 1u);
  EXPECT_EQ((*found)[0].time_s, static_cast<uint64_t>(kNow));
  EXPECT_EQ(store_.rows.at(kOrigin), (Witnessed{5, log_.RootAt(5), note}));
  log_.Grow(4);
  EXPECT_EQ(Add(log_.Submit(5, 9)).code, 200);
  // The same again: an idle log's view is made young.
  EXPECT_EQ(Add(log_.Submit(9, 9)).code, 200);
  EXPECT_EQ(store_.rows.at(kOrigin).size, 9u);
}

TEST_F(WitnessTest, TellsTheSizeThatItHolds) {
  log_.Grow(9);
  ASSERT_EQ(Add(log_.Submit(0, 5)).code, 200);
  for (const uint64_t old_size : {uint64_t{0}, uint64_t{4}, uint64_t{9}}) {
    const WitnessAnswer answer = Add(log_.Submit(old_size, 9));
    EXPECT_EQ(answer.code, 409);
    EXPECT_EQ(answer.body, "5\n");
    EXPECT_EQ(answer.content_type, "text/x.tlog.size");
  }
}

TEST_F(WitnessTest, RefusesAForkWhateverItIsOfferedWith) {
  log_.Grow(9);
  ASSERT_EQ(Add(log_.Submit(0, 5)).code, 200);
  Log fork;
  fork.Grow(3);
  fork.Grow(9, "another");
  const Witnessed before = store_.rows.at(kOrigin);
  EXPECT_EQ(Add(fork.Submit(5, 12)).code, 422);
  EXPECT_EQ(Add(fork.Submit(5, 5)).code, 422);
  // A proof of the right history beside the note of the wrong one.
  checkpoint::Submission mixed = *checkpoint::SubmissionFromText(log_.Submit(5, 9));
  mixed.checkpoint = fork.NoteAt(9);
  EXPECT_EQ(Add(checkpoint::ToText(mixed)).code, 422);
  // And every hash of the proof counts.
  const checkpoint::Submission good = *checkpoint::SubmissionFromText(log_.Submit(5, 9));
  for (size_t i = 0; i < good.proof.size(); ++i) {
    checkpoint::Submission bad = good;
    bad.proof[i][0] ^= 1;
    EXPECT_EQ(Add(checkpoint::ToText(bad)).code, 422);
  }
  checkpoint::Submission longer = good;
  longer.proof.push_back(good.proof[0]);
  EXPECT_EQ(Add(checkpoint::ToText(longer)).code, 422);
  EXPECT_EQ(store_.rows.at(kOrigin), before);
}

TEST_F(WitnessTest, TakesTheFirstCheckpointWithAnEmptyProofAlone) {
  log_.Grow(5);
  checkpoint::Submission first{0, {Digest{}}, log_.NoteAt(5)};
  EXPECT_EQ(Add(checkpoint::ToText(first)).code, 422);
  EXPECT_EQ(Add(log_.Submit(0, 0)).code, 200);
  EXPECT_EQ(Add(log_.Submit(0, 5)).code, 200);
  MemoryWitnessStore other;
  const std::string wrong = *log_.signer().Sign(absl::StrCat(
      kOrigin, "\n0\n", gateway::base::ToBase64(gateway::base::View(log_.RootAt(5))), "\n"));
  EXPECT_EQ(Witness({{kOrigin, log_.signer().verifier()}},
                    *CosignatureSigner::FromSeed("w", Secret(std::string(32, 'w'))), other,
                    [] { return kNow; })
                .AddCheckpoint(ToText(checkpoint::Submission{0, {}, wrong}))
                .code,
            422);
}

TEST_F(WitnessTest, KnowsItsLogsByOriginAndKey) {
  Log stranger('l', "example.org/other");
  stranger.Grow(3);
  EXPECT_EQ(Add(stranger.Submit(0, 3)).code, 404);
  Log thief('t');
  thief.Grow(3);
  EXPECT_EQ(Add(thief.Submit(0, 3)).code, 403);
  EXPECT_TRUE(store_.rows.empty());
}

TEST_F(WitnessTest, RefusesWhatIsMalformed) {
  log_.Grow(3);
  for (const std::string& body :
       {std::string(), std::string("old 0\n"), "old 00\n\n" + log_.NoteAt(3),
        "old 7\n\n" + log_.NoteAt(3), log_.NoteAt(3)})
    EXPECT_EQ(Add(body).code, 400) << body;
  const std::string extended =
      *log_.signer().Sign(absl::StrCat(checkpoint::ToText({kOrigin, 3, log_.RootAt(3)}), "more\n"));
  EXPECT_EQ(Add("old 0\n\n" + extended).code, 400);
}

TEST_F(WitnessTest, AnswersNothingThatIsNotKept) {
  log_.Grow(5);
  store_.fails_to_write = true;
  EXPECT_EQ(Add(log_.Submit(0, 5)).code, 500);
  store_.fails_to_write = false;
  store_.fails = true;
  EXPECT_EQ(Add(log_.Submit(0, 5)).code, 500);
  store_.fails = false;
  EXPECT_TRUE(store_.rows.empty());
  // Overtaken between looking and writing.
  store_.overtaken = Witnessed{4, log_.RootAt(4), "a note"};
  const WitnessAnswer answer = Add(log_.Submit(0, 5));
  EXPECT_EQ(answer.code, 409);
  EXPECT_EQ(answer.body, "4\n");
}

TEST_F(WitnessTest, ShowsTheLastCosignedCheckpoint) {
  const std::string hash =
      gateway::base::ToHex(gateway::base::View(gateway::base::Sha256(kOrigin)));
  EXPECT_EQ(witness_.GetCheckpoint(hash).code, 404);
  log_.Grow(5);
  const WitnessAnswer added = Add(log_.Submit(0, 5));
  const WitnessAnswer shown = witness_.GetCheckpoint(hash);
  EXPECT_EQ(shown.code, 200);
  EXPECT_EQ(shown.body, log_.NoteAt(5) + added.body);
  EXPECT_EQ(witness_.GetCheckpoint(hash.substr(1)).code, 404);
}

// Whatever two histories offer, in whatever order: those that were cosigned continue one another.
TEST_F(WitnessTest, NeverCosignsTwoHistories) {
  std::mt19937 random(11);
  for (int round = 0; round < 30; ++round) {
    store_.rows.clear();
    Log honest, forked;
    const int common = static_cast<int>(random() % 6);
    honest.Grow(common);
    forked.Grow(common);
    honest.Grow(12, "one");
    forked.Grow(12, "two");
    std::vector<std::pair<const Log*, uint64_t>> cosigned;
    for (int step = 0; step < 60; ++step) {
      const Log& log = random() % 2 == 0 ? honest : forked;
      const uint64_t from = random() % (log.size() + 1), to = random() % (log.size() + 1);
      if (from > to) continue;
      if (Add(log.Submit(from, to)).code == 200) cosigned.emplace_back(&log, to);
    }
    for (size_t i = 1; i < cosigned.size(); ++i) {
      const auto& [earlier, small] = cosigned[i - 1];
      const auto& [later, large] = cosigned[i];
      ASSERT_LE(small, large);
      EXPECT_EQ(earlier->RootAt(small), later->RootAt(small));
    }
  }
}

}  // namespace
}  // namespace passerelle::audit::witness
