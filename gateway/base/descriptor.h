// A file descriptor that closes itself.
#ifndef PASSERELLE_GATEWAY_BASE_DESCRIPTOR_H_
#define PASSERELLE_GATEWAY_BASE_DESCRIPTOR_H_

#include <unistd.h>

#include <utility>

namespace passerelle::gateway::base {

// Owns a descriptor, or none (-1). Movable; thread-compatible.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

}  // namespace passerelle::gateway::base

#endif  // PASSERELLE_GATEWAY_BASE_DESCRIPTOR_H_
