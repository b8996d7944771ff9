// What in the life of an activity does not agree with what was declared, asked or promised. Pure:
// a discrepancy is found in the log alone, and names the entries that prove it.
#ifndef PASSERELLE_GATEWAY_SERVICE_REGISTER_DISCREPANCIES_H_
#define PASSERELLE_GATEWAY_SERVICE_REGISTER_DISCREPANCIES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/service/register_activity.h"
#include "gateway/service/register_language.h"

namespace passerelle::gateway::service {

// Whether somebody has to act, or to keep an eye on it.
enum class Gravity { kDiscrepancy, kWatch };

// A kind of discrepancy. Static. In its words `{when}`, `{until}`, `{n}` and `{what}` stand for
// what the one found holds.
struct DiscrepancyKind {
  // Stable id, such as `period-repeated`.
  std::string_view code;
  Gravity gravity;
  Words words;
  // Who can mend it, and how.
  Words mend;
};

// The catalogue, in the order in which discrepancies are listed.
const std::vector<DiscrepancyKind>& DiscrepancyKinds();

// One discrepancy of one activity.
struct Discrepancy {
  const DiscrepancyKind* kind = nullptr;
  // The controller whose sheet it is about; empty: the exchange itself.
  std::string controller;
  // What its words speak of: days, a number, periods.
  Day when = 0;
  Day until = 0;
  uint64_t count = 0;
  std::string what;
  // The entries of the log that prove it, in order.
  std::vector<uint64_t> entries;
};

// The discrepancies of an activity at the last instant of a day, in the order of the catalogue,
// then of the log.
std::vector<Discrepancy> FindDiscrepancies(const Activity& activity, Day as_of, int64_t time_ms);

// What is wrong, and who can mend it and how: one sentence each, without its full stop.
std::string DescribeDiscrepancy(const Discrepancy& discrepancy, Language language);
std::string DescribeMend(const Discrepancy& discrepancy, Language language);

}  // namespace passerelle::gateway::service

#endif  // PASSERELLE_GATEWAY_SERVICE_REGISTER_DISCREPANCIES_H_
