// Secrets are a type: wiped when they go, never copied by accident, read by name only.
#ifndef PASSERELLE_GATEWAY_BASE_SECRET_H_
#define PASSERELLE_GATEWAY_BASE_SECRET_H_

#include <string>
#include <string_view>

namespace passerelle::gateway::base {

// Bytes that must not leave the process in clear. Movable, not copyable; thread-compatible.
class Secret {
 public:
  Secret() = default;

  // Takes the bytes over; the argument is wiped.
  explicit Secret(std::string&& bytes);
  ~Secret();
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;

  // A second copy, made on purpose.
  Secret Clone() const;

  // The bytes, for handing to a cipher. The name is what reviewers grep for.
  std::string_view RevealSecret() const { return bytes_; }

  bool empty() const { return bytes_.empty(); }

 private:
  std::string bytes_;
};

// Overwrites the bytes and empties the string.
void Wipe(std::string& bytes);

// Whether two byte strings are equal, in time that depends on their lengths only.
bool ConstantTimeEquals(std::string_view a, std::string_view b);

}  // namespace passerelle::gateway::base

#endif  // PASSERELLE_GATEWAY_BASE_SECRET_H_
