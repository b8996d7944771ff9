// The life that golden logs are cut from: everything that can happen in the aggregate lane, once.
#ifndef PASSERELLE_TESTS_SUPPORT_GOLDEN_LIFE_H_
#define PASSERELLE_TESTS_SUPPORT_GOLDEN_LIFE_H_

#include "tests/support/gateway_fixture.h"

namespace passerelle::tests {

// A convention in which every act was accepted at least once, reports were noted, statements were
// refused, payloads erased, keys of both types used. Time and randomness are the fixture's; the
// P-256 keys and signatures alone differ from run to run. Thread-compatible.
class GoldenLife {
 public:
  // Plays it all; a step that comes out otherwise ends the process.
  GoldenLife();

  TestGateway& gateway() { return gateway_; }

 private:
  // One exchange from the opinion to an erased payload.
  void Exchange();
  void Freezes();
  void Class();
  void Keys();
  void Offices();
  void Stamp();
  void Succession();

  // The recorded statement has to be refused, or noted.
  void MustRefuse(const TestDraft& draft, const std::vector<std::string>& signers);
  statement::v1::ActRef MustNote(const TestDraft& draft, const std::vector<std::string>& signers);
  // The payload has to be handed over, or held back.
  void MustFetch(std::string_view reader, const statement::v1::ActRef& transfer);
  void MustNotFetch(std::string_view reader, const statement::v1::ActRef& transfer);
  void Pass(int64_t ms) { gateway_.clock().Advance(ms); }

  TestGateway gateway_;
};

}  // namespace passerelle::tests

#endif  // PASSERELLE_TESTS_SUPPORT_GOLDEN_LIFE_H_
