// A founded convention with real parts: SQLite in a folder of its own, real keys, signed statements
// and receipts; only time and randomness are fakes. Everything in it is synthetic.
#ifndef PASSERELLE_TESTS_SUPPORT_GATEWAY_FIXTURE_H_
#define PASSERELLE_TESTS_SUPPORT_GATEWAY_FIXTURE_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "audit/checkpoint/note.h"
#include "audit/checkpoint/proof.h"
#include "certs/ca/authority.h"
#include "certs/keys/key.h"
#include "gateway/base/commitment.h"
#include "gateway/base/mutex.h"
#include "gateway/core/convention.h"
#include "gateway/core/host.h"
#include "gateway/core/measure.h"
#include "gateway/core/pool.h"
#include "gateway/core/request.h"
#include "passerelle/gateway/v1/receipt.pb.h"
#include "passerelle/record/v1/entry.pb.h"
#include "passerelle/statement/v1/statement.pb.h"
#include "tests/support/fakes.h"
#include "tests/support/temp_folder.h"

namespace passerelle::tests {

// How far a test convention has come. The exchange is p001's dataset to p002.
enum class Progress {
  kFounded,     // entry 0
  kAdhered,     // p001, p002 and p003 adhered, each with `representative-<party>`
  kStaffed,     // agents of TestGateway::Staff
  kDeclared,    // the dataset
  kProposed,    // the exchange
  kFavourable,  // the DPO's opinion
  kApproved,    // the decision
  kRegistered,  // the holder's register entry
  kSent,        // one transfer, of the period 2023
};

// Acts on their way into a statement, with what opens their commitments.
struct TestDraft {
  std::vector<statement::v1::Act> acts;
  std::vector<record::v1::Attachment> attachments;
};

// A recorded statement.
struct TestEntry {
  passerelle::gateway::v1::Receipt receipt;
  record::v1::Entry entry;
  uint64_t index = 0;
  // Size of the checkpoint in the receipt, and its root.
  uint64_t size = 0;
  gateway::base::Digest root{};
  // The statement's digest: names its acts.
  std::string digest;

  bool accepted() const { return entry.has_recorded(); }
  statement::v1::ActRef Ref(uint32_t ordinal = 0) const;
};

// What a fetch was answered with; the payload is absent when it was refused.
struct TestFetch {
  std::vector<record::v1::Finding> findings;
  record::v1::Attachment payload;
  passerelle::gateway::v1::Receipt receipt;
};

// The parties are those of tests/testdata/conventions/ctg-testville.textproto. A step that has to
// succeed and does not ends the process. Thread-safe save for Open, Close and the stages.
class TestGateway {
 public:
  struct Options {
    // The DPO's conditions.
    statement::v1::Conditions conditions;
    // When the first transfer is destroyed; 0: at the retention date.
    int64_t destroy_after_ms = 0;
    // Those whose keys are P-256, and differ from run to run; all others' are Ed25519.
    std::set<std::string, std::less<>> p256;
  };

  explicit TestGateway(Progress progress) : TestGateway(progress, Options{}) {}
  TestGateway(Progress progress, Options options);
  ~TestGateway();
  TestGateway(const TestGateway&) = delete;
  TestGateway& operator=(const TestGateway&) = delete;

  // The folder that holds `data` and `guards`.
  const std::string& root() const { return root_; }
  gateway::core::HostPaths paths() const { return PathsAt(root()); }
  static gateway::core::HostPaths PathsAt(const std::string& root);
  // The convention's own storage below a root.
  static gateway::core::StoragePaths StorageAt(const std::string& root);

  FakeClock& clock() { return clock_; }
  gateway::core::Surroundings surroundings();
  // The faults reported so far, and whether the process was told to end.
  std::vector<gateway::core::Fault> faults() const;
  bool ended() const;
  // What its groups did, one after another.
  std::vector<gateway::core::Carried> carried() const;
  // Whom conventions ask that are opened from now on.
  void SetOutside(const gateway::core::Outside* outside) { outside_ = outside; }
  // What is done at the instant when the process is told to end; may be null.
  void SetAtEnd(std::function<void()> at_end);
  // Lets the disk have so many bytes left.
  void SetFree(uint64_t bytes) { free_bytes_ = bytes; }

