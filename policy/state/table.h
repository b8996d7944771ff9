// A sorted table in layers: a fork sees through to what lies below it and keeps its own changes,
// until they are absorbed or dropped. Drafts of groups and sets are forks, so that "all or nothing"
// is a drop.
#ifndef PASSERELLE_POLICY_STATE_TABLE_H_
#define PASSERELLE_POLICY_STATE_TABLE_H_

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"

namespace passerelle::policy::state {

// Rows by byte-string key, in key order. Thread-compatible: many readers or one writer. A table
// below must outlive its forks and must not change while they are read, save by Absorb.
template <typename Row>
class Table {
 public:
  // The row of a key, or null. Valid until the key is next put or erased, or the fork is absorbed.
  const Row* Find(std::string_view key) const {
    for (const Table* layer = this; layer != nullptr; layer = layer->below_) {
      const auto it = layer->rows_.find(key);
      if (it != layer->rows_.end()) return it->second.get();
    }
    return nullptr;
  }

  // The number of rows. REQUIRES: not a fork.
  size_t size() const { return rows_.size(); }

  // Sets the row of a key.
  void Put(std::string_view key, Row row) {
    rows_.insert_or_assign(std::string(key), std::make_shared<const Row>(std::move(row)));
  }

  // Removes a key.
  void Erase(std::string_view key) {
    if (below_ == nullptr) {
      const auto it = rows_.find(key);
      if (it != rows_.end()) rows_.erase(it);
    } else {
      rows_.insert_or_assign(std::string(key), nullptr);
    }
  }

  // Tells `visit` the rows whose keys begin with `prefix` and are not below `from`, in key order,
  // until it returns false.
  void Scan(std::string_view prefix, std::string_view from,
            absl::FunctionRef<bool(const std::string& key, const Row& row)> visit) const {
    struct Cursor {
      typename Rows::const_iterator at, end;
    };
    const std::string_view start = from > prefix ? from : prefix;
    std::vector<Cursor> cursors;  // the uppermost layer first
    for (const Table* layer = this; layer != nullptr; layer = layer->below_)
      cursors.push_back({layer->rows_.lower_bound(start), layer->rows_.end()});
    while (true) {
      const std::string* least = nullptr;
      for (const Cursor& cursor : cursors)
        if (cursor.at != cursor.end && (least == nullptr || cursor.at->first < *least))
          least = &cursor.at->first;
      if (least == nullptr || std::string_view(*least).substr(0, prefix.size()) != prefix) return;
      const std::string key = *least;
      const Row* row = nullptr;
      bool decided = false;  // the uppermost layer that has the key decides
      for (Cursor& cursor : cursors) {
        if (cursor.at == cursor.end || cursor.at->first != key) continue;
        if (!decided) row = cursor.at->second.get();
        decided = true;
        ++cursor.at;
      }
      if (row != nullptr && !visit(key, *row)) return;
    }
  }

  void Scan(std::string_view prefix,
            absl::FunctionRef<bool(const std::string& key, const Row& row)> visit) const {
    Scan(prefix, prefix, visit);
  }

  // An empty layer above this table.
  Table Fork() const {
    Table fork;
    fork.below_ = this;
    return fork;
  }

  // Takes a fork's changes over and empties it. REQUIRES: `fork` was forked from this table.
  void Absorb(Table& fork) {
    for (auto& [key, row] : fork.rows_) {
      if (row == nullptr && below_ == nullptr)
        rows_.erase(key);
      else
        rows_.insert_or_assign(key, std::move(row));
    }
    fork.rows_.clear();
  }

 private:
  // A null row hides the key from the layers below.
  using Rows = std::map<std::string, std::shared_ptr<const Row>, std::less<>>;
  Rows rows_;
  const Table* below_ = nullptr;
};

}  // namespace passerelle::policy::state

#endif  // PASSERELLE_POLICY_STATE_TABLE_H_
