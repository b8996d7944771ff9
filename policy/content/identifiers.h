// Detectors of identifiers of persons (DISCLOSURE section C): they say where and what kind, never
// the value. Pure and thread-safe.
#ifndef PASSERELLE_POLICY_CONTENT_IDENTIFIERS_H_
#define PASSERELLE_POLICY_CONTENT_IDENTIFIERS_H_

#include <google/protobuf/message.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "passerelle/record/v1/observed.pb.h"

namespace passerelle::policy::content {

// A hit: which detector (`nir`, `nir13`, `iban`, `email`, `phone`, `spi`, `siret`, …) and what it
// asks.
struct Hit {
  std::string_view detector;
  record::v1::HitAction action;
};

// What one text (a cell, or a string of an act) holds; nothing when it holds no identifier.
std::optional<Hit> ScanText(std::string_view text);

// What a heading announces (`nom`, `prenom`, `date_naissance`, `adresse`, `nir`, `matricule`, …).
std::optional<Hit> ScanHeading(std::string_view heading);

// Scans every string field of a message, with field paths that begin with `prefix`; at most
// kMaxObservedHits hits.
std::vector<record::v1::TextHit> ScanStrings(const google::protobuf::Message& message,
                                             std::string_view prefix);

}  // namespace passerelle::policy::content

#endif  // PASSERELLE_POLICY_CONTENT_IDENTIFIERS_H_
