// A time-stamp authority of a test (RFC 3161), made by OpenSSL in this process, whose clock is the
// caller's. Synthetic.
#ifndef PASSERELLE_TESTS_SUPPORT_STAMP_AUTHORITY_H_
#define PASSERELLE_TESTS_SUPPORT_STAMP_AUTHORITY_H_

#include <openssl/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "certs/x509/certificate.h"

namespace passerelle::tests {

// A root, an intermediate that it certified, and a signer that the intermediate certified for time
// stamping. Not thread-safe.
class StampAuthority {
 public:
  struct Options {
    // Where the lists of the signer and of the intermediate are said to be published; empty:
    // nowhere.
    std::string signer_list_url = "http://tsa.example/signer.crl";
    std::string intermediate_list_url = "http://tsa.example/intermediate.crl";
    // Whether the response leaves the intermediate out.
    bool leaves_out_intermediate = false;
  };

  StampAuthority() : StampAuthority(Options{}) {}
  explicit StampAuthority(const Options& options);
  ~StampAuthority();
  StampAuthority(const StampAuthority&) = delete;
  StampAuthority& operator=(const StampAuthority&) = delete;

  // The DER response to a DER query at a time: a refusal for what is no query.
  std::string Answer(std::string_view query, int64_t time_ms);

  certs::x509::Certificate root() const;
  certs::x509::Certificate intermediate() const;
  certs::x509::Certificate signer() const;

  // The list (DER) of the signer's issuer, or of the intermediate's, issued at a time and good for
  // a week; with the certificate in question on it or not.
  std::string SignerList(int64_t time_ms, bool revoked = false) const;
  std::string IntermediateList(int64_t time_ms, bool revoked = false) const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace passerelle::tests

#endif  // PASSERELLE_TESTS_SUPPORT_STAMP_AUTHORITY_H_
