// Partners who keep witnesses of the test convention's log, and a time-stamp authority, in this
// process: the gateway asks them as it would over HTTPS.
#ifndef PASSERELLE_TESTS_SUPPORT_PARTNERS_H_
#define PASSERELLE_TESTS_SUPPORT_PARTNERS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "audit/witness/witness.h"
#include "gateway/base/mutex.h"
#include "gateway/core/outside.h"
#include "gateway/core/pool.h"
#include "tests/support/gateway_fixture.h"
#include "tests/support/stamp_authority.h"
#include "tests/support/temp_folder.h"

namespace passerelle::tests {

// Thread-safe. The gateway must be closed before they go.
class Partners {
 public:
  // Witnesses 0, 1, ... of the gateway's log; nobody is asked yet.
  Partners(TestGateway& gateway, size_t witnesses);

  // Has the gateway's settings name them and ask for a quorum, then opens it anew so that it asks
  // them. `lag_minutes`: how long an entry may wait for them; `stamps`: whether the authority is
  // named too.
  void Enact(uint32_t quorum, uint32_t lag_minutes = 0, bool stamps = false);

  // Whether a witness answers.
  void SetReachable(size_t witness, bool reachable);
  // How often it was asked.
  size_t asked(size_t witness) const;

  // What the authority does from now on.
  struct AuthorityWays {
    bool reachable = true;
    // Its clock before the gateway's, milliseconds.
    int64_t ahead_ms = 0;
    bool revoked = false;
    bool publishes_lists = true;
  };
  void SetAuthority(const AuthorityWays& ways);
  // How many stamps it was asked for.
  size_t stamps_asked() const;
  StampAuthority& authority() { return authority_; }

  // Lets the gateway do what is due and waits until every question was answered.
  void Settle();
  // Waits until every question asked so far was answered.
  void WaitForAnswers();

  std::vector<audit::checkpoint::CosignatureVerifier> verifiers() const;
  gateway::core::Outside& outside() { return outside_; }

 private:
  struct Partner {
    std::unique_ptr<audit::witness::WitnessStore> store;
    std::unique_ptr<audit::witness::Witness> witness;
    bool reachable = true;
    size_t asked = 0;
  };

  absl::StatusOr<gateway::base::Reaction> Ask(const gateway::base::Question& question);
  absl::StatusOr<gateway::base::Reaction> AskAuthority(const gateway::base::Question& question);

  TestGateway& gateway_;
  TempFolder folder_;
  mutable gateway::base::Mutex mutex_;
  std::vector<Partner> partners_ GUARDED_BY(mutex_);
  AuthorityWays ways_ GUARDED_BY(mutex_);
  size_t stamps_asked_ GUARDED_BY(mutex_) = 0;
  // Asked by the one courier alone.
  StampAuthority authority_;
  // One thread: what was posted before something has been done before it.
  gateway::core::Pool couriers_{1};
  gateway::core::Outside outside_;
};

}  // namespace passerelle::tests

#endif  // PASSERELLE_TESTS_SUPPORT_PARTNERS_H_
