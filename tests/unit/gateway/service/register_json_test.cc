// The register as JSON: identifiers, absences, proofs.
#include "gateway/service/register_json.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "gateway/base/bytes.h"
#include "tests/support/sqlite_file.h"
#include "tests/unit/gateway/service/register_fixture.h"

namespace passerelle::gateway::service {
namespace {

using nlohmann::json;
using tests::TestGateway;

class RegisterJsonTest : public RegisterFixture {
 protected:
  json Read(std::string_view name, const api::ExportRegisterRequest& request) {
    const json read = json::parse(Export(name, request).bytes, nullptr, /*allow_exceptions=*/false);
    EXPECT_TRUE(read.is_object());
    return read;
  }
  json Read(std::string_view name, const std::string& party) {
    return Read(name, RequestFor(party, api::REGISTER_FORMAT_JSON));
  }

  uint64_t Last() const { return gateway_.size() - 1; }
};

TEST_F(RegisterJsonTest, SaysWhatItIsOf) {
  json read = Read("log-auditor", "");
  EXPECT_EQ(read["register"], "passerelle/register/v1");
  EXPECT_EQ(read["environment"], "test");
  EXPECT_EQ(read["log"], base::ToHex(gateway_.convention().log_name()));
  EXPECT_EQ(read["origin"], gateway_.convention().log().origin());
  EXPECT_EQ(read["party"], nullptr);
  EXPECT_EQ(read["as_of"], "2024-06-03");
  EXPECT_EQ(read["entries"], gateway_.size());
  EXPECT_EQ(read["language"], "fr");
  EXPECT_EQ(read["summary"],
            json::parse(R"({"sheets": 1, "discrepancies": 0, "points_to_watch": 0})"));
  EXPECT_EQ(Read("auditor-p001", "p001")["party"], "p001");
}

TEST_F(RegisterJsonTest, ShowsAnActivityWithTheEntriesThatProveIt) {
  ASSERT_TRUE(gateway_.Fetch("reader-p002", gateway_.transfer).ok());
  const uint64_t handover = Last();
  gateway_.clock().Advance(60 * 1000);
  gateway_.Settle();
  const json activity = Read("auditor-p001", "p001")["activities"][0];
  EXPECT_EQ(activity["exchange"], base::ToHex(gateway_.exchange.statement()) + "/0");
  EXPECT_EQ(activity["controller"], "p001");
  EXPECT_EQ(activity["recipient"], "p002");
  EXPECT_EQ(activity["dataset"]["slug"], "p001/agg-familles");
  EXPECT_EQ(activity["dataset"]["title"], "Familles par commune (synthétique)");
  EXPECT_EQ(activity["purpose"], "I-1");
  EXPECT_EQ(activity["asked_fields"], json({"annee", "code_insee", "foyers", "mineurs"}));
  EXPECT_EQ(activity["frequency"], nullptr);
  EXPECT_EQ(activity["until"], "2025-12-31");
  EXPECT_EQ(activity["opinion"]["opinion"], "favourable");
  EXPECT_EQ(activity["opinion"]["conditions"]["dropped_fields"], json({"mineurs"}));
  EXPECT_EQ(activity["decision"]["verdict"], "approved");
  EXPECT_EQ(activity["sheet"]["legal_basis"], "public_task");
  EXPECT_EQ(activity["sheet"]["next_review_on"], "2025-06-01");
  EXPECT_EQ(activity["transfers"].size(), 1u);
  const json transfer = activity["transfers"][0];
  EXPECT_EQ(transfer["transfer"], base::ToHex(gateway_.transfer.statement()) + "/0");
  EXPECT_EQ(transfer["period"], "2023");
  EXPECT_EQ(transfer["erased_on"], "2024-06-03");
  EXPECT_EQ(transfer["proofs"]["handover"], json({handover}));
  EXPECT_EQ(transfer["proofs"]["erasure"], json({Last()}));
  EXPECT_EQ(activity["proofs"]["erasure"], json({Last()}));
  EXPECT_EQ(absl::StrCat(activity["proofs"]["proposal"][0].get<uint64_t>()),
            Entries([](const statement::v1::Act& act) { return act.has_exchange_proposed(); }));
  EXPECT_EQ(activity["decision"]["entry"], activity["proofs"]["decision"][0]);
  EXPECT_EQ(activity["sheet"]["entry"], activity["proofs"]["register_entry"][0]);
}

TEST_F(RegisterJsonTest, KeepsTheSheetAsItsControllerWroteIt) {
  gateway_.Must(gateway_.Register("p001", 2, R"({
    "has_sensitive": false, "sub_purposes": ["Cartes", "Bilan"], "ref": "à nous",
    "controller": {"city": "Testville"}, "health": "Aucune",
    "recipients": [{"type": "interne", "detail": "Études"}]})"),
                {"steward-p001"});
  const json activity = Read("auditor-p001", "p001")["activities"][0];
  const json& processing = activity["processing"];
  const json& absent = activity["absent"];
  EXPECT_EQ(processing["has_sensitive"], false);
  EXPECT_EQ(processing["sub_purposes"], json({"Cartes", "Bilan"}));
  EXPECT_EQ(processing["recipients"], json::parse(R"([{"type": "interne", "detail": "Études"}])"));
  EXPECT_EQ(processing["health"], "Aucune");
  EXPECT_EQ(processing["controller"]["city"], "Testville");
  // What the log or the directory knows.
  EXPECT_EQ(processing["name"], "Familles par commune (synthétique)");
  EXPECT_EQ(processing["controller"]["name"], "Caisse d'allocations familiales de Testville");
  EXPECT_EQ(processing["dpo"]["name"], "Synthétique dpo-p001 / Essai");
  EXPECT_EQ(processing["ref"], "fiche-p001");
  EXPECT_EQ(processing["version"], "2");
  // What nobody gave.
  EXPECT_EQ(processing["backup"], nullptr);
  EXPECT_EQ(absent["processing.backup"], "not_given");
  EXPECT_EQ(processing["controller"]["phone"], nullptr);
  EXPECT_EQ(absent["processing.controller.phone"], "not_given");
  EXPECT_FALSE(absent.contains("processing.health.description"));
  EXPECT_FALSE(absent.contains("processing.sub_purposes"));
}

TEST_F(RegisterJsonTest, SaysWhatIsErasedAndWhatIsNotDisclosed) {
  EXPECT_EQ(Read("steward-p002", "p002")["activities"][0]["absent"]["processing.dpo.name"],
            "not_disclosed");
  tests::RunSql(TestGateway::StorageAt(gateway_.root()).folder + "/vault.db",
                "DELETE FROM items WHERE class = 2");
  const json activity = Read("auditor-p001", "p001")["activities"][0];
  EXPECT_EQ(activity["dataset"]["title"], nullptr);
  EXPECT_EQ(activity["absent"]["dataset.title"], "erased");
  EXPECT_EQ(activity["absent"]["processing.backup"], "erased");
  EXPECT_EQ(activity["absent"]["processing.dpo.name"], "erased");
}

TEST_F(RegisterJsonTest, ListsDiscrepanciesWithTheirActivityOrAlone) {
  AdvanceDays(500);
  const json whole = Read("auditor-p001", "p001");
  const json found = whole["activities"][0]["discrepancies"];
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0]["code"], "review-overdue");
  EXPECT_EQ(found[0]["gravity"], "discrepancy");
  EXPECT_EQ(found[0]["entries"], whole["activities"][0]["proofs"]["register_entry"]);
  EXPECT_EQ(whole["summary"]["discrepancies"], 2);
  api::ExportRegisterRequest request = RequestFor("p001", api::REGISTER_FORMAT_JSON);
  request.set_contents(api::REGISTER_CONTENTS_DISCREPANCIES);
  request.set_language(api::REGISTER_LANGUAGE_ENGLISH);
  const json alone = Read("auditor-p001", request);
  EXPECT_FALSE(alone.contains("activities"));
  ASSERT_EQ(alone["discrepancies"].size(), 2u);
  EXPECT_EQ(alone["discrepancies"][0]["exchange"], whole["activities"][0]["exchange"]);
  EXPECT_EQ(alone["discrepancies"][0]["words"], "the entry was to be reviewed on 2025-06-01");
  EXPECT_EQ(alone["summary"], whole["summary"]);
}

TEST_F(RegisterJsonTest, IsWholeWithoutAnyActivity) {
  const json read = Read("steward-p003", "p003");
  EXPECT_EQ(read["activities"], json::array());
  EXPECT_EQ(read["summary"]["sheets"], 0);
}

TEST_F(RegisterJsonTest, IsEqualWhenExportedTwice) {
  gateway_.Must(gateway_.Register("p002", 1, R"({"name": "Diagnostic"})"), {"steward-p002"});
  AdvanceDays(1);
  api::ExportRegisterRequest request = RequestFor("", api::REGISTER_FORMAT_JSON);
  *request.mutable_as_of() = tests::TestDate("2024-06-03");
  const std::string first = Export("log-auditor", request).bytes;
  gateway_.Must(gateway_.Register("p002", 2, R"({"name": "Autre"})"), {"steward-p002"});
  AdvanceDays(1);
  EXPECT_EQ(Export("log-auditor", request).bytes, first);
}

}  // namespace
}  // namespace passerelle::gateway::service
