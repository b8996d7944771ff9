#include "policy/state/state.h"

#include <google/protobuf/text_format.h>

#include <algorithm>
#include <string>

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

State State::Fork() const {
  State fork;
  const auto begin = [](std::string_view, auto& mine, const auto& theirs) {
    mine.BecomeForkOf(theirs);
  };
  ForEachTable(begin, fork, *this);
  ForEachIndex(begin, fork, *this);
  return fork;
}

void State::Absorb(State& draft) {
  const auto absorb = [](std::string_view, auto& mine, auto& theirs) { mine.Absorb(theirs); };
  ForEachTable(absorb, *this, draft);
  ForEachIndex(absorb, *this, draft);
}

void State::Move(const Places& from, const Places& to) {
  if (from == to) return;
  for (const auto& [index, key] : from) (this->*index).Erase(key);
  for (const auto& [index, key] : to) (this->*index).Put(key, {});
}

std::vector<std::string>& State::Filler::PlacesIn(Index index) {
  for (auto& [known, places] : places_)
    if (known == index) return places;
  return places_.emplace_back(index, std::vector<std::string>()).second;
}

void State::Filler::Finish() {
  for (auto& [index, places] : places_) {
    std::sort(places.begin(), places.end());
    for (const std::string& place : places) (state_.*index).Put(place, {});
  }
}

std::string State::Dump() const {
  std::string out;
  ForEachTable([&](std::string_view name, const auto& table) { DumpTable(name, table, out); },
               *this);
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
