#include "audit/witness/submit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "audit/checkpoint/checkpoint.h"
#include "audit/witness/sqlite_store.h"
#include "gateway/base/digest.h"
#include "gateway/base/status.h"
#include "tests/support/memory_store.h"
#include "tests/support/temp_folder.h"

namespace passerelle::audit::witness {
namespace {

using checkpoint::CosignatureSigner;
using checkpoint::NoteSigner;
using gateway::base::ReasonOf;
using gateway::base::Secret;
using testing::HasSubstr;

constexpr char kOrigin[] = "example.org/log/test";
constexpr int64_t kNow = 1717408800;

// A log of the gateway's own kind.
class TestLog {
 public:
  TestLog() {
    log_ = *log::Log::Open(kOrigin, store_, nullptr, signer_,
                           [](auto, auto&, auto&) { return absl::OkStatus(); });
  }

  void Grow(int entries, std::string_view flavour = "entry") {
    for (int i = 0; i < entries; ++i)
      ASSERT_TRUE(
          log_->Append({absl::StrCat(std::string(flavour), " ", log_->head().size)}, kNow).ok());
  }

  const log::Log& log() const { return *log_; }
  const NoteSigner& signer() const { return signer_; }

 private:
  tests::MemoryStore store_;
  const NoteSigner signer_ = *NoteSigner::FromSeed(kOrigin, Secret(std::string(32, 'l')));
  std::unique_ptr<log::Log> log_;
};

// Over a real witness, unless answers are laid ready: those are given first, one after the other.
class SubmitTest : public testing::Test {
 protected:
  absl::StatusOr<WitnessAnswer> Answer(std::string_view path, const std::string* body) {
    asked_.emplace_back(path);
    if (!ready_.empty()) {
      const WitnessAnswer answer = ready_.front();
      ready_.erase(ready_.begin());
      return answer;
    }
    if (body != nullptr) return witness_.AddCheckpoint(*body);
    return witness_.GetCheckpoint(path.substr(1, path.size() - sizeof("/checkpoint")));
  }

  absl::StatusOr<Cosigned> SubmitTo(const TestLog& log) {
    return Submit(
        {log.log(), log.signer().verifier(), witness_.verifier()}, log.log().signed_head(),
        known_size_,
        [&](std::string_view path, const std::string* body) { return Answer(path, body); });
  }

  absl::Status CompareWith(const TestLog& log) {
    return Compare(
        {log.log(), log.signer().verifier(), witness_.verifier()},
        [&](std::string_view path, const std::string* body) { return Answer(path, body); });
  }

