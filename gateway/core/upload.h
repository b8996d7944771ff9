// A payload that comes as a stream: the manifest is judged first, then its bytes are taken, then
// the statement goes through the hall like any other.
#ifndef PASSERELLE_GATEWAY_CORE_UPLOAD_H_
#define PASSERELLE_GATEWAY_CORE_UPLOAD_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "gateway/core/intake.h"
#include "gateway/core/request.h"

namespace passerelle::gateway::core {

class Convention;

// What an upload brings beside its bytes.
struct UploadManifest {
  // Exact bytes of the envelope.
  std::string envelope;
  std::string nonce;
  std::string media_type;
  // Bytes of the payload.
  uint64_t length = 0;
  uint64_t seen_size = 0;
};

// An upload under way. Add and Finish come from one caller at a time, each after the one before is
// ready. REQUIRES: its convention outlives it, and waits for it (Convention::Drain).
class Upload {
 public:
  // `intake` is null when the bytes are not wanted; `held` is given back when the upload goes.
  Upload(Convention& convention, Request request, std::shared_ptr<Intake> intake,
         std::shared_ptr<void> held)
      : convention_(convention),
        request_(std::move(request)),
        intake_(std::move(intake)),
        held_(std::move(held)) {}

  // Whether the bytes are wanted: not when the log has the statement already, or when the rules
  // refuse it whatever they are. Finish then gives the receipt at once.
  bool wanted() const { return intake_ != nullptr; }

  // Takes the next bytes. Errors as Intake::Add. REQUIRES: wanted().
  void Add(std::string chunk, Intake::Ready ready) {
    intake_->Add(std::move(chunk), std::move(ready));
  }

  // All bytes came: sends the statement through the hall once they are durable. The errors of
  // Intake::Finish and Convention::Submit. The upload may go before the answer comes.
  void Finish(std::function<bool()> cancelled, Reply reply);

 private:
  Convention& convention_;
  Request request_;
  const std::shared_ptr<Intake> intake_;
  const std::shared_ptr<void> held_;
};

}  // namespace passerelle::gateway::core

#endif  // PASSERELLE_GATEWAY_CORE_UPLOAD_H_
