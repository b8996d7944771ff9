#include "policy/state/state.h"

#include <google/protobuf/text_format.h>

#include <string>
#include <type_traits>

#include "absl/strings/str_cat.h"
#include "gateway/base/bytes.h"
#include "gateway/base/strings.h"

namespace passerelle::policy::state {
namespace {

using gateway::base::Absl;
using gateway::base::Digest;

constexpr std::string_view kStateTag = "passerelle/state/v1\n";
constexpr size_t kDigestBytes = 32;

std::string OneLine(const google::protobuf::Message& row) {
  google::protobuf::TextFormat::Printer printer;
  printer.SetSingleLineMode(true);
  std::string text;
  printer.PrintToString(row, &text);
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

template <typename Row>
void DumpTable(std::string_view name, const Table<Row>& table, std::string& out) {
  table.Scan("", [&](const std::string& key, const Row& row) {
    absl::StrAppend(&out, Absl(name), " ", gateway::base::ToHex(key), " {", OneLine(row), "}\n");
    return true;
  });
}

}  // namespace

std::string KeyOf(const statement::v1::ActRef& ref) {
  std::string key = ref.statement();
  gateway::base::AppendBigEndian32(key, ref.ordinal());
  return key;
}

statement::v1::ActRef RefOf(std::string_view key) {
  statement::v1::ActRef ref;
  ref.set_statement(std::string(key.substr(0, kDigestBytes)));
  ref.set_ordinal(gateway::base::ReadBigEndian32(key.substr(kDigestBytes)));
  return ref;
}

statement::v1::ActRef Absolute(const statement::v1::ActRef& ref, const Digest& statement) {
  statement::v1::ActRef absolute = ref;
  if (absolute.statement().empty()) absolute.set_statement(gateway::base::ToBytes(statement));
  return absolute;
}

template <typename Mine, typename Theirs, typename F>
void State::ForEachTable(Mine& mine, Theirs& theirs, F f) {
  f(mine.heads, theirs.heads);
  f(mine.foundings, theirs.foundings);
  f(mine.chains, theirs.chains);
  f(mine.adhesions, theirs.adhesions);
  f(mine.deeds, theirs.deeds);
  f(mine.agents, theirs.agents);
  f(mine.keys, theirs.keys);
  f(mine.mandates, theirs.mandates);
  f(mine.datasets, theirs.datasets);
  f(mine.slugs, theirs.slugs);
  f(mine.exchanges, theirs.exchanges);
  f(mine.freezes, theirs.freezes);
  f(mine.transfers, theirs.transfers);
  f(mine.ratified, theirs.ratified);
  f(mine.statements, theirs.statements);
  f(mine.mandates_by_agent, theirs.mandates_by_agent);
  f(mine.mandates_by_party, theirs.mandates_by_party);
  f(mine.transfers_by_exchange, theirs.transfers_by_exchange);
  f(mine.freezes_by_target, theirs.freezes_by_target);
  f(mine.transfers_kept, theirs.transfers_kept);
  f(mine.statements_by_expiry, theirs.statements_by_expiry);
}

State State::Fork() const {
  State fork;
  ForEachTable(fork, *this, [](auto& mine, const auto& theirs) { mine = theirs.Fork(); });
  return fork;
}

void State::Absorb(State& draft) {
  ForEachTable(*this, draft, [](auto& mine, auto& theirs) { mine.Absorb(theirs); });
}

std::string State::Dump() const {
  std::string out;
  DumpTable("heads", heads, out);
  DumpTable("foundings", foundings, out);
  DumpTable("chains", chains, out);
  DumpTable("adhesions", adhesions, out);
  DumpTable("deeds", deeds, out);
  DumpTable("agents", agents, out);
  DumpTable("keys", keys, out);
  DumpTable("mandates", mandates, out);
  DumpTable("datasets", datasets, out);
  DumpTable("slugs", slugs, out);
  DumpTable("exchanges", exchanges, out);
  DumpTable("freezes", freezes, out);
  DumpTable("transfers", transfers, out);
  DumpTable("ratified", ratified, out);
  DumpTable("statements", statements, out);
  return out;
}

Digest State::DumpDigest() const {
  const Digest dump = gateway::base::Sha256(Dump());
  return gateway::base::Sha256({kStateTag, gateway::base::View(dump)});
}

uint64_t State::size() const {
  const record::v1::HeadRow* head = heads.Find("");
  return head == nullptr ? 0 : head->size();
}

int64_t State::time_ms() const {
  const record::v1::HeadRow* head = heads.Find("");
  return head == nullptr ? 0 : head->time_ms();
}

}  // namespace passerelle::policy::state
