#include "tests/support/gateway_fixture.h"

#include <google/protobuf/text_format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "audit/entry/codec.h"
#include "audit/log/export.h"
#include "certs/keys/dsse.h"
#include "gateway/base/civil.h"
#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/machine.h"
#include "gateway/base/memory_file.h"
#include "gateway/base/status.h"
#include "gateway/base/strings.h"
#include "gateway/core/founding.h"
#include "gateway/core/upload.h"
#include "gateway/verify/verify.h"
#include "policy/state/indexes.h"
#include "tests/support/need.h"

namespace passerelle::tests {
namespace {

using certs::keys::PrivateKey;
using gateway::base::Absl;
using gateway::base::Mutex;
using gateway::base::MutexLock;
using gateway::core::Request;
using passerelle::gateway::v1::Receipt;
using statement::v1::Act;

constexpr int64_t kDayMs = int64_t{24} * 3600 * 1000;
constexpr char kName[] = "ctg-testville-2024-2029";
constexpr char kOrigin[] = "passerelle.example/ctg-testville/test";

template <typename Message>
Message ReadText(const std::string& name) {
  const std::string path = absl::StrCat(PASSERELLE_TESTDATA, "/conventions/", name);
  Message message;
  if (!google::protobuf::TextFormat::ParseFromString(
          Need(gateway::base::ReadFile(path, gateway::base::kMaxDocumentBytes), path), &message))
    Fail(path + ": does not parse");
  return message;
}

// Waits for an answer that comes once, from any thread.
template <typename T>
class Awaited {
 public:
  void Set(absl::StatusOr<T> value) {
    MutexLock lock(mutex_);
    value_ = std::move(value);
    set_ = true;
    changed_.NotifyAll();
  }
  absl::StatusOr<T> Take() {
    MutexLock lock(mutex_);
    while (!set_) changed_.Wait(mutex_);
    return std::move(value_);
  }

