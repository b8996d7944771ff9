// The vectors of identifiers are synthetic or published test numbers; none is a person's.
#include "policy/content/identifiers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "gateway/base/limits.h"
#include "passerelle/statement/v1/statement.pb.h"
#include "policy/content/signs.h"

namespace passerelle::policy::content {
namespace {

using record::v1::HIT_ACTION_BLOCK;
using record::v1::HIT_ACTION_WARN;
using testing::ElementsAre;
using testing::IsEmpty;

// `block:nir`, `warn:siret`, or `-`.
std::string Shown(const std::optional<Hit>& hit) {
  if (!hit.has_value()) return "-";
  return (hit->action == HIT_ACTION_BLOCK ? "block:" : "warn:") + std::string(hit->detector);
}
std::string Text(std::string_view text) { return Shown(ScanText(text)); }
std::string Heading(std::string_view text) { return Shown(ScanHeading(text)); }

TEST(ScanText, BlocksSocialSecurityNumbersWithTheirKey) {
  for (const std::string_view nir :
       {"185074299912375", "290112A99904558", "178032B99820181", "299129940401725",
        "295109912611193", "253072B07300470", "253072A07300443", "255081416802538"})
    EXPECT_EQ(Text(nir), "block:nir") << nir;
}

TEST(ScanText, BlocksThemHoweverTheyAreWritten) {
  for (const std::string_view nir :
       {"1 85 07 42 999 123 75", "1.85.07.42.999.123.75", "1-85-07-42-999-123-75",
        "1\u00A085\u202F07 42 999 123 75", "290112a99904558", "nir 185074299912375,",
        "nir:185074299912375", "p001/185074299912375", "x185074299912375x", "assure185074299912375",
        "n\u00B0185074299912375"})
    EXPECT_EQ(Text(nir), "block:nir") << nir;
}

TEST(ScanText, AllowsNumbersThatAreNoSocialSecurityNumber) {
  EXPECT_EQ(Text("185074299912376"), "-") << "key";
  EXPECT_EQ(Text("985074299912375"), "-") << "sex";
  EXPECT_EQ(Text("1185074299912375"), "-") << "a digit before";
  EXPECT_EQ(Text("1850742999123751"), "-") << "a digit after";
}

TEST(ScanText, BlocksANumberWithoutKeyWhereItIsNamed) {
  EXPECT_EQ(Text("1850742999123"), "-");
  EXPECT_EQ(Text("nir 1850742999123"), "block:nir13");
  EXPECT_EQ(Text("num-secu 2901199999045"), "block:nir13");
}

TEST(ScanText, BlocksRecipientsNumbersWhereTheyAreNamed) {
  EXPECT_EQ(Text("1234567"), "-");
  EXPECT_EQ(Text("allocataire 1234567"), "block:allocataire");
  EXPECT_EQ(Text("Matricule : 1234567K"), "block:allocataire");
  EXPECT_EQ(Text("allocataire 12345678"), "-");
}

TEST(ScanText, BlocksTaxNumbersNamedOrTwice) {
  EXPECT_EQ(Text("3023217600053"), "-");
  EXPECT_EQ(Text("spi 3023217600053"), "block:spi");
  EXPECT_EQ(Text("spi 3023217600054"), "-");
  EXPECT_EQ(Text("3023217600053 et 3023217600053"), "block:spi");
}

TEST(ScanText, BlocksBankAccounts) {
  EXPECT_EQ(Text("FR7699999888880123456789069"), "block:iban");
  EXPECT_EQ(Text("FR76 9999 9888 8801 2345 6789 069"), "block:iban");
  EXPECT_EQ(Text("iban:fr7699999888880123456789069"), "block:iban");
  EXPECT_EQ(Text("DE89370400440532013000"), "block:iban");  // published example
  EXPECT_EQ(Text("FR7699999888880123456789068"), "-");
  EXPECT_EQ(Text("XFR7699999888880123456789069"), "-");
  EXPECT_EQ(Text("FR76999998888801234567890691"), "-");
}

TEST(ScanText, BlocksPersonsAddressesAndWarnsOfOffices) {
  EXPECT_EQ(Text("prenom.nom@exemple.fr"), "block:email");
  EXPECT_EQ(Text("<Prenom_Nom+x@mail.exemple.fr>."), "block:email");
  EXPECT_EQ(Text("mairie@exemple.fr"), "warn:email");
  EXPECT_EQ(Text("accueil.ville@exemple.fr"), "warn:email");
  EXPECT_EQ(Text("mairie@exemple.fr prenom.nom@exemple.fr"), "block:email");
  EXPECT_EQ(Text("a@b"), "-");
  EXPECT_EQ(Text("user@host"), "-");
  EXPECT_EQ(Text("@exemple.fr"), "-");
  EXPECT_EQ(Text("lot@.fr-2"), "-");
}

TEST(ScanText, BlocksTelephones) {
  for (const std::string_view phone :
       {"0199000012", "01 99 00 00 12", "06.39.98.00.12", "06-39-98-00-12", "+33639980012",
        "+33 6 39 98 00 12", "+33 (0)6 39 98 00 12", "0033639980012", "tel:0639980012",
        "portable0639980012", "06 39 98 00 12 06 39 98 00 13",
        "06\u00A039\u00A098\u00A000\u00A012"})
    EXPECT_EQ(Text(phone), "block:phone") << phone;
}

TEST(ScanText, TakesNoNumberForATelephone) {
  for (const std::string_view number :
       {"639980012", "1639980012", "0099000012", "06399800123", "1.0639980012", "0.639980012",
        "1 85 07 42 999 123 76", "01004 01005", "2020-01-01"})
    EXPECT_EQ(Text(number), "-") << number;
}

TEST(ScanText, WarnsOfEstablishmentsThatMayBeAPersons) {
  EXPECT_EQ(Text("73282932000074"), "warn:siret");
  EXPECT_EQ(Text("732 829 320 00074"), "warn:siret");
  EXPECT_EQ(Text("73282932000075"), "-") << "key";
  EXPECT_EQ(Text("13002526500013"), "-") << "public body";
  EXPECT_EQ(Text("35600000000048"), "-") << "La Poste";
  EXPECT_EQ(Text("732829320"), "-") << "SIREN";
}

TEST(ScanText, AllowsWhatActsAndTablesHold) {
  for (const std::string_view text :
       {"",
        "s",
        "0",
        "p001/agg-alloc-iris",
        "p091",
        "2020",
        "2020-12",
        "I-1",
        "V-4.3",
        "fiche-2.1",
        "200065886",
        "019910101",
        "010040101",
        "01004",
        "2A004",
        "42600",
        "999999999999",
        "passerelle.example/ctg-testville-2024-2029/test",
        "Europe/Paris",
        "PROC-2024-0001",
        "passerelle.example/log+2d6a1f33+AZ6pZ1Fyu3w8LzjYo0c9pQ6t1rX7m5bV4n3k2j1h0g9f",
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "loi n° 78-17 du 6 janvier 1978",
        "W9C1001234",
        "0420123A",
        "1 234 567,89"})
    EXPECT_EQ(Text(text), "-") << text;
}

TEST(ScanText, AllowsRandomKeysAndDigests) {
  std::mt19937 engine(17);
  constexpr std::string_view kBase64 =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (int i = 0; i < 20000; ++i) {
    std::string base64, hex;
    for (int j = 0; j < 44; ++j) base64 += kBase64[engine() % 64];
    for (int j = 0; j < 64; ++j) hex += "0123456789abcdef"[engine() % 16];
    ASSERT_EQ(Text("origin.example/log+" + hex.substr(0, 8) + "+" + base64), "-") << base64;
    ASSERT_EQ(Text(hex), "-") << hex;
  }
}

// Body and key are asked: of random numbers of 15 digits fewer than one in 97 pass.
TEST(ScanText, TakesFewRandomNumbersForSocialSecurityNumbers) {
  std::mt19937 engine(5);
  int hits = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string number;
    for (int j = 0; j < 15; ++j) number += static_cast<char>('0' + engine() % 10);
    hits += FindSigns(number).nir ? 1 : 0;
  }
  EXPECT_LT(hits, 20000 / 97);
  EXPECT_GT(hits, 0);
}

// A naive key: the whole number modulo 97 by school arithmetic.
TEST(ScanText, AgreesWithANaiveKey) {
  std::mt19937 engine(6);
  for (int i = 0; i < 2000; ++i) {
    std::string body = "1";
    for (int j = 0; j < 2; ++j) body += static_cast<char>('0' + engine() % 10);
    body += "07";
    for (int j = 0; j < 8; ++j) body += static_cast<char>('0' + engine() % 10);
    int rest = 0;
    for (const char c : body) rest = (rest * 10 + (c - '0')) % 97;
    const int key = 97 - rest;
    const std::string text = body + (key < 10 ? "0" : "") + std::to_string(key);
    ASSERT_TRUE(FindSigns(text).nir) << text;
    const int other = key == 97 ? 1 : key + 1;
    ASSERT_FALSE(FindSigns(body + (other < 10 ? "0" : "") + std::to_string(other)).nir) << body;
  }
}

TEST(FindSigns, SeesDays) {
  for (const std::string_view day : {"2012-05-31", "31/05/2012", "1/5/2012", "31.05.2012",
                                     "2012-05-31T10:00:00Z", "31/05/2012 10:00"})
    EXPECT_TRUE(FindSigns(day).day) << day;
  for (const std::string_view other : {"2012-05", "05/2012", "32/05/2012", "2012-13-01", "12.50.31",
                                       "1.5.2", "2012-05-31-01", "abc"})
    EXPECT_FALSE(FindSigns(other).day) << other;
}

TEST(ScanHeading, BlocksWhatAnnouncesAPerson) {
  const std::pair<std::string_view, std::string_view> headings[] = {
      {"nom", "name"},
      {"Nom", "name"},
      {"NOM_FAMILLE", "name"},
      {"nomUsage", "name"},
      {"prénom", "name"},
      {"Prénoms", "name"},
      {"last_name", "name"},
      {"date_naissance", "birth-date"},
      {"dateNaissance", "birth-date"},
      {"Date de naissance", "birth-date"},
      {"date_naissance_enfant", "birth-date"},
      {"adresse", "address"},
      {"adresse_postale", "address"},
      {"e-mail", "email"},
      {"courriel", "email"},
      {"téléphone", "phone"},
      {"tel", "phone"},
      {"nir", "nir"},
      {"NIRAllocataire", "nir"},
      {"num_secu", "nir"},
      {"numss", "nir"},
      {"matricule", "allocataire"},
      {"num_alloc", "allocataire"},
      {"numero_allocataire", "allocataire"},
      {"allocataire", "allocataire"},
      {"ine", "ine"},
      {"iban", "iban"},
      {"numero_fiscal", "spi"},
      {"id_enfant", "person-id"},
      {"id_demande", "person-id"},
      {"numero_dossier", "person-id"}};
  for (const auto& [heading, detector] : headings)
    EXPECT_EQ(Heading(heading), "block:" + std::string(detector)) << heading;
}

TEST(ScanHeading, AllowsWhatAnnouncesPlacesAndCounts) {
  for (const std::string_view heading : {"",
                                         "annee",
                                         "mois",
                                         "code_iris",
                                         "code_insee",
                                         "A",
                                         "PERCOU",
                                         "AI",
                                         "AM",
                                         "ACSSENF",
                                         "ENF_11_14",
                                         "A_NETUD_24",
                                         "AAPL",
                                         "ARSAS",
                                         "type_structure",
                                         "tranche_qf",
                                         "nb_places",
                                         "nb_enfants",
                                         "nb_familles",
                                         "en_mam",
                                         "nb_assmat",
                                         "tranche_age",
                                         "type_contrat",
                                         "nb",
                                         "masse_salariale",
                                         "nb_bafa",
                                         "structure",
                                         "frequentation",
                                         "france_services",
                                         "motif",
                                         "secteur",
                                         "nb_demandes",
                                         "nb_dossiers",
                                         "montant_aides",
                                         "nb_foyers",
                                         "nom_commune",
                                         "NomIris",
                                         "nom_structure",
                                         "adresse_mairie",
                                         "nb_allocataires",
                                         "allocataires",
                                         "nb_naissances",
                                         "naissances",
                                         "nomenclature",
                                         "total_adresses",
                                         "code_postal",
                                         "siren",
                                         "lib_iris",
                                         "annee_naissance"})
    EXPECT_EQ(Heading(heading), "-") << heading;
}

statement::v1::Act DatasetAct() {
  statement::v1::Act act;
  act.set_party("p001");
  auto& dataset = *act.mutable_dataset_declared();
  dataset.set_slug("p001/agg-alloc-iris");
  dataset.add_purposes("I-1");
  dataset.add_units("stats");
  dataset.mutable_title()->set_digest("185074299912375 is bytes, not text");
  for (const std::string_view name : {"annee", "code_iris", "code_insee", "A", "ARSAS"})
    dataset.add_fields()->set_name(std::string(name));
  dataset.mutable_fields(4)->add_codes("mam");
  return act;
}

TEST(ScanStrings, HitsNothingInAPlainAct) {
  EXPECT_THAT(ScanStrings(DatasetAct(), "acts[0]"), IsEmpty());
}

std::vector<std::string> Shown(const std::vector<record::v1::TextHit>& hits) {
  std::vector<std::string> shown;
  shown.reserve(hits.size());
  for (const auto& hit : hits)
    shown.push_back(hit.path() + " " + hit.detector() +
                    (hit.action() == HIT_ACTION_BLOCK ? " block" : " warn"));
  return shown;
}

TEST(ScanStrings, NamesThePathOfEveryHit) {
  statement::v1::Act act = DatasetAct();
  act.mutable_dataset_declared()->set_slug("p001/185074299912375");
  act.mutable_dataset_declared()->add_purposes("73282932000074");
  act.mutable_dataset_declared()->mutable_fields(3)->set_name("date_naissance");
  act.mutable_dataset_declared()->mutable_fields(4)->set_codes(0, "0639980012");
  EXPECT_THAT(Shown(ScanStrings(act, "acts[7]")),
              ElementsAre("acts[7].dataset_declared.slug nir block",
                          "acts[7].dataset_declared.fields[3].name birth-date block",
                          "acts[7].dataset_declared.fields[4].codes[0] phone block",
                          "acts[7].dataset_declared.purposes[1] siret warn"));
}

TEST(ScanStrings, GoesWithoutAPrefix) {
  statement::v1::Act act;
  act.set_party("mairie@exemple.fr");
  EXPECT_THAT(Shown(ScanStrings(act, "")), ElementsAre("party email warn"));
}

TEST(ScanStrings, TakesOnlyNamesOfFieldsForHeadings) {
  statement::v1::Act act = DatasetAct();
  act.mutable_dataset_declared()->add_units("nom");
  EXPECT_THAT(ScanStrings(act, "a"), IsEmpty());
}

TEST(ScanStrings, KeepsWhatBlocksWhenThereAreManyHits) {
  statement::v1::Act act = DatasetAct();
  for (size_t i = 0; i < gateway::base::kMaxObservedHits + 5; ++i)
    act.mutable_dataset_declared()->add_tags("mairie@exemple.fr");
  act.mutable_dataset_declared()->mutable_fields(4)->set_name("nom");
  const auto hits = ScanStrings(act, "");
  ASSERT_EQ(hits.size(), gateway::base::kMaxObservedHits);
  EXPECT_EQ(hits[0].detector(), "name");
}

}  // namespace
}  // namespace passerelle::policy::content