  gateway::core::Convention& convention() { return *convention_; }
  // The same, for whoever keeps it awake.
  const std::shared_ptr<gateway::core::Convention>& held() const { return convention_; }
  // Verifies the log as an auditor would, every decision taken again.
  absl::Status Audit() const;
  // Does so and closes the convention.
  void Close();
  // Closes it unseen, whatever became of it.
  void Abandon();
  absl::Status Open();
  // Begins a new process, of which nothing is known yet, on another root, such as a copy of this
  // one. REQUIRES: the convention is closed.
  void MoveTo(const std::string& root);
  // Closes the convention and opens it again in a host with its ticker, as the server does. Valid
  // until Close.
  gateway::core::Host& Serve();
  // Opens another root, such as a copy of this one.
  absl::StatusOr<std::unique_ptr<gateway::core::Convention>> OpenAt(const std::string& root);
  // Copies everything on disk as it stands, which is what a crash now would leave.
  void CopyTo(const std::string& root) const;
  // Closes the convention and puts such a copy in the place of what is on disk.
  void Restore(const std::string& copy);

  // The agents and keys of a name: the same name always gives the same.
  static std::string AgentOf(std::string_view name);
  const certs::keys::PrivateKey& KeyOf(std::string_view name);
  // A client certificate for a name's key by the convention's trust anchor, or by a foreign one.
  std::string CertificateOf(std::string_view name, int64_t not_before_ms, int64_t not_after_ms);
  std::string ForeignCertificateOf(std::string_view name);

  // A statement of a draft, ready to sign, and the request that carries it signed.
  statement::v1::Statement StatementOf(const TestDraft& draft,
                                       const std::vector<std::string>& signers);
  gateway::core::Request RequestOf(const TestDraft& draft, const std::vector<std::string>& signers);
  gateway::core::Request Sign(const statement::v1::Statement& statement, const TestDraft& draft,
                              const std::vector<std::string>& signers);

  // Submits and waits for the answer.
  absl::StatusOr<passerelle::gateway::v1::Receipt> Submit(const gateway::core::Request& request);
  // The same of a transfer whose payload comes as a stream.
  absl::StatusOr<passerelle::gateway::v1::Receipt> Upload(const gateway::core::Request& request);
  // The same; the receipt has to verify.
  TestEntry Record(const gateway::core::Request& request);
  // What a receipt of an envelope says; it has to verify.
  TestEntry Recorded(const std::string& envelope, const passerelle::gateway::v1::Receipt& receipt);
  TestEntry Record(const TestDraft& draft, const std::vector<std::string>& signers);
  // The same; it has to be accepted.
  TestEntry Must(const TestDraft& draft, const std::vector<std::string>& signers);
  absl::StatusOr<TestFetch> Fetch(std::string_view reader, const statement::v1::ActRef& transfer);
  // Ticks until the gateway has nothing to do of its own motion.
  void Settle();
  // Waits until everything posted to the pool so far has run.
  void WaitForPool();

  // Verifies a receipt under the founded checkpoint key.
  absl::StatusOr<audit::checkpoint::VerifiedReceipt> Verify(
      const passerelle::gateway::v1::Receipt& receipt) const;
  // The canonical dump of the committed state.
  std::string Dump() const;
  uint64_t size() const { return convention_->log().head().size; }
  // The entry at an index, and the acts of its statement; none for a refused one.
  record::v1::Entry EntryAt(uint64_t index) const;
  std::vector<statement::v1::Act> ActsAt(uint64_t index) const;

