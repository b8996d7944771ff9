// Randomness as a parameter.
#ifndef PASSERELLE_GATEWAY_BASE_RANDOM_H_
#define PASSERELLE_GATEWAY_BASE_RANDOM_H_

#include <cstddef>
#include <string>

namespace passerelle::gateway::base {

// A source of random bytes. Implementations are thread-safe.
class Random {
 public:
  virtual ~Random() = default;

  // `size` fresh random bytes.
  virtual std::string Bytes(size_t size) = 0;
};

// OpenSSL's generator; ends the process when it fails, since nothing may go on without it.
class SystemRandom final : public Random {
 public:
  std::string Bytes(size_t size) override;
};

}  // namespace passerelle::gateway::base

#endif  // PASSERELLE_GATEWAY_BASE_RANDOM_H_
