// gateway/docs/register.md says every identifier and every code that a register holds.
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/strings.h"
#include "gateway/service/register_columns.h"
#include "gateway/service/register_discrepancies.h"

namespace passerelle::gateway::service {
namespace {

using base::Absl;

// The tables of the page, as the code has them.
std::string Identifiers() {
  std::string table;
  for (const Column& column : RegisterColumns())
    absl::StrAppend(&table, "| `", column.id, "` | ", column.label_fr, " | ", column.label_en,
                    " |\n");
  return table;
}

std::string Codes() {
  std::string table;
  for (const DiscrepancyKind& kind : DiscrepancyKinds())
    absl::StrAppend(&table, "| `", Absl(kind.code), "` | ",
                    kind.gravity == Gravity::kDiscrepancy ? "discrepancy" : "to watch", " | ",
                    Absl(kind.words.fr), " | ", Absl(kind.words.en), " |\n");
  return table;
}

TEST(RegisterDocsTest, ListsEveryIdentifierAndEveryCode) {
  const auto page =
      base::ReadFile(absl::StrCat(PASSERELLE_TESTDATA, "/../../gateway/docs/register.md"),
                     base::kMaxDocumentBytes);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_NE(page->find("\n" + Identifiers() + "\n"), std::string::npos)
      << "the page should hold these lines:\n"
      << Identifiers();
  EXPECT_NE(page->find("\n" + Codes() + "\n"), std::string::npos)
      << "the page should hold these lines:\n"
      << Codes();
}

}  // namespace
}  // namespace passerelle::gateway::service
