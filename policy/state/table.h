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
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"

namespace passerelle::policy::state {

// Rows by byte-string key, in key order. Thread-compatible: many readers or one writer. A table
// below must outlive its forks and must not change while they are read, save by Absorb. Movable
// only while nothing is forked from it.
template <typename Row>
class Table {
 public:
  Table() = default;
  Table(Table&&) noexcept = default;
  Table& operator=(Table&&) noexcept = default;
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  // The row of a key, or null. Valid until the key is next put or erased, or the fork is absorbed.
  const Row* Find(std::string_view key) const {
    for (const Table* layer = this; layer != nullptr; layer = layer->below_) {
      if (kHashed && layer->below_ == nullptr) {
        const auto it = layer->by_key_.find(key);
        return it == layer->by_key_.end() ? nullptr : it->second;
      }
      const auto it = layer->rows_.find(key);
      if (it != layer->rows_.end()) return RowOf(it->second);
    }
    return nullptr;
  }

  // The number of rows. REQUIRES: not a fork.
  size_t size() const { return rows_.size(); }

  // Sets the row of a key. Fastest behind the last key.
  void Put(std::string_view key, [[maybe_unused]] Row row) {
    if constexpr (kHashed) {
      Set(key, std::make_shared<const Row>(std::move(row)));
    } else {
      static const Row mark;
      Set(key, &mark);
    }
  }

  // Makes room for so many rows. REQUIRES: not a fork.
  void Reserve(size_t rows) {
    if (kHashed) by_key_.reserve(rows);
  }

  // Removes a key.
  void Erase(std::string_view key) {
    if (below_ != nullptr) return Set(key, nullptr);
    by_key_.erase(key);
    const auto it = rows_.find(key);
    if (it != rows_.end()) rows_.erase(it);
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
        if (!decided) row = RowOf(cursor.at->second);
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
      if (row == nullptr)
        Erase(key);
      else
        Set(key, std::move(row));
    }
    fork.rows_.clear();
  }

 private:
  // Rows that say nothing are walked through and not looked up, and are all one.
  static constexpr bool kHashed = !std::is_empty_v<Row>;

  // A null row hides the key from the layers below. Where keys are looked up they stay where they
  // are; where they are not, many of them share a node, for a million come in no order.
  using Held = std::conditional_t<kHashed, std::shared_ptr<const Row>, const Row*>;
  using Rows = std::conditional_t<kHashed, std::map<std::string, Held, std::less<>>,
                                  absl::btree_map<std::string, Held, std::less<>>>;

  static const Row* RowOf(const std::shared_ptr<const Row>& held) { return held.get(); }
  static const Row* RowOf(const Row* held) { return held; }

  void Set(std::string_view key, Held row) {
    const auto set = rows_.insert_or_assign(rows_.end(), std::string(key), std::move(row));
    if (kHashed && below_ == nullptr) by_key_.insert_or_assign(set->first, RowOf(set->second));
  }

  Rows rows_;
  // The rows of the lowest layer again: a tree of a million keys is looked through at the speed of
  // memory, a hash table in two or three steps. A fork is small and has none. The keys are those of
  // `rows_`.
  absl::flat_hash_map<std::string_view, const Row*> by_key_;
  const Table* below_ = nullptr;
};

}  // namespace passerelle::policy::state

#endif  // PASSERELLE_POLICY_STATE_TABLE_H_
