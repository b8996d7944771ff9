// An export verified as an auditor would: accepted as written; and for every kind of forgery, the
// sentence that names it. Forgeries of content are exported anew under the true checkpoint key, as
// an operator could who turned against the parties: the hashes are right, and still it shows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>

#include "absl/strings/str_cat.h"
#include "audit/checkpoint/checkpoint.h"
#include "audit/entry/codec.h"
#include "certs/keys/dsse.h"
#include "gateway/base/civil.h"
#include "gateway/base/files.h"
#include "gateway/verify/verify.h"
#include "tests/support/fakes.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/gateway/verify/written_log.h"

namespace passerelle::gateway::verify {
namespace {

using certs::keys::PrivateKey;
using record::v1::Entry;
using statement::v1::Statement;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;
using tests::WrittenLog;

class ExportTest : public testing::Test {
 protected:
  // Entries 0 founding, 1 and 2 deeds of p001, 3 a deed of p002, 4 a refusal, 5 a deed of p001.
  ExportTest() {
    log_.RecordDeed("p001");
    log_.RecordDeed("p001");
    log_.RecordDeed("p002");
    // A deed that nobody countersigns.
    log_.Record({WrittenLog::Deed("p001")}, {&log_.secretary});
    log_.RecordDeed("p001");
  }

  Verdict Verify(const base::Digest* pinned = nullptr) {
    const Verdict verdict = VerifyOn(1, pinned);
    const Verdict same = VerifyOn(4, pinned);
    EXPECT_EQ(same.accepted, verdict.accepted);
    EXPECT_EQ(same.index, verdict.index);
    EXPECT_EQ(same.fault_en, verdict.fault_en);
    EXPECT_EQ(same.signatures, verdict.signatures);
    return verdict;
  }

  Verdict VerifyOn(unsigned cores, const base::Digest* pinned) {
    const absl::StatusOr<Verdict> verdict = VerifyExport(
        folder(), {.pinned_log = pinned, .cores = cores, .dump = true}, [](uint64_t, uint64_t) {});
    EXPECT_TRUE(verdict.ok()) << verdict.status();
    return verdict.ok() ? *verdict : Verdict();
  }

  // The verdict over other entries, exported under the true key.
  Verdict VerifyForged(const std::vector<std::string>& entries) {
    log_.Export(folder(), entries);
    return Verify();
  }

  // Expects a fault of this entry whose sentences say so.
  void ExpectFault(const Verdict& verdict, uint64_t index, const std::string& en,
                   const std::string& fr) {
    EXPECT_FALSE(verdict.accepted);
    EXPECT_EQ(verdict.index, index);
    EXPECT_THAT(verdict.fault_en, AllOf(StartsWith(absl::StrCat("Entry ", index)), HasSubstr(en)));
    EXPECT_THAT(verdict.fault_fr, AllOf(StartsWith(absl::StrCat("Entrée ", index)), HasSubstr(fr)));
  }

  void ExpectFileFault(const std::string& en, const std::string& fr) {
    const Verdict verdict = Verify();
    EXPECT_FALSE(verdict.accepted);
    EXPECT_THAT(verdict.fault_en, HasSubstr(en));
    EXPECT_THAT(verdict.fault_fr, HasSubstr(fr));
  }

  std::string folder() const { return folder_ / "export"; }

  // Changes a file of the export.
  void Edit(const std::string& path, const std::function<void(std::string&)>& edit) {
    std::string bytes = *base::ReadFile(folder() + "/" + path, 1 << 20);
    edit(bytes);
    ASSERT_TRUE(base::WriteFile(folder() + "/" + path, bytes, base::FileMode::kPrivate).ok());
  }