 private:
  Mutex mutex_;
  gateway::base::CondVar changed_;
  bool set_ GUARDED_BY(mutex_) = false;
  absl::StatusOr<T> value_ GUARDED_BY(mutex_) = absl::UnknownError("not answered");
};

statement::v1::FoundingKey Founder(const std::string& name, const std::string& party,
                                   statement::v1::Role role, const PrivateKey& key) {
  statement::v1::FoundingKey founder;
  founder.set_agent(TestGateway::AgentOf(name));
  founder.set_kind(role == statement::v1::ROLE_OPERATOR ? statement::v1::AGENT_KIND_GATEWAY
                                                        : statement::v1::AGENT_KIND_PERSON);
  founder.set_party(party);
  founder.set_role(role);
  founder.set_spki(key.public_key().spki());
  founder.set_scheme(statement::v1::SIGNATURE_SCHEME_RAW);
  return founder;
}

}  // namespace

statement::v1::ActRef TestEntry::Ref(uint32_t ordinal) const {
  statement::v1::ActRef ref;
  ref.set_statement(digest);
  ref.set_ordinal(ordinal);
  return ref;
}

TestGateway::TestGateway(Progress progress, Options options)
    : options_(std::move(options)),
      authority_(Need(certs::ca::Authority::Create("Synthetic root", clock_.WallMs() - kDayMs,
                                                   clock_.WallMs() + 3000 * kDayMs, random_),
                      "the trust anchor")) {
  Found();
  Need(Open(), "opening the convention");
  Advance(progress);
}

TestGateway::~TestGateway() { Close(); }

gateway::core::HostPaths TestGateway::PathsAt(const std::string& root) {
  return {root + "/data", root + "/guards"};
}

gateway::core::StoragePaths TestGateway::StorageAt(const std::string& root) {
  return gateway::core::PathsOf(PathsAt(root), kName);
}

gateway::core::Surroundings TestGateway::surroundings() {
  const auto end_process = [this](const absl::Status&) {
    MutexLock lock(mutex_);
    if (at_end_) at_end_();
    ended_ = true;
  };
  const auto report = [this](gateway::core::Fault fault, const absl::Status&) {
    MutexLock lock(mutex_);
    faults_.push_back(fault);
  };
  const auto space = [this](const std::string&) -> absl::StatusOr<gateway::base::Space> {
    return gateway::base::Space{.bytes = free_bytes_};
  };
  const auto measure = [this](const std::string& convention,
                              const gateway::core::Carried& carried) {
    if (convention != kName) Fail("measured: " + convention);
    MutexLock lock(mutex_);
    carried_.push_back(carried);
  };
  gateway::core::Surroundings surroundings{clock_, gateway_random_, pool_,  end_process,
                                           report, space,           measure};
  surroundings.outside = outside_;
  return surroundings;
}

std::vector<gateway::core::Carried> TestGateway::carried() const {
  MutexLock lock(mutex_);
  return carried_;
}

std::vector<gateway::core::Fault> TestGateway::faults() const {
  MutexLock lock(mutex_);
  return faults_;
}

bool TestGateway::ended() const {
  MutexLock lock(mutex_);
  return ended_;
}

void TestGateway::SetAtEnd(std::function<void()> at_end) {
  MutexLock lock(mutex_);
  at_end_ = std::move(at_end);
}

void TestGateway::MoveTo(const std::string& root) {
  root_ = root;
  MutexLock lock(mutex_);
  ended_ = false;
  faults_.clear();
}

absl::Status TestGateway::Open() {
  auto convention = OpenAt(root());
  if (!convention.ok()) return convention.status();
  convention_ = *std::move(convention);
  // A log may have gone on under another key.
  std::string vkey;
  convention_->Read(
      [&](const policy::state::State& state) { vkey = state.founding()->checkpoint_vkey(); });
  verifier_ = Need(audit::checkpoint::NoteVerifier::FromVkey(vkey), "vkey");
  return absl::OkStatus();
}

void TestGateway::Close() {
  if (convention_ != nullptr) Need(Audit(), "the log");
  Abandon();
}

void TestGateway::Abandon() {
  convention_ = nullptr;
  host_.reset();
}

void TestGateway::Export(const std::string& folder) const {
  const audit::log::Log& log = convention_->log();
  const audit::log::SignedHead head = log.signed_head();
  Need(audit::log::WriteExport(
           folder, {head.checkpoint, verifier_->ToVkey(), head.head.size, head.head.root},
           [&log](uint64_t begin, uint64_t end) { return log.ReadEntries(begin, end); },
           [](uint64_t) {})
           .status(),
       "exporting the log");
  const std::string evidence = gateway::verify::EvidenceFolderOf(folder);
  const gateway::core::Evidence& known = convention_->evidence();
  for (const uint64_t size : Need(known.stamps().Sizes(), "the stamps"))
    Need(audit::checkpoint::WriteStamp(evidence + "/stamps",
                                       Need(known.stamps().Read(size), "a stamp")),
         "exporting a stamp");
  const auto witnessed = known.witnessed();
  if (!witnessed.has_value()) return;
  Need(gateway::base::MakeFolder(evidence, gateway::base::FileMode::kPrivate), "the evidence");
  Need(gateway::base::WriteFile(evidence + "/witnessed", witnessed->checkpoint,
                                gateway::base::FileMode::kPrivate),
       "the cosigned checkpoint");
}

absl::Status TestGateway::Audit() const {
  // In memory: it is gone at once.
  const TempFolder exported(gateway::base::kMemoryFolder);
  Export(exported / "log");
  const gateway::verify::Verdict verdict =
      Need(gateway::verify::VerifyExport(exported / "log", {.redecide = true},
                                         [](uint64_t, uint64_t) {}),
           "reading the export");
  return verdict.accepted ? absl::OkStatus() : absl::DataLossError(verdict.fault_en);
}

gateway::core::Host& TestGateway::Serve() {
  Close();
  host_ = Need(gateway::core::Host::Open(paths(), surroundings()), "opening the host");
  convention_ = host_->Awake().at(0);
  return *host_;
}

absl::StatusOr<std::unique_ptr<gateway::core::Convention>> TestGateway::OpenAt(
    const std::string& root) {
  return gateway::core::Convention::Open(StorageAt(root), surroundings());
}

void TestGateway::CopyTo(const std::string& root) const {
  std::filesystem::copy(root_, root, std::filesystem::copy_options::recursive);
}

void TestGateway::Restore(const std::string& copy) {
  Close();
  for (const auto& there : std::filesystem::directory_iterator(root_))
    std::filesystem::remove_all(there.path());
  std::filesystem::copy(copy, root_, std::filesystem::copy_options::recursive);
}

std::string TestGateway::AgentOf(std::string_view name) {
  return gateway::base::ToBytes(gateway::base::Sha256({"agent ", name})).substr(0, 16);
}

const PrivateKey& TestGateway::KeyOf(std::string_view name) {
  MutexLock lock(mutex_);
  const auto it = keys_.find(name);
  if (it != keys_.end()) return it->second;
  const gateway::base::Digest seed = gateway::base::Sha256({"key ", name});
  absl::StatusOr<PrivateKey> key = options_.p256.count(name) > 0
                                       ? PrivateKey::Generate(certs::keys::KeyType::kP256)
                                       : PrivateKey::FromEd25519Seed(gateway::base::View(seed));
  return keys_.emplace(name, Need(std::move(key), "a test key")).first->second;
}

std::string TestGateway::CertificateOf(std::string_view name, int64_t not_before_ms,
                                       int64_t not_after_ms) {
  certs::ca::Profile profile;
  profile.common_name = "synthetic";
  profile.uri = "spiffe://ctg-testville/test/agent/synthetic";
  profile.not_before_ms = not_before_ms;
  profile.not_after_ms = not_after_ms;
  return Need(authority_.Issue(profile, KeyOf(name).public_key(), random_), "a certificate")
      .ToPem();
}

std::string TestGateway::ForeignCertificateOf(std::string_view name) {
  const int64_t now = clock_.WallMs();
  const certs::ca::Authority foreign = Need(
      certs::ca::Authority::Create("Foreign root", now - kDayMs, now + kDayMs, random_), "a root");
  certs::ca::Profile profile;
  profile.common_name = "synthetic";
  profile.uri = "spiffe://ctg-testville/test/agent/synthetic";
  profile.not_before_ms = now - kDayMs;
  profile.not_after_ms = now + kDayMs;
  return Need(foreign.Issue(profile, KeyOf(name).public_key(), random_), "a certificate").ToPem();
}

statement::v1::Statement TestGateway::StatementOf(const TestDraft& draft,
                                                  const std::vector<std::string>& signers) {
  statement::v1::Statement statement;
  statement::v1::Header& header = *statement.mutable_header();
  if (convention_ != nullptr) {
    const audit::log::Head head = convention_->log().head();
    header.set_log(convention_->log_name());
    header.mutable_seen()->set_origin(convention_->log().origin());
    header.mutable_seen()->set_size(head.size);
    header.mutable_seen()->set_root(gateway::base::ToBytes(head.root));
  }
  for (const std::string& signer : signers)
    header.add_signers(gateway::base::ToBytes(KeyOf(signer).public_key().fingerprint()));
  std::sort(header.mutable_signers()->begin(), header.mutable_signers()->end());
  header.set_issued_at_ms(clock_.WallMs());
  header.set_not_after_ms(clock_.WallMs() + gateway::base::kDefaultStatementLifeMs);
  header.set_nonce(random_.Bytes(16));
  for (const Act& act : draft.acts) *statement.add_acts() = act;
  return statement;
}

Request TestGateway::Sign(const statement::v1::Statement& statement, const TestDraft& draft,
                          const std::vector<std::string>& signers) {
  std::vector<const PrivateKey*> keys;
  for (const std::string& signer : signers) keys.push_back(&KeyOf(signer));
  std::sort(keys.begin(), keys.end(), [](const PrivateKey* a, const PrivateKey* b) {
    return a->public_key().fingerprint() < b->public_key().fingerprint();
  });
  Request request;
  if (statement.acts_size() > 0 && statement.acts(0).has_transfer_submitted())
    request.door = gateway::core::Door::kTransfers;
  request.envelope =
      certs::keys::SignStatement(statement.SerializeAsString(), keys).SerializeAsString();
  request.attachments = draft.attachments;
  return request;
}

Request TestGateway::RequestOf(const TestDraft& draft, const std::vector<std::string>& signers) {
  return Sign(StatementOf(draft, signers), draft, signers);
}

absl::StatusOr<Receipt> TestGateway::Submit(const Request& request) {
  Awaited<Receipt> awaited;
  convention_->Submit(request,
                      [&](absl::StatusOr<Receipt> receipt) { awaited.Set(std::move(receipt)); });
  return awaited.Take();
}

absl::StatusOr<Receipt> TestGateway::Upload(const Request& request) {
  const record::v1::Attachment& payload = request.attachments[0];
  ASSIGN_OR_RETURN(const std::unique_ptr<gateway::core::Upload> upload,
                   convention_->BeginUpload({request.envelope, payload.nonce(),
                                             payload.media_type(), payload.content().size(), 0}));
  if (upload->wanted()) {
    Awaited<bool> taken;
    upload->Add(payload.content(), [&](const absl::Status& status) {
      taken.Set(status.ok() ? absl::StatusOr<bool>(true) : status);
    });
    RETURN_IF_ERROR(taken.Take().status());
  }
  Awaited<Receipt> awaited;
  upload->Finish(nullptr,
                 [&](absl::StatusOr<Receipt> receipt) { awaited.Set(std::move(receipt)); });
  return awaited.Take();
}

TestEntry TestGateway::Record(const Request& request) {
  return Recorded(request.envelope, Need(Submit(request), "submitting"));
}

TestEntry TestGateway::Recorded(const std::string& envelope_bytes, const Receipt& receipt) {
  TestEntry recorded;
  recorded.receipt = receipt;
  const auto verified = Need(Verify(recorded.receipt), "verifying a receipt");
  recorded.entry = Need(audit::entry::DecodeLeaf(verified.entry), "decoding an entry");
  recorded.index = verified.index;
  recorded.size = verified.checkpoint.size;
  recorded.root = verified.checkpoint.root;
  const auto envelope = Need(audit::entry::DecodeEnvelope(envelope_bytes), "an envelope");
  recorded.digest = gateway::base::ToBytes(certs::keys::StatementDigest(envelope.payload()));
  return recorded;
}

TestEntry TestGateway::Record(const TestDraft& draft, const std::vector<std::string>& signers) {
  return Record(RequestOf(draft, signers));
}

TestEntry TestGateway::Must(const TestDraft& draft, const std::vector<std::string>& signers) {
  TestEntry recorded = Record(draft, signers);
  if (!recorded.accepted()) Fail("refused: " + recorded.entry.refused().ShortDebugString());
  return recorded;
}

absl::StatusOr<TestFetch> TestGateway::Fetch(std::string_view reader,
                                             const statement::v1::ActRef& transfer) {
  Awaited<gateway::core::HandoverAnswer> awaited;
  convention_->HandOver({AgentOf(reader), transfer, 0, gateway::base::kMaxUnaryPayloadBytes, 0},
                        [&](absl::StatusOr<gateway::core::HandoverAnswer> answer) {
                          awaited.Set(std::move(answer));
                        });
  ASSIGN_OR_RETURN(gateway::core::HandoverAnswer handed, awaited.Take());
  TestFetch fetched{std::move(handed.findings), {}, std::move(handed.receipt)};
  if (handed.content == nullptr) return fetched;
  ASSIGN_OR_RETURN(fetched.payload, gateway::vault::ReadWhole(*handed.content));
  return fetched;
}

void TestGateway::WaitForPool() {
  // Once every thread of the pool is here, whatever was posted before has run.
  struct Meeting {
    Mutex mutex;
    gateway::base::CondVar changed;
    int arrived GUARDED_BY(mutex) = 0;
  };
  const auto meeting = std::make_shared<Meeting>();
  const auto wait = [meeting] {
    MutexLock lock(meeting->mutex);
    ++meeting->arrived;
    meeting->changed.NotifyAll();
    while (meeting->arrived <= kPoolThreads) meeting->changed.Wait(meeting->mutex);
  };
  for (int i = 0; i < kPoolThreads; ++i) pool_.Post(wait);
  wait();
}

void TestGateway::Settle() {
  // What stands still for want of room or of a reader's going is never idle: some rounds are enough
  // for what comes of itself.
  constexpr int kRounds = 5;
  bool due = true;
  for (int round = 1; due; ++round) {
    clock_.Advance(1000);
    convention_->Tick();
    WaitForPool();
    const policy::Now now = Need(convention_->Now(), "the time");
    convention_->Read([&](const policy::state::State& state) {
      due = !policy::state::TransfersToErase(state).empty() ||
            !policy::RetentionsReached(state, now).empty();
    });
    due = due || (round < kRounds && !convention_->IsIdle());
  }
}

absl::StatusOr<audit::checkpoint::VerifiedReceipt> TestGateway::Verify(
    const Receipt& receipt) const {
  return audit::checkpoint::VerifyReceipt(receipt.tlog_proof(), *verifier_, verifier_->name());
}

std::string TestGateway::Dump() const {
  std::string dump;
  convention_->Read([&](const policy::state::State& state) { dump = state.Dump(); });
  return dump;
}

record::v1::Entry TestGateway::EntryAt(uint64_t index) const {
  return Need(audit::entry::DecodeLeaf(
                  Need(convention_->log().ReadEntries(index, index + 1), "reading an entry")[0]),
              "decoding an entry");
}

std::vector<Act> TestGateway::ActsAt(uint64_t index) const {
  const record::v1::Entry entry = EntryAt(index);
  if (!entry.has_recorded()) return {};
  const auto recorded =
      Need(audit::entry::DecodeSigned(entry.recorded().envelope()), "a recorded statement");
  return {recorded.statement.acts().begin(), recorded.statement.acts().end()};
}

void TestGateway::Found() {
  const gateway::core::StoragePaths storage_paths = StorageAt(root());
  const auto lock = Need(gateway::core::LockData(paths()), "the lock");
  Need(gateway::core::CreateStorage(storage_paths, kOrigin, gateway_random_), "the storage");
  gateway::core::FoundingKeys public_keys;
  {
    const auto storage = Need(
        gateway::core::Storage::Open(storage_paths, gateway_random_,
                                     [](uint64_t, const std::string&,
                                        const gateway::base::Digest&) { return absl::OkStatus(); }),
        "opening the storage");
    public_keys = gateway::core::PublicKeysOf(*storage);
  }
  verifier_ = Need(audit::checkpoint::NoteVerifier::FromVkey(public_keys.checkpoint_vkey), "vkey");
  {
    MutexLock key_lock(mutex_);
    keys_.emplace("gateway", Need(PrivateKey::Load(storage_paths.folder + "/keys/statement.key"),
                                  "the gateway's key"));
  }
  TestDraft draft;
  statement::v1::ConventionEnacted& enacted =
      *draft.acts.emplace_back().mutable_convention_enacted();
  *enacted.mutable_convention() = ReadText<convention::v1::Convention>("ctg-testville.textproto");
  *enacted.mutable_settings() =
      ReadText<convention::v1::Settings>("ctg-testville.settings.textproto");
  enacted.mutable_settings()->add_tls_trust_anchors(authority_.certificate().ToDer());
  enacted.set_environment(statement::v1::ENVIRONMENT_TEST);
  enacted.set_origin(kOrigin);
  enacted.set_checkpoint_vkey(public_keys.checkpoint_vkey);
  for (const std::string& name : Founders()) {
    const bool gateway = name == "gateway";
    const bool counter = name.substr(0, 7) == "counter";
    *enacted.add_founding_keys() = Founder(name, counter ? "p001" : "p002",
                                           gateway   ? statement::v1::ROLE_OPERATOR
                                           : counter ? statement::v1::ROLE_COUNTERSIGNER
                                                     : statement::v1::ROLE_SECRETARIAT,
                                           KeyOf(name));
  }
  Need(gateway::core::Enact(storage_paths, RequestOf(draft, Founders()).envelope, clock_,
                            gateway_random_)
           .status(),
       "enacting");
}

std::vector<std::string> Founders() {
  return {"gateway", "secretary-1", "secretary-2", "counter-1", "counter-2"};
}

std::vector<std::string> Transcribers() { return {"secretary-1", "counter-1"}; }

convention::v1::Date TestDate(std::string_view iso) {
  const gateway::base::CivilDay day = Need(gateway::base::FromIsoDate(iso), "a date");
  convention::v1::Date date;
  date.set_year(static_cast<uint32_t>(day.year));
  date.set_month(static_cast<uint32_t>(day.month));
  date.set_day(static_cast<uint32_t>(day.day));
  return date;
}

std::vector<std::string> FilesWith(const std::string& folder, std::string_view needle) {
  std::vector<std::string> found;
  for (const auto& file : std::filesystem::recursive_directory_iterator(folder)) {
    if (!file.is_regular_file()) continue;
    std::ifstream stream(file.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
    if (bytes.find(needle) != std::string::npos) found.push_back(file.path().string());
  }
  return found;
}

std::string RefusalsOf(const record::v1::Entry& entry) {
  std::string text;
  for (const record::v1::Finding& finding : entry.refused().findings())
    absl::StrAppend(&text, finding.rule(), "/", finding.code(), "\n");
  return text;
}

}  // namespace passerelle::tests
