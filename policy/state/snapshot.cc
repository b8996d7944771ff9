#include "policy/state/snapshot.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "gateway/base/bytes.h"
#include "gateway/base/status.h"
#include "gateway/base/strings.h"

namespace passerelle::policy::state {
namespace {

using gateway::base::Absl;
using gateway::base::AppendBigEndian32;
using gateway::base::Corrupt;

constexpr size_t kLengthBytes = 4;

// The one spelling of a row.
void Spell(const google::protobuf::Message& row, std::string& out) {
  out.resize(row.ByteSizeLong());
  google::protobuf::io::ArrayOutputStream array(out.data(), static_cast<int>(out.size()));
  google::protobuf::io::CodedOutputStream coded(&array);
  coded.SetSerializationDeterministic(true);
  row.SerializeWithCachedSizes(&coded);
}

void AppendSized(std::string& out, std::string_view bytes) {
  AppendBigEndian32(out, static_cast<uint32_t>(bytes.size()));
  out.append(bytes);
}

// Takes numbers and byte strings from the front of a snapshot.
class Reader {
 public:
  explicit Reader(std::string_view rest) : rest_(rest) {}

  std::optional<uint32_t> Number() {
    if (rest_.size() < kLengthBytes) return std::nullopt;
    const uint32_t number = gateway::base::ReadBigEndian32(rest_);
    rest_.remove_prefix(kLengthBytes);
    return number;
  }

  std::optional<std::string_view> Sized() {
    const std::optional<uint32_t> size = Number();
    if (!size.has_value() || rest_.size() < *size) return std::nullopt;
    const std::string_view bytes = rest_.substr(0, *size);
    rest_.remove_prefix(*size);
    return bytes;
  }

  // The most rows that the rest can hold.
  size_t most_rows() const { return rest_.size() / (2 * kLengthBytes); }
  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

absl::Status Cut() { return Corrupt("SNAPSHOT_FORM", "the snapshot ends too early"); }

// Reads the rows of one table.
template <typename Row>
absl::Status ReadTable(Reader& reader, std::string_view name, const StateTable<Row>&,
                       State::Filler& filler) {
  const std::optional<std::string_view> written = reader.Sized();
  const std::optional<uint32_t> count = reader.Number();
  if (!written.has_value() || !count.has_value()) return Cut();
  if (*written != name) return Corrupt("SNAPSHOT_FORM", "another table than expected");
  filler.Reserve<Row>(std::min<size_t>(*count, reader.most_rows()));
  std::optional<std::string_view> last;
  std::string spelt;
  for (uint32_t i = 0; i < *count; ++i) {
    const std::optional<std::string_view> key = reader.Sized();
    const std::optional<std::string_view> bytes = reader.Sized();
    if (!key.has_value() || !bytes.has_value()) return Cut();
    if (last.has_value() && *key <= *last) return Corrupt("SNAPSHOT_FORM", "keys out of order");
    last = key;
    Row row;
    if (!row.ParseFromArray(bytes->data(), static_cast<int>(bytes->size())))
      return Corrupt("SNAPSHOT_FORM", "a row that is none");
    row.DiscardUnknownFields();
    Spell(row, spelt);
    if (spelt != *bytes) return Corrupt("SNAPSHOT_FORM", "a row that is not written canonically");
    filler.Put(*key, std::move(row));
  }
  return absl::OkStatus();
}

}  // namespace

std::string EncodeSnapshot(const State& state) {
  std::string out(kSnapshotTag);
  std::string spelt;
  const auto append = [&](std::string_view name, const auto& table) {
    AppendSized(out, name);
    const size_t count_at = out.size();
    AppendBigEndian32(out, 0);
    uint32_t count = 0;
    table.Scan("", [&](const std::string& key, const auto& row) {
      AppendSized(out, key);
      Spell(row, spelt);
      AppendSized(out, spelt);
      ++count;
      return true;
    });
    std::string bytes;
    AppendBigEndian32(bytes, count);
    out.replace(count_at, kLengthBytes, bytes);
  };
  State::ForEachTable(append, state);
  return out;
}

absl::StatusOr<State> DecodeSnapshot(std::string_view bytes) {
  if (bytes.substr(0, kSnapshotTag.size()) != kSnapshotTag)
    return Corrupt("SNAPSHOT_FORM", "not a snapshot of this version");
  Reader reader(bytes.substr(kSnapshotTag.size()));
  State state;
  State::Filler filler(state);
  absl::Status status;
  const auto read = [&](std::string_view name, const auto& table) {
    if (!status.ok()) return;
    status = ReadTable(reader, name, table, filler);
    if (!status.ok()) status = gateway::base::InContext(status, absl::StrCat("table ", Absl(name)));
  };
  State::ForEachTable(read, state);
  RETURN_IF_ERROR(status);
  if (!reader.at_end()) return Corrupt("SNAPSHOT_FORM", "bytes after the last table");
  filler.Finish();
  return state;
}

}  // namespace passerelle::policy::state