  tests::TempFolder folder_;
  WrittenLog log_;
};

TEST_F(ExportTest, AcceptsTheLogAsWritten) {
  log_.Export(folder());
  const base::Digest name = log_.name();
  const Verdict verdict = Verify(&name);
  EXPECT_TRUE(verdict.accepted) << verdict.fault_en;
  EXPECT_EQ(verdict.fault_en, "");
  EXPECT_EQ(verdict.entries, 6u);
  EXPECT_EQ(verdict.not_interpreted, 0u);
  // Five founders, four deeds of two signers; a refusal's signatures are not in the log.
  EXPECT_EQ(verdict.signatures, 13u);
  EXPECT_EQ(verdict.log, name);
  EXPECT_EQ(verdict.origin, WrittenLog::kOrigin);
  EXPECT_EQ(verdict.root, log_.RootAt(6));
  EXPECT_EQ(verdict.first_ms, tests::FakeClock::kStartMs);
  EXPECT_EQ(verdict.last_ms, tests::FakeClock::kStartMs + 5 * WrittenLog::kStepMs);
  EXPECT_EQ(verdict.dump, log_.state().Dump());
}

TEST_F(ExportTest, HoldsTheLogAgainstItsPinnedName) {
  log_.Export(folder());
  const base::Digest other = base::Sha256("another log");
  ExpectFault(Verify(&other), 0, "another log", "un autre journal");
}

TEST_F(ExportTest, SaysSinceWhen) {
  const Verdict verdict =
      VerifyForged(log_.Edited(3, [](Entry& entry) { entry.mutable_links(0)->set_ordinal(9); }));
  EXPECT_THAT(verdict.fault_en,
              HasSubstr(base::ToIsoInstant(tests::FakeClock::kStartMs + 3 * WrittenLog::kStepMs)));
}

TEST_F(ExportTest, NamesTheEntryOfWhichAByteWasChanged) {
  log_.Export(folder());
  // In the middle of the bundle: some entry after the first.
  Edit("tile/entries/000.p/6", [](std::string& bytes) { bytes.back() ^= 1; });
  ExpectFault(Verify(), 5, "hash that the tile tile/0/000.p/6 holds", "altéré");
}

TEST_F(ExportTest, AByteOfAnyEntryCannotBeChangedAndSignedAnew) {
  // The salt alone: the root that the next signer saw tells.
  ExpectFault(VerifyForged(log_.Edited(2, [](Entry& entry) { (*entry.mutable_salt())[0] ^= 1; })),
              3, "saw a checkpoint of 3 entries", "a vu un point de contrôle de 3 entrées");
}

TEST_F(ExportTest, ARecomputedTreeDoesNotLeadToTheSignedRoot) {
  // A stranger without the checkpoint key recomputes every tile, and keeps the old checkpoint.
  log_.Export(folder());
  const std::string checkpoint = *base::ReadFile(folder() + "/checkpoint", 65536);
  std::filesystem::remove_all(folder());
  log_.Export(folder(), log_.Edited(5, [](Entry& entry) { (*entry.mutable_salt())[0] ^= 1; }));
  Edit("checkpoint", [&](std::string& bytes) { bytes = checkpoint; });
  ExpectFileFault("do not lead to the root", "ne mènent pas à la racine");
}

TEST_F(ExportTest, RejectsASignatureByAnotherKey) {
  ExpectFault(VerifyForged(log_.Edited(
                  2,
                  [&](Entry& entry) {
                    statement::v1::Envelope envelope;
                    ASSERT_TRUE(envelope.ParseFromString(entry.recorded().envelope()));
                    envelope = certs::keys::SignStatement(envelope.payload(),
                                                          {&log_.secretary2, &log_.countersigner2});
                    entry.mutable_recorded()->set_envelope(envelope.SerializeAsString());
                  })),
              2, "a signature of its statement", "une signature de sa déclaration");
}

// Signatures are verified beside the rest: whatever is found after one, or is found first, an
// earlier entry is named before a later one.
TEST_F(ExportTest, NamesAWrongSignatureBeforeWhateverComesAfterIt) {
  const auto resign = [&](Entry& entry) {
    statement::v1::Envelope envelope;
    ASSERT_TRUE(envelope.ParseFromString(entry.recorded().envelope()));
    envelope.mutable_signatures(0)->mutable_raw()->front() ^= 1;
    entry.mutable_recorded()->set_envelope(envelope.SerializeAsString());
    // Nor does the same entry go on where its chain ended.
    entry.mutable_links(0)->set_ordinal(99);
  };
  std::vector<std::string> forged = log_.Edited(2, resign);
  forged[5] = "no entry";
  ExpectFault(VerifyForged(forged), 2, "a signature of its statement", "une signature");
  Edit("tile/0/000.p/6", [](std::string& bytes) { bytes[5 * 32] ^= 1; });
  ExpectFault(Verify(), 5, "the tile", "la tuile");
}

TEST_F(ExportTest, NamesAnEarlierFaultBeforeAWrongSignature) {
  std::vector<std::string> forged =
      log_.Edited(1, [](Entry& entry) { entry.mutable_civil_date()->set_day(1); });
  forged[2] = log_.Edited(2, [](Entry& entry) {
    statement::v1::Envelope envelope;
    ASSERT_TRUE(envelope.ParseFromString(entry.recorded().envelope()));
    envelope.mutable_signatures(0)->mutable_raw()->front() ^= 1;
    entry.mutable_recorded()->set_envelope(envelope.SerializeAsString());
  })[2];
  ExpectFault(VerifyForged(forged), 1, "civil date", "date civile");
}

TEST_F(ExportTest, RejectsASignatureLeftOut) {
  ExpectFault(VerifyForged(log_.Edited(
                  3,
                  [](Entry& entry) {
                    statement::v1::Envelope envelope;
                    ASSERT_TRUE(envelope.ParseFromString(entry.recorded().envelope()));
                    envelope.mutable_signatures()->RemoveLast();
                    entry.mutable_recorded()->set_envelope(envelope.SerializeAsString());
                  })),
              3, "a signature of its statement is missing", "manque");
}

TEST_F(ExportTest, RejectsASignerThatTheLogNeverEnrolled) {
  const PrivateKey stranger = *PrivateKey::FromEd25519Seed(std::string(32, 'x'));
  const auto forged = log_.Edited(2, [&](Entry& entry) {
    std::vector<const PrivateKey*> signers = {&stranger};
    const Statement statement = log_.NewStatement({WrittenLog::Deed("p001")}, signers);
    entry.mutable_recorded()->set_envelope(
        certs::keys::SignStatement(statement.SerializeAsString(), signers).SerializeAsString());
  });
  ExpectFault(VerifyForged(forged), 2, "was not enrolled", "n'était pas encore inscrite");
}

TEST_F(ExportTest, RejectsASeenThatNeverWas) {
  ExpectFault(VerifyForged(log_.Resigned(
                  3,
                  [](Statement& statement) {
                    (*statement.mutable_header()->mutable_seen()->mutable_root())[0] ^= 1;
                  })),
              3, "saw a checkpoint of 3 entries that this log never had", "a bifurqué");
}

TEST_F(ExportTest, RejectsASeenOfTheFutureAndOfAnotherOrigin) {
  ExpectFault(VerifyForged(log_.Resigned(2,
                                         [&](Statement& statement) {
                                           auto& seen = *statement.mutable_header()->mutable_seen();
                                           seen.set_size(3);
                                           seen.set_root(base::ToBytes(log_.RootAt(3)));
                                         })),
              2, "never had", "jamais eu");
  std::filesystem::remove_all(folder());
  ExpectFault(VerifyForged(log_.Resigned(2,
                                         [](Statement& statement) {
                                           statement.mutable_header()->mutable_seen()->set_origin(
                                               "example.org/other");
                                         })),
              2, "never had", "jamais eu");
}

TEST_F(ExportTest, RejectsALinkToAnEntryThatIsNoLongerThere) {
  // Entry 2 was rewritten; the refusal after it names the hash that it had.
  const std::vector<std::string> entries =
      log_.Edited(2, [](Entry& entry) { (*entry.mutable_salt())[0] ^= 1; });
  ExpectFault(VerifyForged({entries[0], entries[1], entries[2], entries[4]}), 3,
              "breaks the chain of p001", "rompt la chaîne de p001");
}

TEST_F(ExportTest, RejectsALinkThatSkipsAnEntry) {
  // Entry 5 pretends that entry 2 was the last of p001.
  const auto forged = log_.Edited(5, [&](Entry& entry) {
    for (auto& link : *entry.mutable_links())
      if (link.party() == "p001") link.set_ordinal(link.ordinal() - 1);
  });
  ExpectFault(VerifyForged(forged), 5, "breaks the chain of p001", "rompt la chaîne de p001");
}

TEST_F(ExportTest, RejectsAnEntryLeftOutOfAChain) {
  const auto forged = log_.Edited(5, [&](Entry& entry) {
    for (int i = 0; i < entry.links_size(); ++i)
      if (entry.links(i).party() == "p001") entry.mutable_links()->DeleteSubrange(i, 1);
  });
  ExpectFault(VerifyForged(forged), 5, "concerns p001 and is missing in that chain",
              "concerne p001 et manque dans cette chaîne");
}

TEST_F(ExportTest, HoldsTheChainsAndTimesOfRefusals) {
  ExpectFault(
      VerifyForged(log_.Edited(4, [](Entry& entry) { entry.mutable_links(0)->set_ordinal(7); })), 4,
      "breaks the chain", "rompt la chaîne");
  std::filesystem::remove_all(folder());
  ExpectFault(VerifyForged(log_.Edited(4, [](Entry& entry) { entry.set_time_ms(1); })), 4,
              "before that of entry 3", "précède celle de l'entrée 3");
}

TEST_F(ExportTest, RejectsATimeBeforeTheLast) {
  ExpectFault(
      VerifyForged(log_.Edited(
          3, [](Entry& entry) { entry.set_time_ms(entry.time_ms() - 2 * WrittenLog::kStepMs); })),
      3, "before that of entry 2", "précède celle de l'entrée 2");
}

TEST_F(ExportTest, RejectsATimePastTheStatementsEnd) {
  ExpectFault(VerifyForged(log_.Edited(
                  5, [](Entry& entry) { entry.set_time_ms(entry.time_ms() + 2 * 3'600'000); })),
              5, "had expired", "avait expiré");
}

TEST_F(ExportTest, RejectsACivilDateOfAnotherDay) {
  ExpectFault(
      VerifyForged(log_.Edited(3, [](Entry& entry) { entry.mutable_civil_date()->set_day(4); })), 3,
      "2024-06-03", "date civile");
}

TEST_F(ExportTest, RejectsAStatementRecordedTwice) {
  std::vector<std::string> entries = log_.entries();
  Entry entry = *audit::entry::DecodeLeaf(entries[3]);
  entry.set_time_ms(tests::FakeClock::kStartMs + 6 * WrittenLog::kStepMs);
  entries.push_back(*audit::entry::EncodeLeaf(entry));
  ExpectFault(VerifyForged(entries), 6, "repeats the statement that entry 3 recorded",
              "répète la déclaration que l'entrée 3");
}

TEST_F(ExportTest, RejectsAStatementOfAnotherLog) {
  ExpectFault(
      VerifyForged(log_.Resigned(
          3,
          [](Statement& statement) { statement.mutable_header()->set_log(std::string(32, 'f')); })),
      3, "made for another log", "pour un autre journal");
}

TEST_F(ExportTest, RejectsAnOutcomeThatContradictsTheState) {
  ExpectFault(
      VerifyForged(log_.Edited(
          3,
          [](Entry& entry) { entry.mutable_recorded()->mutable_decisions(0)->clear_outcome(); })),
      3, "contradicts what the log recorded before", "contredit");
}

TEST_F(ExportTest, RejectsDecisionsThatAreNotOneAnAct) {
  ExpectFault(VerifyForged(log_.Edited(3,
                                       [](Entry& entry) {
                                         *entry.mutable_recorded()->add_decisions() =
                                             entry.recorded().decisions(0);
                                       })),
              3, "one decision for each act", "une décision par acte");
}

TEST_F(ExportTest, RejectsWhatIsMalformedWhereverItStands) {
  std::vector<std::string> entries = log_.entries();
  entries[3] += '\x01';
  ExpectFault(VerifyForged(entries), 3, "malformed", "mal formée");
  std::filesystem::remove_all(folder());
  ExpectFault(VerifyForged(log_.Edited(
                  3, [](Entry& entry) { entry.mutable_recorded()->set_envelope("x"); })),
              3, "its signed statement is malformed (envelope", "sa déclaration signée est mal");
  std::filesystem::remove_all(folder());
  const auto hidden = log_.Edited(3, [&](Entry& entry) {
    statement::v1::Envelope envelope;
    ASSERT_TRUE(envelope.ParseFromString(entry.recorded().envelope()));
    // A shadowed header, as WIRE 11 warns.
    envelope.set_payload(std::string("\x0a\x00", 2) + envelope.payload());
    entry.mutable_recorded()->set_envelope(envelope.SerializeAsString());
  });
  ExpectFault(VerifyForged(hidden), 3, "its signed statement is malformed (statement",
              "sa déclaration signée est mal");
}

TEST_F(ExportTest, EntryZeroMustFoundThisLogUnderThisKeyByAllItsFounders) {
  const auto founded = [&](const std::function<void(statement::v1::ConventionEnacted&)>& edit) {
    std::filesystem::remove_all(folder());
    // It alone: what follows is of the log that it founded before.
    return VerifyForged({log_.Resigned(0, [&](Statement& statement) {
      edit(*statement.mutable_acts(0)->mutable_convention_enacted());
    })[0]});
  };
  ExpectFault(founded([](auto& enacted) { enacted.set_origin("example.org/other"); }), 0,
              "another origin", "une autre origine");
  ExpectFault(founded([](auto& enacted) { enacted.set_checkpoint_vkey("other"); }), 0,
              "another checkpoint key", "une autre clé");
  ExpectFault(founded([](auto& enacted) { enacted.mutable_founding_keys()->RemoveLast(); }), 0,
              "every founding key", "chaque clé fondatrice");
  std::filesystem::remove_all(folder());
  ExpectFault(VerifyForged({log_.entries()[1]}), 0, "does not found", "ne fonde pas");
  std::filesystem::remove_all(folder());
  ExpectFault(VerifyForged({log_.entries()[4]}), 0, "does not found", "ne fonde pas");
}

TEST_F(ExportTest, ASwappedKeyIsNotTheOneThatEntryZeroNames) {
  // Another key signs the same entries, and its vkey lies beside them.
  WrittenLog other('o');
  other.Export(folder(), log_.entries());
  ExpectFault(Verify(), 0, "another checkpoint key", "une autre clé");
  // The vkey alone was swapped: it did not sign.
  std::filesystem::remove_all(folder());
  log_.Export(folder());
  Edit("log.vkey", [&](std::string& bytes) { bytes = other.signer().verifier().ToVkey(); });
  ExpectFileFault("not one that the key in log.vkey signed", "n'est pas signé par la clé");
  Edit("log.vkey", [&](std::string& bytes) { bytes = "nonsense"; });
  ExpectFileFault("holds no key", "ne contient pas de clé");
}

TEST_F(ExportTest, RejectsACheckpointOfWhichAnyByteOfTheTextChanged) {
  log_.Export(folder());
  const std::string checkpoint = *base::ReadFile(folder() + "/checkpoint", 65536);
  for (size_t i = 0; i < checkpoint.find("\n\n"); ++i) {
    Edit("checkpoint", [&](std::string& bytes) {
      bytes = checkpoint;
      bytes[i] ^= 1;
    });
    EXPECT_FALSE(Verify().accepted) << i;
  }
}

TEST_F(ExportTest, NamesFilesThatAreMissingOrTooMany) {
  log_.Export(folder());
  Edit("tile/0/000.p/6", [](std::string& bytes) { bytes[3 * 32] ^= 1; });
  ExpectFault(Verify(), 3, "the tile tile/0/000.p/6", "la tuile tile/0/000.p/6");
  Edit("tile/0/000.p/6", [](std::string& bytes) { bytes.pop_back(); });
  ExpectFileFault("tile/0/000.p/6 does not have the length of 6", "longueur de 6 empreintes");
  std::filesystem::remove(folder() + "/tile/0/000.p/6");
  ExpectFileFault("tile tile/0/000.p/6 is missing", "tuile tile/0/000.p/6 manque");

  for (const char* extra : {"tile/1/000.p/1", "tile/entries/000.p/5", "notes.txt", ".hidden"}) {
    std::filesystem::remove_all(folder());
    log_.Export(folder());
    std::filesystem::create_directories(
        std::filesystem::path(folder() + "/" + extra).parent_path());
    ASSERT_TRUE(base::WriteFile(folder() + "/" + extra, "x", base::FileMode::kPrivate).ok());
    ExpectFileFault(absl::StrCat(extra, " belongs to no log of this size"),
                    absl::StrCat(extra, " n'appartient pas"));
  }
  for (const char* top : {"checkpoint", "log.vkey"}) {
    std::filesystem::remove_all(folder());
    log_.Export(folder());
    std::filesystem::remove(folder() + "/" + top);
    ExpectFileFault(absl::StrCat(top, " is missing"), absl::StrCat(top, " manque"));
  }
}

TEST_F(ExportTest, RejectsABundleThatIsMissingOrCutShort) {
  log_.Export(folder());
  Edit("tile/entries/000.p/6", [](std::string& bytes) { bytes.pop_back(); });
  ExpectFileFault("bundle tile/entries/000.p/6 with the entries 0 to 5 is malformed", "mal formé");
  std::filesystem::remove(folder() + "/tile/entries/000.p/6");
  ExpectFileFault("bundle tile/entries/000.p/6 with the entries 0 to 5 is missing", "manque");
}

TEST_F(ExportTest, AFolderThatIsNotThereIsAnError) {
  EXPECT_FALSE(VerifyExport(folder_ / "none", {}, [](uint64_t, uint64_t) {}).ok());
}

TEST_F(ExportTest, ANewerFormatIsHashedAndNotInterpreted) {
  const uint64_t newer = log_.RecordDeed("p002");
  const uint64_t last = log_.RecordDeed("p001");
  const auto forged = log_.Edited(newer, [](Entry& entry) { entry.set_format_minor(2); });
  const Verdict verdict = VerifyForged(forged);
  EXPECT_TRUE(verdict.accepted) << verdict.fault_en;
  EXPECT_EQ(verdict.entries, last + 1);
  EXPECT_EQ(verdict.not_interpreted, 2u);
  EXPECT_THAT(verdict.note_en, HasSubstr(absl::StrCat("Entry ", newer, " is of a newer format")));
  EXPECT_THAT(verdict.note_fr, HasSubstr("pas interprétées"));
  // Its hashes still count.
  Edit("tile/0/000.p/8", [](std::string& bytes) { bytes[7 * 32] ^= 1; });
  ExpectFault(Verify(), 7, "the tile", "la tuile");
}

TEST_F(ExportTest, ManyBundlesAndLevels) {
  while (log_.entries().size() < 530) log_.RecordDeed("p001");
  log_.Export(folder());
  std::vector<uint64_t> heard;
  const absl::StatusOr<Verdict> verdict =
      VerifyExport(folder(), {.cores = 3, .dump = true}, [&](uint64_t done, uint64_t total) {
        EXPECT_EQ(total, 530u);
        heard.push_back(done);
      });
  ASSERT_TRUE(verdict.ok()) << verdict.status();
  EXPECT_TRUE(verdict->accepted) << verdict->fault_en;
  EXPECT_EQ(verdict->dump, log_.state().Dump());
  EXPECT_THAT(heard, testing::ElementsAre(256, 512, 530));

  Edit("tile/1/000.p/2", [](std::string& bytes) { bytes[40] ^= 1; });
  ExpectFileFault("tile/1/000.p/2 was altered: hash 1 is not that of the entries 256 to 511",
                  "a été altérée");
  std::filesystem::remove(folder() + "/tile/entries/001");
  const Verdict missing = Verify();
  EXPECT_EQ(missing.index, 256u);
  EXPECT_THAT(missing.fault_en, HasSubstr("tile/entries/001 with the entries 256 to 511"));
}

// What witnesses cosigned lies beside the export, and is a checkpoint of this log or proof against
// it.
class WitnessedTest : public ExportTest {
 protected:
  Verdict VerifyWith(uint64_t size, const base::Digest& root) {
    log_.Export(folder());
    const std::string evidence = EvidenceFolderOf(folder() + "/");
    EXPECT_TRUE(base::MakeFolder(evidence, base::FileMode::kPrivate).ok());
    const std::string note = *audit::checkpoint::SignCheckpoint(
        log_.signer(), {log_.signer().verifier().name(), size, root});
    EXPECT_TRUE(base::WriteFile(evidence + "/witnessed", note, base::FileMode::kPrivate).ok());
    return Verify();
  }
};

TEST_F(WitnessedTest, IsACheckpointOfThisLog) {
  const Verdict verdict = VerifyWith(4, log_.RootAt(4));
  EXPECT_TRUE(verdict.accepted) << verdict.fault_en;
  // These settings ask for no witness.
  EXPECT_FALSE(verdict.witnessed_s.has_value());
}

TEST_F(WitnessedTest, ShowsThatALogWasCutShort) {
  const Verdict verdict = VerifyWith(log_.entries().size() + 1, log_.RootAt(4));
  EXPECT_FALSE(verdict.accepted);
  EXPECT_THAT(verdict.fault_en, HasSubstr("it has forked, or was cut short"));
  EXPECT_THAT(verdict.fault_fr, HasSubstr("il a bifurqué, ou a été tronqué"));
}

TEST_F(WitnessedTest, ShowsThatALogHasForked) {
  const Verdict verdict = VerifyWith(4, log_.RootAt(3));
  EXPECT_FALSE(verdict.accepted);
  EXPECT_THAT(verdict.fault_en, HasSubstr("Witnesses cosigned a checkpoint of 4 entries"));
}

}  // namespace
}  // namespace passerelle::gateway::verify
