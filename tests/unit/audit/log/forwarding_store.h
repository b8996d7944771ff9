// A store that does as another does, for doubles that do one thing otherwise.
#ifndef PASSERELLE_TESTS_UNIT_AUDIT_LOG_FORWARDING_STORE_H_
#define PASSERELLE_TESTS_UNIT_AUDIT_LOG_FORWARDING_STORE_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "audit/log/store.h"

namespace passerelle::audit::log {

// Forwards everything to a store that outlives it.
class ForwardingStore : public LogStore {
 public:
  explicit ForwardingStore(LogStore& store) : store_(store) {}

  Appended Append(const Head& expected, const Group& group) override {
    return store_.Append(expected, group);
  }
  absl::StatusOr<Head> ReadHead() const override { return store_.ReadHead(); }
  absl::StatusOr<std::vector<std::string>> ReadEntries(uint64_t begin,
                                                       uint64_t end) const override {
    return store_.ReadEntries(begin, end);
  }
  absl::StatusOr<Digest> ReadNode(merkle::NodeId node) const override {
    return store_.ReadNode(node);
  }
  absl::Status IndexStatements(
      const std::vector<std::pair<Digest, uint64_t>>& statements) override {
    return store_.IndexStatements(statements);
  }
  absl::StatusOr<std::optional<uint64_t>> FindStatement(const Digest& digest) const override {
    return store_.FindStatement(digest);
  }
  absl::StatusOr<uint64_t> IndexedSize() const override { return store_.IndexedSize(); }
  absl::Status PutSnapshot(const StateSnapshot& snapshot) override {
    return store_.PutSnapshot(snapshot);
  }
  absl::StatusOr<std::optional<StateSnapshot>> FindSnapshot() const override {
    return store_.FindSnapshot();
  }

 private:
  LogStore& store_;
};

}  // namespace passerelle::audit::log

#endif  // PASSERELLE_TESTS_UNIT_AUDIT_LOG_FORWARDING_STORE_H_
