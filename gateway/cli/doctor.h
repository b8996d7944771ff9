// What `passerelle doctor` looks at and says: one line a check, with what is wrong and the mend.
#ifndef PASSERELLE_GATEWAY_CLI_DOCTOR_H_
#define PASSERELLE_GATEWAY_CLI_DOCTOR_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "audit/checkpoint/note.h"
#include "audit/log/log.h"
#include "audit/log/store.h"
#include "certs/x509/certificate.h"
#include "gateway/cli/app.h"
#include "policy/state/state.h"

namespace passerelle::gateway::cli {

enum class Health { kFine, kWarning, kFailure };

// Something that can be wrong, in the words of the user.
struct Ailment {
  // Stable, such as `port-closed`.
  std::string_view code;
  Health health;
  std::string_view fr, en;
  std::string_view mend_fr, mend_en;
};

// The whole catalogue. Static.
absl::Span<const Ailment> AllAilments();

// One thing that was looked at.
struct Check {
  // What was looked at, such as `port`: stable.
  std::string area;
  Health health = Health::kFine;
  // The ailment, or the reason of an error; empty when all is well.
  std::string code;
  // In the language of the user; empty when all is well.
  std::string text, mend;
  // Files, names and numbers.
  std::string detail;
};

// The checks, told one after the other as they are made. Not thread-safe.
class Diagnosis {
 public:
  explicit Diagnosis(const App& app) : app_(app) {}

  void Fine(std::string_view area, std::string_view detail);

  // REQUIRES: `code` is in the catalogue.
  void Found(std::string_view area, std::string_view code, std::string_view detail);

  // An error, in the words of the catalogue of errors.
  void Failed(std::string_view area, const absl::Status& error);

  // Says how many failed, or prints all as JSON. Returns the exit code.
  int Finish() const;

 private:
  void Add(Check check);

  const App& app_;
  std::vector<Check> checks_;
};

// What ends within so long is warned of, milliseconds: time enough for a founder on leave.
inline constexpr int64_t kSoonMs = int64_t{30} * 24 * 3600 * 1000;

// Whose certificate is judged, in the codes of the catalogue.
enum class Whose { kOurs, kGateways };

// Whether a certificate is in its days at `now_ms`, and for how long still. False when it is not.
bool CheckDays(const App& app, Whose whose, const certs::x509::Certificate& certificate,
               const std::string& file, Diagnosis& diagnosis);

// The side of a partner: everything between a profile and an answer of the gateway.
void ExaminePartner(App& app, Diagnosis& diagnosis);

// What an operator lets us look at; empty: not told.
struct Installation {
  std::string data, guards, certificate, key, listen, passphrase_file;
  // Space below which a disk is as good as full, MiB.
  int64_t least_mib = 512;
};

// The side of the operator: the machine, the data directory and the server's certificate.
void ExamineInstallation(App& app, Installation installation, Diagnosis& diagnosis);

// What is recomputed of a log from its entries, and who signs it.
struct Recomputed {
  policy::state::State state;
  std::unique_ptr<audit::log::LogStore> store;
  std::unique_ptr<audit::log::Log> log;
};
absl::StatusOr<Recomputed> Recompute(const std::string& folder,
                                     const audit::checkpoint::NoteSigner& signer);

// Those whom the settings name: whether each witness answers, and holds the log for the one that it
// cosigned; whether each time-stamp authority gives a stamp that others can verify, and whether its
// clock is this machine's. A log that grew meanwhile is recomputed by `again`.
void ExamineOthers(App& app, const Recomputed& recomputed,
                   const audit::checkpoint::NoteVerifier& own,
                   absl::FunctionRef<absl::StatusOr<Recomputed>()> again, Diagnosis& diagnosis);

// A server's certificate and key, and whether it is this certificate that is shown at `listen`.
void ExamineServer(App& app, const Installation& installation, Diagnosis& diagnosis);

}  // namespace passerelle::gateway::cli

#endif  // PASSERELLE_GATEWAY_CLI_DOCTOR_H_
