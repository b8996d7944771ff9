#include "tests/support/succession.h"

#include "audit/checkpoint/proof.h"
#include "gateway/base/status.h"

namespace passerelle::tests {

absl::StatusOr<gateway::core::Opened> GoOn(TestGateway& gateway, statement::v1::ShardCause cause,
                                           const std::vector<std::string>& closings) {
  const gateway::core::StoragePaths paths = TestGateway::StorageAt(gateway.root());
  ASSIGN_OR_RETURN(const statement::v1::ShardOpened opened,
                   gateway::core::DraftSuccession(paths, {cause, kNextOrigin, closings},
                                                  gateway.surroundings().random));
  RETURN_IF_ERROR(gateway.Open());
  const std::string envelope = SignedSuccession(gateway, opened, Transcribers());
  gateway.Close();
  return gateway::core::OpenSuccession(paths, envelope, gateway.clock(),
                                       gateway.surroundings().random);
}

std::string SignedSuccession(TestGateway& gateway, const statement::v1::ShardOpened& opened,
                             const std::vector<std::string>& signers) {
  TestDraft draft;
  statement::v1::Act& act = draft.acts.emplace_back();
  act.set_party("p002");
  *act.mutable_shard_opened() = opened;
  return gateway.RequestOf(draft, signers).envelope;
}

std::string NoteOf(const TestEntry& entry) {
  return audit::checkpoint::ProofFromText(entry.receipt.tlog_proof())->checkpoint;
}

TestDraft PresentOf(const TestEntry& lost) {
  const auto proof = *audit::checkpoint::ProofFromText(lost.receipt.tlog_proof());
  TestDraft draft;
  statement::v1::Act& act = draft.acts.emplace_back();
  act.set_party("p001");
  statement::v1::ReceiptPresented& presented = *act.mutable_receipt_presented();
  presented.set_index(proof.index);
  presented.set_entry(proof.extra);
  presented.set_path(gateway::base::Concatenated(proof.path));
  presented.set_checkpoint(proof.checkpoint);
  return draft;
}

}  // namespace passerelle::tests
