// Logs of earlier releases, kept for ever: whatever the code becomes, they verify, their decisions
// are taken again alike, their bytes are those that the encoder writes, and they rebuild their
// state.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "audit/entry/codec.h"
#include "audit/log/export.h"
#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/verify/verify.h"
#include "tests/support/golden_life.h"

namespace passerelle::gateway::verify {
namespace {

constexpr char kGolden[] = PASSERELLE_TESTDATA "/golden";

std::vector<std::string> GoldenLogs() {
  std::vector<std::string> folders;
  for (const auto& folder : std::filesystem::directory_iterator(kGolden))
    folders.push_back(folder.path().filename().string());
  std::sort(folders.begin(), folders.end());
  return folders;
}

class GoldenLog : public testing::TestWithParam<std::string> {
 protected:
  std::string folder() const { return std::string(kGolden) + "/" + GetParam(); }

  Verdict Verify() const {
    const absl::StatusOr<Verdict> verdict = VerifyExport(
        folder() + "/log", {.redecide = true, .dump = true}, [](uint64_t, uint64_t) {});
    EXPECT_TRUE(verdict.ok()) << verdict.status();
    return verdict.ok() ? *verdict : Verdict();
  }
};

TEST_P(GoldenLog, VerifiesAndIsDecidedAgainAlike) {
  const Verdict verdict = Verify();
  EXPECT_TRUE(verdict.accepted) << verdict.fault_en;
  EXPECT_EQ(verdict.not_interpreted, 0u);
  uint64_t by_others = 0;
  for (const auto& [version, entries] : verdict.other_engines) by_others += entries;
  EXPECT_EQ(verdict.redecided + verdict.refused + by_others, verdict.entries);
}

TEST_P(GoldenLog, RebuildsItsStateByteForByte) {
  const absl::StatusOr<std::string> state =
      base::ReadFile(folder() + "/state.txt", base::kMaxStatementFileBytes);
  ASSERT_TRUE(state.ok()) << state.status();
  EXPECT_EQ(Verify().dump, *state);
}

TEST_P(GoldenLog, HoldsTheBytesThatTheEncoderWrites) {
  const Verdict verdict = Verify();
  const auto entries =
      audit::log::ReadExportEntries(folder() + "/log", verdict.entries, 0, verdict.entries);
  ASSERT_TRUE(entries.ok()) << entries.status();
  for (const std::string& bytes : *entries) {
    const auto entry = audit::entry::DecodeLeaf(bytes);
    ASSERT_TRUE(entry.ok()) << entry.status();
    const absl::StatusOr<std::string> encoded = audit::entry::EncodeLeaf(*entry);
    ASSERT_TRUE(encoded.ok()) << encoded.status();
    EXPECT_EQ(*encoded, bytes);
  }
}

INSTANTIATE_TEST_SUITE_P(All, GoldenLog, testing::ValuesIn(GoldenLogs()),
                         [](const auto& golden) { return "Log" + golden.param; });

// What the next golden log is cut from knows every act there is by then.
TEST(GoldenLife, HasEveryActAcceptedAndAReportNotedAndAStatementRefused) {
  tests::GoldenLife life;
  std::set<std::string> accepted, missing;
  std::set<record::v1::Effect> effects;
  for (uint64_t index = 0; index < life.gateway().size(); ++index) {
    const record::v1::Entry entry = life.gateway().EntryAt(index);
    if (entry.has_refused()) effects.insert(record::v1::EFFECT_REFUSED);
    const std::vector<statement::v1::Act> acts = life.gateway().ActsAt(index);
    for (size_t i = 0; i < acts.size(); ++i) {
      const record::v1::Effect effect = entry.recorded().decisions(static_cast<int>(i)).effect();
      effects.insert(effect);
      const auto* descriptor = statement::v1::Act::descriptor();
      if (effect == record::v1::EFFECT_ACCEPTED)
        accepted.insert(descriptor->FindFieldByNumber(acts[i].body_case())->name());
    }
  }
  const auto* body = statement::v1::Act::descriptor()->FindOneofByName("body");
  for (int i = 0; i < body->field_count(); ++i)
    if (accepted.count(body->field(i)->name()) == 0) missing.insert(body->field(i)->name());
  EXPECT_THAT(missing, testing::IsEmpty());
  EXPECT_THAT(effects,
              testing::UnorderedElementsAre(record::v1::EFFECT_ACCEPTED, record::v1::EFFECT_NOTED,
                                            record::v1::EFFECT_REFUSED));
}

}  // namespace
}  // namespace passerelle::gateway::verify
