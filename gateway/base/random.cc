#include "gateway/base/random.h"

#include <openssl/rand.h>

#include <cstdlib>

namespace passerelle::gateway::base {

std::string SystemRandom::Bytes(size_t size) {
  std::string bytes(size, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(size)) != 1)
    std::abort();
  return bytes;
}

}  // namespace passerelle::gateway::base
