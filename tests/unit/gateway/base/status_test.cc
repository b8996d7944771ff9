#include "gateway/base/status.h"

#include <gtest/gtest.h>

namespace passerelle::gateway::base {
namespace {

TEST(Status, CarriesReasonPathAndMessage) {
  const absl::Status status =
      Error(absl::StatusCode::kFailedPrecondition, "LOCKED", "settings.zone", "it is held");
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonOf(status), "LOCKED");
  EXPECT_EQ(PathOf(status), "settings.zone");
  EXPECT_EQ(status.message(), "it is held");
  EXPECT_EQ(Malformed("HEX", "a", "m").code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Corrupt("HEX", "m").code(), absl::StatusCode::kDataLoss);
}

TEST(Status, OfOtherOriginHasItsCodeForAReason) {
  EXPECT_EQ(ReasonOf(absl::NotFoundError("x")), "NOT_FOUND");
  EXPECT_EQ(PathOf(absl::NotFoundError("x")), "");
  EXPECT_EQ(ReasonOf(absl::OkStatus()), "OK");
}

TEST(Status, ComposesPathsFromTheInsideOut) {
  absl::Status status = Malformed("SLUG", "", "m");
  EXPECT_EQ(PathOf(status), "");
  status = AtPath(status, "fields[2]");
  EXPECT_EQ(PathOf(status), "fields[2]");
  status = AtPath(AtPath(status, "dataset"), "acts[0]");
  EXPECT_EQ(PathOf(status), "acts[0].dataset.fields[2]");
  EXPECT_EQ(ReasonOf(status), "SLUG");
  EXPECT_EQ(status.message(), "m");
}

TEST(Status, KeepsReasonAndPathWhenContextIsAdded) {
  const absl::Status status = InContext(Malformed("SLUG", "a.b", "no slug"), "convention ctg");
  EXPECT_EQ(status.message(), "convention ctg: no slug");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(status), "SLUG");
  EXPECT_EQ(PathOf(status), "a.b");
}

TEST(Status, SuccessStaysSuccess) {
  EXPECT_TRUE(AtPath(absl::OkStatus(), "a").ok());
  EXPECT_TRUE(InContext(absl::OkStatus(), "a").ok());
}

absl::StatusOr<int> Halve(int number) {
  if (number % 2 != 0) return Malformed("ODD", "number", "odd");
  return number / 2;
}

absl::Status Quarter(int number, int& out) {
  ASSIGN_OR_RETURN(const int half, Halve(number));
  ASSIGN_OR_RETURN(out, Halve(half));
  RETURN_IF_ERROR(Halve(out).status());
  out = -out;
  return absl::OkStatus();
}

TEST(Status, MacrosReturnTheFirstError) {
  int out = 0;
  EXPECT_EQ(ReasonOf(Quarter(6, out)), "ODD");
  EXPECT_EQ(out, 0);
  EXPECT_EQ(ReasonOf(Quarter(4, out)), "ODD");
  EXPECT_EQ(out, 1);
  EXPECT_TRUE(Quarter(8, out).ok());
  EXPECT_EQ(out, -2);
}

}  // namespace
}  // namespace passerelle::gateway::base