  TestLog log_;
  tests::TempFolder folder_;
  const std::unique_ptr<WitnessStore> store_ = *OpenSqliteWitnessStore(folder_ / "witness.db");
  Witness witness_{
      {{kOrigin, log_.signer().verifier()}},
      *CosignatureSigner::FromSeed("witness.example/one", Secret(std::string(32, 'w'))),
      *store_,
      [] { return kNow; }};
  uint64_t known_size_ = 0;
  std::vector<WitnessAnswer> ready_;
  std::vector<std::string> asked_;
};

TEST_F(SubmitTest, BringsTheCosignatureOfEachHead) {
  for (const int more : {3, 4, 0, 300}) {
    log_.Grow(more);
    const absl::StatusOr<Cosigned> cosigned = SubmitTo(log_);
    ASSERT_TRUE(cosigned.ok()) << cosigned.status();
    EXPECT_EQ(cosigned->time_s, static_cast<uint64_t>(kNow));
    EXPECT_EQ(known_size_, log_.log().head().size);
    const auto valid = checkpoint::OpenCosignatures(
        log_.log().signed_head().checkpoint + cosigned->line, {witness_.verifier()});
    ASSERT_TRUE(valid.ok());
    EXPECT_EQ(valid->size(), 1u);
  }
  EXPECT_EQ(asked_.size(), 4u);
}

TEST_F(SubmitTest, LearnsTheSizeThatTheWitnessHolds) {
  log_.Grow(3);
  ASSERT_TRUE(SubmitTo(log_).ok());
  log_.Grow(4);
  // As after a start, and as after an answer that was lost.
  for (const uint64_t believed : {uint64_t{0}, uint64_t{5}}) {
    known_size_ = believed;
    ASSERT_TRUE(SubmitTo(log_).ok()) << believed;
    EXPECT_EQ(known_size_, 7u);
  }
}

TEST_F(SubmitTest, AsksAgainOnceAndNoMore) {
  log_.Grow(7);
  const auto conflict = [](std::string body, std::string type = "text/x.tlog.size") {
    return WitnessAnswer{409, std::move(type), std::move(body)};
  };
  const WitnessAnswer none{404, "text/plain", ""};
  struct Row {
    std::vector<WitnessAnswer> answers;
    size_t asked;
  };
  for (const Row& row : std::vector<Row>{
           // It changes its mind for ever.
           {{conflict("3\n"), conflict("4\n"), none}, 3},
           // The size that it was told, none, one that is no number, one that is not announced.
           {{conflict("0\n"), none}, 2},
           {{conflict(""), none}, 2},
           {{conflict("03\n"), none}, 2},
           {{conflict("3"), none}, 2},
           {{conflict("-3\n"), none}, 2},
           {{conflict("3\n", "text/plain"), none}, 2},
           // More than there is.
           {{conflict("8\n"), none}, 2}}) {
    known_size_ = 0;
    asked_.clear();
    ready_ = row.answers;
    EXPECT_EQ(ReasonOf(SubmitTo(log_).status()), "WITNESS_REFUSED") << row.answers[0].body;
    EXPECT_EQ(asked_.size(), row.asked) << row.answers[0].body;
  }
}

TEST_F(SubmitTest, TakesEveryOtherAnswerForARefusalThatNamesTheWitness) {
  log_.Grow(2);
  for (const int code : {204, 301, 400, 403, 404, 429, 500, 503}) {
    ready_ = {{code, "text/plain", "because \x01\"of\" this\n"}};
    const absl::Status refused = SubmitTo(log_).status();
    EXPECT_EQ(refused.code(), absl::StatusCode::kUnavailable) << code;
    EXPECT_THAT(std::string(refused.message()),
                HasSubstr(absl::StrCat("witness witness.example/one: it answered ", code,
                                       " \"because ??of? this\"")));
  }
}

TEST_F(SubmitTest, BelievesNoCosignatureThatDoesNotVerify) {
  log_.Grow(2);
  const std::string text = log_.log().signed_head().checkpoint;
  const CosignatureSigner other =
      *CosignatureSigner::FromSeed("witness.example/two", Secret(std::string(32, 'o')));
  const std::string foreign = *other.Cosign(text.substr(0, text.find("\n\n") + 1), kNow);
  log_.Grow(1);
  ASSERT_TRUE(SubmitTo(log_).ok());
  // Of this witness, over another checkpoint.
  const std::string later = SubmitTo(log_)->line;
  log_.Grow(1);
  for (const std::string& line : {std::string(), foreign, later, std::string("nonsense\n")}) {
    ready_ = {{200, "text/plain", line}};
    EXPECT_EQ(ReasonOf(SubmitTo(log_).status()), "WITNESS_REFUSED") << line;
  }
  EXPECT_TRUE(SubmitTo(log_).ok());
}

TEST_F(SubmitTest, FindsItsOwnLineAmongThoseOfOthers) {
  log_.Grow(2);
  const std::string note = log_.log().signed_head().checkpoint;
  const std::string text = note.substr(0, note.find("\n\n") + 1);
  const CosignatureSigner own =
      *CosignatureSigner::FromSeed("witness.example/one", Secret(std::string(32, 'w')));
  const CosignatureSigner newer =
      *CosignatureSigner::FromSeed("witness.example/one", Secret(std::string(32, 'n')));
  const std::string line = *own.Cosign(text, kNow);
  ready_ = {{200, "text/plain", absl::StrCat(*newer.Cosign(text, kNow), line)}};
  const absl::StatusOr<Cosigned> cosigned = SubmitTo(log_);
  ASSERT_TRUE(cosigned.ok()) << cosigned.status();
  EXPECT_EQ(cosigned->line, line);
}

TEST_F(SubmitTest, ProvesAForkByWhatTheWitnessCosigned) {
  log_.Grow(5);
  ASSERT_TRUE(SubmitTo(log_).ok());
  TestLog fork;
  fork.Grow(3);
  fork.Grow(5, "another");
  const absl::Status forked = SubmitTo(fork).status();
  EXPECT_EQ(forked.code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(ReasonOf(forked), "LOG_FORKED");
  EXPECT_THAT(std::string(forked.message()), HasSubstr("witness.example/one"));
  EXPECT_EQ(ReasonOf(CompareWith(fork)), "LOG_FORKED");
  EXPECT_TRUE(CompareWith(log_).ok());
}

TEST_F(SubmitTest, ProvesARollbackAndNamesTheEntry) {
  log_.Grow(5);
  ASSERT_TRUE(SubmitTo(log_).ok());
  TestLog older;
  older.Grow(3);
  for (const absl::Status& lost : {SubmitTo(older).status(), CompareWith(older)}) {
    EXPECT_EQ(ReasonOf(lost), "LOG_BEHIND_WITNESS");
    EXPECT_THAT(std::string(lost.message()), HasSubstr("entry 3 and those after it are lost"));
  }
}

// A witness that lies stops nobody: only our own key is proof.
TEST_F(SubmitTest, IsNotMovedByAWitnessWithoutProof) {
  log_.Grow(3);
  const NoteSigner liar = *NoteSigner::FromSeed(kOrigin, Secret(std::string(32, 'x')));
  const std::string forged =
      *checkpoint::SignCheckpoint(liar, {kOrigin, 9, gateway::base::Sha256({"no root of ours"})});
  const NoteSigner own = *NoteSigner::FromSeed(kOrigin, Secret(std::string(32, 'l')));
  const std::string foreign = *checkpoint::SignCheckpoint(
      own, {"example.org/log/other", 9, gateway::base::Sha256({"another log's"})});
  for (const std::string& note : {forged, foreign, std::string("nonsense")}) {
    ready_ = {{422, "text/plain", ""}, {200, "text/plain", note}};
    EXPECT_EQ(ReasonOf(SubmitTo(log_).status()), "WITNESS_REFUSED");
    ready_ = {{200, "text/plain", note}};
    EXPECT_EQ(ReasonOf(CompareWith(log_)), "WITNESS_REFUSED");
  }
}

}  // namespace
}  // namespace passerelle::audit::witness
