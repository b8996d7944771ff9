// Refusals of transfers, of their content, and of the gateway's acts.
#include "tests/unit/policy/rules/cases.h"

namespace passerelle::tests {
namespace {

using record::v1::ActObserved;
using record::v1::CellFault;
using record::v1::Entry;
using record::v1::PayloadObserved;
using statement::v1::Act;
using statement::v1::ActRef;
using statement::v1::AGENT_KIND_GATEWAY;
using statement::v1::AGENT_KIND_SERVICE;
using statement::v1::Release;
using statement::v1::ROLE_DPO;
using statement::v1::ROLE_READER;
using statement::v1::ROLE_SENDER;
using statement::v1::ROLE_STEWARD;
using statement::v1::RULING_REFUSED;
using statement::v1::RULING_RELEASED;
using statement::v1::Statement;
using statement::v1::TransferSubmitted;
using statement::v1::VERDICT_REFUSED;

Act Send(World& world) { return world.Send(); }
Act Release(World& world) { return world.Rule(RULING_RELEASED); }

Case Sending(std::string rule, std::string code, std::string path,
             std::function<void(TransferSubmitted&)> spoil) {
  return Spoilt(std::move(rule), std::move(code), "transfer_submitted." + path, Stage::kRegistered,
                {"sender-p001"}, [spoil = std::move(spoil)](World& world) {
                  Act act = world.Send();
                  spoil(*act.mutable_transfer_submitted());
                  return act;
                });
}

Case Containing(std::string rule, std::string code, std::function<void(PayloadObserved&)> spoil) {
  return Misobserved(
      std::move(rule), std::move(code), Stage::kRegistered, {"sender-p001"}, Send,
      [spoil = std::move(spoil)](ActObserved& observed) { spoil(*observed.mutable_payload()); });
}

// A payload with one failing cell in a column.
Case Failing(std::string rule, std::string code, uint32_t column, CellFault fault) {
  return Containing(std::move(rule), std::move(code), [column, fault](PayloadObserved& payload) {
    record::v1::CellObserved& cell = *payload.add_cells();
    cell.set_line(2);
    cell.set_column(column);
    cell.set_fault(fault);
    payload.set_cells_failing(1);
  });
}

World::Options CappedAtOne() {
  World::Options options;
  options.conditions.set_transfer_cap(1);
  return options;
}

World::Options Dropped() {
  World::Options options;
  options.conditions.add_dropped_fields("places");
  options.conditions.set_threshold(11);
  return options;
}

// A transfer by a service whose mandate `spoil` changes.
Entry SentByAService(World& world, const std::string& slug, std::string_view until) {
  Act mandate = world.ServiceMandate("p001", "robot", ROLE_SENDER, "answerable");
  mandate.mutable_mandate_given()->set_datasets(0, slug);
  Act answerable = world.Mandate("p001", "answerable", ROLE_STEWARD);
  *answerable.mutable_mandate_given()->mutable_until() = DateOf(until);
  world.Must({answerable, mandate, world.Enrol("p001", "robot", AGENT_KIND_SERVICE)},
             {"representative-p001"});
  world.Advance(int64_t{24} * 3600 * 1000);
  return Try(world, world.Send(), {"robot"});
}

Entry SentBeforeTheFirstDay(World& world) {
  Act proposal = world.Propose();
  *proposal.mutable_exchange_proposed()->mutable_from() = DateOf("2024-09-01");
  world.exchange = world.Must({proposal}, {"requester-p002"}).Ref();
  world.opinion = world.Must({world.Opine()}, {"dpo-p001"}).Ref();
  world.Must({world.DecideExchange()}, {"decider-p001"});
  world.Must({world.Register()}, {"steward-p001"});
  return Try(world, world.Send(), {"sender-p001"});
}

// An acknowledgement by a service that may read another dataset.
Entry AcknowledgedByAServiceOfAnother(World& world) {
  Act mandate = world.ServiceMandate("p002", "robot", ROLE_READER, "reader-p002");
  mandate.mutable_mandate_given()->set_datasets(0, "p001/other");
  world.Must({mandate, world.Enrol("p002", "robot", AGENT_KIND_SERVICE)}, {"representative-p002"});
  return Try(world, world.Acknowledge(), {"robot"});
}

std::vector<Case> ManifestCases() {
  return {
      Spoilt("transfer.approval", "not-approved", "transfer_submitted.exchange", Stage::kFavourable,
             {"sender-p001"}, Send),
      {"transfer.approval", "not-approved", "transfer_submitted.exchange", Stage::kFavourable,
       [](World& world) {
         Act refused = world.DecideExchange();
         refused.mutable_exchange_decided()->set_verdict(VERDICT_REFUSED);
         world.Must({refused}, {"decider-p001"});
         return Try(world, world.Send(), {"sender-p001"});
       }},
      {"transfer.approval", "not-yet", "", Stage::kDeclared, SentBeforeTheFirstDay},
      With(ToTheGroup(), "IX.1", "class-empty", "", Stage::kRegistered,
           [](World& world) {
             Act act = world.EnactSettings();
             auto& group = *act.mutable_settings_enacted()->mutable_settings();
             group.mutable_recipient_classes(0)->clear_parties();
             group.mutable_recipient_classes(0)->add_parties("p006");
             world.Must({act}, World::transcribers());
             return Try(world, world.Send(), {"sender-p001"});
           }),
      Fallen("transfer_submitted.exchange", Stage::kRegistered, "p001", "dpo-p001", "sender-p001",
             Send),
      Fallen("transfer_submitted.exchange", Stage::kRegistered, "p001", "steward-p001",
             "sender-p001", Send),
      Fallen("transfer_submitted.exchange", Stage::kRegistered, "p002", "requester-p002",
             "sender-p001", Send),
      {"transfer.approval", "outside-dates", "", Stage::kRegistered,
       [](World& world) {
         world.SetDay("2026-01-01");
         return Try(world, world.Send(), {"sender-p001"});
       }},
      With(CappedAtOne(), "transfer.approval", "cap-reached", "", Stage::kSent,
           [](World& world) { return Try(world, world.Send(), {"sender-p001"}); }),
      Spoilt("IX.3c", "register-missing", "transfer_submitted.exchange", Stage::kApproved,
             {"sender-p001"}, Send),
      Sending("transfer.manifest", "dataset-differs", "dataset",
              [](auto& t) { t.mutable_dataset()->set_ordinal(1); }),
      Sending("transfer.manifest", "recipient-differs", "recipient.party",
              [](auto& t) { t.mutable_recipient()->set_party("p003"); }),
      Misobserved("transfer.manifest", "size-band-differs", Stage::kRegistered, {"sender-p001"},
                  Send, [](auto& observed) { observed.mutable_payload()->set_size_band(4096); }),
      Sending("transfer.manifest", "destroy-past", "destroy_after_ms",
              [](auto& t) { t.set_destroy_after_ms(1704067200000); }),
      Sending("transfer.manifest", "destroy-beyond", "destroy_after_ms",
              [](auto& t) { t.set_destroy_after_ms(1893456000000); }),
      Sending("wire.field", "malformed", "period", [](auto& t) { t.set_period("2023-13"); }),
      Sending("wire.field", "malformed", "size_band", [](auto& t) { t.set_size_band(3000); }),
      Spoilt("mandate.role", "sender-missing", "", Stage::kRegistered, {"steward-p001"}, Send),
      {"mandate.role", "dataset-not-named", "", Stage::kRegistered,
       [](World& world) { return SentByAService(world, "p001/other", "2029-12-31"); }},
      {"mandate.role", "not-answered-for", "", Stage::kRegistered,
       [](World& world) { return SentByAService(world, "p001/children", "2024-06-03"); }},
      Spoilt("IX.2b", "not-the-holder", "party", Stage::kRegistered, {"reader-p002"},
             [](World& world) {
               Act act = world.Send();
               act.set_party("p002");
               return act;
             }),
  };
}

std::vector<Case> ContentCases() {
  return {
      Misobserved("wire.observed", "observation-missing", Stage::kRegistered, {"sender-p001"}, Send,
                  [](auto& observed) { observed.clear_payload(); }),
      Containing("IX.5f", "unreadable", [](auto& p) { p.set_readable(record::v1::CHECK_FAILS); }),
      Containing("IX.5f", "unreadable", [](auto& p) { p.clear_readable(); }),
      Containing("IX.5f", "column-unknown", [](auto& p) { p.add_columns()->set_column(6); }),
      Containing("IX.5f", "column-unknown", [](auto& p) { p.add_columns()->set_field(99); }),
      Containing("IX.5f", "column-twice", [](auto& p) { p.add_columns()->set_field(1); }),
      Containing("IX.5f", "column-missing",
                 [](auto& p) { p.mutable_columns()->DeleteSubrange(0, 1); }),
      With(Dropped(), "IX.5f", "column-not-in-force", "*", Stage::kRegistered,
           [](World& world) {
             const Statement statement = world.Draft({world.Send()}, {"sender-p001"});
             record::v1::Observed observed = world.Observe(statement);
             observed.mutable_acts(0)->mutable_payload()->add_columns()->set_field(5);
             return Judge(world, statement, observed);
           }),
      With(Dropped(), "IX.5f", "below-threshold", "*", Stage::kRegistered,
           [](World& world) {
             const Statement statement = world.Draft({world.Send()}, {"sender-p001"});
             record::v1::Observed observed = world.Observe(statement);
             observed.mutable_acts(0)->mutable_payload()->set_threshold_respected(5);
             return Judge(world, statement, observed);
           }),
      Failing("IX.5f", "cell-type", 1, record::v1::CELL_FAULT_TYPE),
      Failing("IX.5f", "cell-code", 3, record::v1::CELL_FAULT_CODE),
      Failing("IX.5f", "cell-threshold", 4, record::v1::CELL_FAULT_THRESHOLD),
      Failing("IX.5f", "row-width", 4, record::v1::CELL_FAULT_WIDTH),
      Failing("IX.5g", "commune-unknown", 2, record::v1::CELL_FAULT_CODE),
      Containing("IX.5f", "more-cells", [](auto& p) { p.set_cells_failing(1); }),
      Containing("content.payload", "identifier",
                 [](auto& p) { p.add_column_hits()->set_action(record::v1::HIT_ACTION_BLOCK); }),
      {"content.text", "identifier", "dataset_declared.slug", Stage::kStaffed,
       [](World& world) {
         const Statement statement = world.Draft({world.Declare()}, {"steward-p001"});
         record::v1::Observed observed = world.Observe(statement);
         record::v1::TextHit& hit = *observed.mutable_acts(0)->add_text_hits();
         hit.set_path("acts[0].dataset_declared.slug");
         hit.set_action(record::v1::HIT_ACTION_BLOCK);
         return Judge(world, statement, observed);
       }},
      Misobserved("content.attachments", "attachments-fail", Stage::kRegistered, {"sender-p001"},
                  Send, [](auto& observed) { observed.set_attachments(record::v1::CHECK_FAILS); }),
  };
}

std::vector<Case> RulingCases() {
  const auto ruling = [](std::string code, std::string path, Names signers,
                         std::function<Act(World&)> make) {
    return With(EachRuled(), "transfer.ruling", std::move(code), std::move(path), Stage::kSent,
                [signers = std::move(signers), make = std::move(make)](World& world) {
                  return Try(world, make(world), signers);
                });
  };
  return {
      Spoilt("transfer.ruling", "not-a-recipient", "transfer_ruled.recipient", Stage::kSent,
             {"dpo-p001"},
             [](World& w) {
               Act act = w.Rule(RULING_RELEASED);
               act.mutable_transfer_ruled()->set_recipient("p005");
               return act;
             }),
      Spoilt("transfer.ruling", "not-held", "transfer_ruled.transfer", Stage::kSent, {"dpo-p001"},
             Release),
      ruling("reasons-missing", "transfer_ruled.reasons", {"dpo-p001"},
             [](World& world) {
               Act act = world.Rule(RULING_REFUSED);
               act.mutable_transfer_ruled()->clear_reasons();
               return act;
             }),
      ruling("retention-over", "transfer_ruled.transfer", {"dpo-p001"},
             [](World& world) {
               world.SetDay("2027-01-01");
               return world.Rule(RULING_RELEASED);
             }),
      With(EachRuled(), "IX.2c", "not-the-dpo", "", Stage::kSent,
           [](World& world) { return Try(world, Release(world), {"decider-p001"}); }),
      With(EachRuled(), "conflict.C1", "dpo-holds-office", "", Stage::kSent,
           [](World& world) {
             world.Appoint("p002", ROLE_STEWARD, "dpo-p001");
             return Try(world, Release(world), {"dpo-p001"});
           }),
      // A refusal makes the erasure due: there is nothing left to release.
      ruling("not-held", "transfer_ruled.transfer", {"dpo-p001"},
             [](World& world) {
               world.Must({world.Rule(RULING_REFUSED)}, {"dpo-p001"});
               return world.Rule(RULING_RELEASED);
             }),
      With(EachRuled(), "IX.2b", "not-the-holder", "party", Stage::kSent,
           [](World& world) {
             Act act = world.Rule(RULING_RELEASED);
             act.set_party("p002");
             return Try(world, act, {"dpo-p001"});
           }),
      Fallen("transfer_ruled.transfer", Stage::kSent, "p001", "sender-p001", "dpo-p001", Release,
             EachRuled()),
  };
}

std::vector<Case> AcknowledgementCases() {
  return {
      Spoilt("transfer.acknowledgement", "not-handed-over", "transfer_acknowledged.transfer",
             Stage::kSent, {"reader-p002"}, [](World& world) { return world.Acknowledge(); }),
      Spoilt("transfer.acknowledgement", "commitment-differs", "transfer_acknowledged.payload",
             Stage::kHandedOver, {"reader-p002"},
             [](World& world) {
               Act act = world.Acknowledge();
               act.mutable_transfer_acknowledged()->set_payload(Commitment("another"));
               return act;
             }),
      Spoilt("transfer.acknowledgement", "not-the-recipient", "party", Stage::kHandedOver,
             {"reader-p003"},
             [](World& world) {
               Act act = world.Acknowledge();
               act.set_party("p003");
               return act;
             }),
      {"mandate.role", "dataset-not-named", "", Stage::kHandedOver,
       AcknowledgedByAServiceOfAnother},
      Spoilt("mandate.role", "reader-missing", "", Stage::kHandedOver, {"requester-p002"},
             [](World& world) { return world.Acknowledge(); }),
  };
}

Entry ErasedOnTheGroundOfAnother(World& world) {
  const ActRef first = world.transfer;
  world.transfer = world.Must({world.Send()}, {"sender-p001"}).Ref();
  world.SetDay("2027-01-01");
  const ActRef other = world.Must({world.ReachRetention()}, {"gateway"}).Ref();
  world.transfer = first;
  world.Must({world.ReachRetention()}, {"gateway"});
  return Try(world, world.Erase(other), {"gateway"});
}

std::vector<Case> GatewayCases() {
  const auto hand_over = [](World& world) { return world.HandOver(); };
  return {
      Spoilt("gateway.key", "not-the-gateway", "header.signers", Stage::kSent, {"secretary-1"},
             hand_over),
      Spoilt("gateway.key", "not-the-gateway", "header.signers", Stage::kSent,
             {"gateway", "secretary-1"}, hand_over),
      With(EachRuled(), "gateway.handover", "held", "", Stage::kSent,
           [](World& world) { return Try(world, world.HandOver(), {"gateway"}); }),
      {"gateway.handover", "retention-over", "", Stage::kSent,
       [](World& world) {
         world.SetDay("2027-01-01");
         return Try(world, world.HandOver(), {"gateway"});
       }},
      {"gateway.handover", "erased", "", Stage::kSent,
       [](World& world) {
         world.SetDay("2027-01-01");
         world.Must({world.ReachRetention()}, {"gateway"});
         return Try(world, world.HandOver(), {"gateway"});
       }},
      Misobserved("gateway.handover", "reader-not-entitled", Stage::kSent, {"gateway"}, hand_over,
                  [](auto& observed) { observed.mutable_reader()->set_party("p003"); }),
      Misobserved("gateway.handover", "reader-not-entitled", Stage::kSent, {"gateway"}, hand_over,
                  [](auto& observed) { observed.mutable_reader()->set_unit("childhood"); }),
      Misobserved("gateway.handover", "reader-not-entitled", Stage::kSent, {"gateway"}, hand_over,
                  [](auto& observed) { observed.mutable_reader()->set_role(ROLE_DPO); }),
      Misobserved("gateway.handover", "reader-not-entitled", Stage::kSent, {"gateway"}, hand_over,
                  [](auto& observed) { observed.mutable_reader()->set_kind(AGENT_KIND_GATEWAY); }),
      Fallen("", Stage::kSent, "p001", "decider-p001", "gateway", hand_over),
      Misobserved("wire.observed", "observation-missing", Stage::kSent, {"gateway"}, hand_over,
                  [](auto& observed) { observed.clear_reader(); }),
      Spoilt("gateway.retention", "not-over", "retention_reached.transfer", Stage::kSent,
             {"gateway"}, [](World& world) { return world.ReachRetention(); }),
      {"gateway.retention", "ground-recorded", "retention_reached.transfer", Stage::kSent,
       [](World& world) {
         world.SetDay("2027-01-01");
         world.Must({world.ReachRetention()}, {"gateway"});
         return Try(world, world.ReachRetention(), {"gateway"});
       }},
      Spoilt("gateway.erasure", "no-ground", "payload_erased.transfer", Stage::kSent, {"gateway"},
             [](World& world) { return world.Erase(world.transfer); }),
      {"gateway.erasure", "ground-differs", "payload_erased.ground", Stage::kSent,
       [](World& world) {
         world.SetDay("2027-01-01");
         world.Must({world.ReachRetention()}, {"gateway"});
         return Try(world, world.Erase(world.transfer), {"gateway"});
       }},
      {"gateway.erasure", "ground-differs", "payload_erased.ground", Stage::kSent,
       ErasedOnTheGroundOfAnother},
      {"gateway.key", "not-the-gateway", "header.signers", Stage::kSent,
       [](World& world) {
         world.SetDay("2027-01-01");
         return Try(world, world.ReachRetention(), {"secretary-1"});
       }},
      {"gateway.erasure", "already-erased", "payload_erased.transfer", Stage::kSent,
       [](World& world) {
         world.SetDay("2027-01-01");
         const ActRef ground = world.Must({world.ReachRetention()}, {"gateway"}).Ref();
         world.Must({world.Erase(ground)}, {"gateway"});
         return Try(world, world.Erase(ground), {"gateway"});
       }},
  };
}

std::vector<Case> StampCases() {
  const auto spoilt = [](std::string code, std::string path,
                         std::function<void(World&, statement::v1::CheckpointStamped&)> spoil) {
    return Spoilt("gateway.stamp", std::move(code), "checkpoint_stamped." + path, Stage::kSent,
                  {"gateway"}, [spoil = std::move(spoil)](World& world) {
                    Act act = world.Stamp();
                    spoil(world, *act.mutable_checkpoint_stamped());
                    return act;
                  });
  };
  return {
      Spoilt("gateway.key", "not-the-gateway", "header.signers", Stage::kSent, {"secretary-1"},
             [](World& world) { return world.Stamp(); }),
      spoilt("beyond", "size", [](World&, auto& stamp) { stamp.set_size(stamp.size() + 1); }),
      spoilt("not-newer", "size",
             [](World& world, auto& stamp) {
               world.Must({world.Stamp()}, {"gateway"});
               stamp.set_time_ms(world.state().time_ms());
             }),
      spoilt("time", "time_ms",
             [](World& world, auto& stamp) {
               // By a minute more than the clocks of the invented world can be apart.
               world.Advance(1);
               stamp.set_time_ms(stamp.time_ms() + 60'000);
             }),
      spoilt("time", "time_ms",
             [](World& world, auto& stamp) {
               world.Must({world.Stamp()}, {"gateway"});
               stamp.set_size(world.state().size());
               stamp.set_time_ms(stamp.time_ms() - 60'000);
             }),
  };
}

std::vector<Case> HeadsCases() {
  return {
      Spoilt("gateway.key", "not-the-gateway", "header.signers", Stage::kSent, {"secretary-1"},
             [](World& world) { return world.StateHeads(); }),
      {"gateway.heads", "root-differs", "party_heads.root", Stage::kSent,
       [](World& world) {
         // Those of before: one entry came meanwhile.
         const Act heads = world.StateHeads();
         world.Must({world.FreezeExchange("p002")}, {"steward-p002"});
         return Try(world, heads, {"gateway"});
       }},
      {"gateway.heads", "root-differs", "party_heads.chains", Stage::kSent,
       [](World& world) {
         Act heads = world.StateHeads();
         heads.mutable_party_heads()->set_chains(heads.party_heads().chains() + 1);
         return Try(world, heads, {"gateway"});
       }},
      {"gateway.key", "not-the-gateway", "header.signers", Stage::kSent,
       [](World& world) {
         world.SetDay("2027-01-01");
         const ActRef ground = world.Must({world.ReachRetention()}, {"gateway"}).Ref();
         return Try(world, world.Erase(ground), {"secretary-1"});
       }},
  };
}

}  // namespace

std::vector<Case> TransferCases() {
  std::vector<Case> all;
  for (auto cases : {ManifestCases(), ContentCases(), RulingCases(), AcknowledgementCases(),
                     GatewayCases(), HeadsCases(), StampCases()})
    all.insert(all.end(), cases.begin(), cases.end());
  return all;
}

}  // namespace passerelle::tests
