// How many statements a group is worth waiting for: a commit costs the same for one as for twenty.
#ifndef PASSERELLE_GATEWAY_CORE_GATHERING_H_
#define PASSERELLE_GATEWAY_CORE_GATHERING_H_

#include <atomic>
#include <cstddef>
#include <memory>

namespace passerelle::gateway::core {

// Counts the calls that are under way and recommends the size of the next group from how many there
// were lately. Thread-safe, except that Target comes from one thread at a time.
class Gathering {
 public:
  // One call, from its arrival to its answer. Must not outlive the gathering.
  struct End {
    void operator()(Gathering* gathering) const { --gathering->under_way_; }
  };
  using Call = std::unique_ptr<Gathering, End>;

  Call Begin() {
    ++under_way_;
    return Call(this);
  }

  // About a third of the calls that were under way lately; 0 when there was hardly one. What there
  // was fades by an eighth a group.
  size_t Target();

 private:
  std::atomic<size_t> under_way_{0};
  size_t lately_ = 0;
};

}  // namespace passerelle::gateway::core

#endif  // PASSERELLE_GATEWAY_CORE_GATHERING_H_