  // Acts that are accepted at the right stage (gateway_acts.cc).
  TestDraft Adhesion(const std::string& party);
  void AddMandate(TestDraft& draft, const std::string& party, const std::string& name,
                  statement::v1::Role role);
  void AddServiceMandate(TestDraft& draft, const std::string& party, const std::string& name,
                         statement::v1::Role role, const std::string& answerable);
  void AddKey(TestDraft& draft, const std::string& party, const std::string& name,
              statement::v1::AgentKind kind);
  TestDraft Declare(const std::string& slug, std::string_view title);
  TestDraft Propose();
  TestDraft Opine(statement::v1::Opinion opinion);
  TestDraft Decide(statement::v1::Verdict verdict);
  TestDraft Register(const std::string& party, uint32_t version, std::string_view sheet);
  // The door is set by RequestOf: transfers go through their own.
  TestDraft Send(std::string_view period, std::string_view payload, int64_t destroy_after_ms);
  TestDraft Rule(const statement::v1::ActRef& transfer, statement::v1::Ruling ruling);
  TestDraft Acknowledge(const statement::v1::ActRef& transfer);
  // Adds a recommendation to the opinion of a draft.
  void Recommend(TestDraft& draft, statement::v1::RecommendationWeight weight,
                 const statement::v1::Conditions& conditions);
  // The holder's answer, with reasons unless it merely accepts.
  TestDraft AnswerTo(uint32_t recommendation, statement::v1::Answer answer);
  TestDraft FreezeExchange(const std::string& party);
  TestDraft FreezeTransfer(const std::string& party, const statement::v1::ActRef& transfer);
  TestDraft Lift(const std::string& party, const statement::v1::ActRef& freeze);
  // Replaces the settings in force by the same ones.
  TestDraft EnactSettings() const;
  TestDraft EndMandate(const std::string& party, const statement::v1::ActRef& mandate) const;
  // Stops a name's key; as compromised, since that time.
  TestDraft StopKey(const std::string& party, std::string_view name, statement::v1::StopCause cause,
                    int64_t since_ms);
  TestDraft Reinstate(const std::string& party, std::string_view name,
                      statement::v1::Reinstatement reinstatement,
                      const std::vector<statement::v1::ActRef>& ratified);
  // A mandate and a key for each name, `<name>-<party>`.
  TestDraft Appoint(const std::string& party,
                    const std::vector<std::pair<std::string, statement::v1::Role>>& roles);

  // Writes the export of the log as it stands.
  void Export(const std::string& folder) const;

  // A payload that fits the dataset with every field, or with those that the options leave.
  std::string Payload(std::string_view year) const;

  // The names of what the stages made.
  statement::v1::ActRef dataset, exchange, opinion, decision, register_entry, transfer;

 private:
  static constexpr int kPoolThreads = 2;

  void Found();
  void Staff();
  void Advance(Progress progress);
  std::string Attach(TestDraft& draft, gateway::base::CommitmentKind kind,
                     std::string_view media_type, std::string_view content);

  const Options options_;
  const TempFolder folder_;
  std::string root_ = folder_.path();
  FakeClock clock_;
  SeededRandom gateway_random_{1};
  SeededRandom random_{2};
  gateway::core::Pool pool_{kPoolThreads};
  certs::ca::Authority authority_;
  std::optional<audit::checkpoint::NoteVerifier> verifier_;

  mutable gateway::base::Mutex mutex_;
  std::map<std::string, certs::keys::PrivateKey, std::less<>> keys_ GUARDED_BY(mutex_);
  std::vector<gateway::core::Fault> faults_ GUARDED_BY(mutex_);
  bool ended_ GUARDED_BY(mutex_) = false;
  std::function<void()> at_end_ GUARDED_BY(mutex_);
  std::vector<gateway::core::Carried> carried_ GUARDED_BY(mutex_);
  std::atomic<uint64_t> free_bytes_{std::numeric_limits<uint64_t>::max()};

  const gateway::core::Outside* outside_ = nullptr;
  std::unique_ptr<gateway::core::Host> host_;
  // Of the host, or alone.
  std::shared_ptr<gateway::core::Convention> convention_;
};

// The founding signers, and those who transcribe deeds.
std::vector<std::string> Founders();
std::vector<std::string> Transcribers();

// `YYYY-MM-DD` as a date.
convention::v1::Date TestDate(std::string_view iso);

// Every file below a folder whose bytes contain `needle`.
std::vector<std::string> FilesWith(const std::string& folder, std::string_view needle);

// The refusals of an entry, one `rule/code` a line.
std::string RefusalsOf(const record::v1::Entry& entry);

}  // namespace passerelle::tests

#endif  // PASSERELLE_TESTS_SUPPORT_GATEWAY_FIXTURE_H_
