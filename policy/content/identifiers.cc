#include "policy/content/identifiers.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>

#include "gateway/base/limits.h"
#include "passerelle/statement/v1/data.pb.h"
#include "policy/content/headings.h"
#include "policy/content/signs.h"

namespace passerelle::policy::content {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using record::v1::HIT_ACTION_BLOCK;
using record::v1::HIT_ACTION_WARN;

// Everything one text holds, what blocks first. Its own words stand for the heading.
std::vector<Hit> ScanAll(std::string_view text) {
  std::vector<Hit> hits;
  const Signs signs = FindSigns(text);
  const auto words = WordsOf(text);
  const auto says = [&words](std::initializer_list<std::string_view> labels) {
    return std::any_of(labels.begin(), labels.end(),
                       [&](std::string_view label) { return HasWord(words, label); });
  };
  const auto add = [&hits](bool found, std::string_view detector, record::v1::HitAction action) {
    if (found) hits.push_back({detector, action});
  };
  add(signs.nir, "nir", HIT_ACTION_BLOCK);
  add(!signs.nir && signs.nir13 && says({"nir", "secu", "numss", "nss"}), "nir13",
      HIT_ACTION_BLOCK);
  add(signs.matricule && says({"matricule", "alloc", "allocataire"}), "allocataire",
      HIT_ACTION_BLOCK);
  add(signs.spi >= 2 || (signs.spi == 1 && says({"spi", "fiscal"})), "spi", HIT_ACTION_BLOCK);
  add(signs.iban, "iban", HIT_ACTION_BLOCK);
  add(signs.email, "email", HIT_ACTION_BLOCK);
  add(signs.phone, "phone", HIT_ACTION_BLOCK);
  add(signs.role_email && !signs.email, "email", HIT_ACTION_WARN);
  add(signs.siret, "siret", HIT_ACTION_WARN);
  return hits;
}

// Walks the fields that are set.
class StringWalk {
 public:
  void Visit(const Message& message, const std::string& prefix) {
    std::vector<const FieldDescriptor*> fields;
    message.GetReflection()->ListFields(message, &fields);
    for (const FieldDescriptor* field : fields) VisitField(message, *field, prefix);
  }

  std::vector<record::v1::TextHit> TakeHits() {
    // What blocks is not crowded out by warnings.
    std::stable_sort(hits_.begin(), hits_.end(),
                     [](const auto& a, const auto& b) { return a.action() < b.action(); });
    if (hits_.size() > gateway::base::kMaxObservedHits)
      hits_.resize(gateway::base::kMaxObservedHits);
    return std::move(hits_);
  }

 private:
  void VisitField(const Message& message, const FieldDescriptor& field, const std::string& prefix) {
    const bool text = field.type() == FieldDescriptor::TYPE_STRING;
    if (!text && field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return;
    const auto& reflection = *message.GetReflection();
    const std::string path = prefix.empty() ? field.name() : prefix + "." + field.name();
    std::string scratch;
    if (!field.is_repeated()) {
      if (text)
        Judge(field, reflection.GetStringReference(message, &field, &scratch), path);
      else
        Visit(reflection.GetMessage(message, &field), path);
      return;
    }
    for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
      const std::string at = path + "[" + std::to_string(i) + "]";
      if (text)
        Judge(field, reflection.GetRepeatedStringReference(message, &field, i, &scratch), at);
      else
        Visit(reflection.GetRepeatedMessage(message, &field, i), at);
    }
  }

  void Judge(const FieldDescriptor& field, const std::string& text, const std::string& path) {
    std::vector<Hit> hits = ScanAll(text);
    // The name of a dataset's field is the heading of a column to come.
    const bool heading = field.containing_type() == statement::v1::Field::descriptor() &&
                         field.number() == statement::v1::Field::kNameFieldNumber;
    if (const auto hit = heading ? ScanHeading(text) : std::nullopt; hit.has_value())
      hits.push_back(*hit);
    for (const Hit& hit : hits) {
      record::v1::TextHit& found = hits_.emplace_back();
      found.set_path(path);
      found.set_detector(std::string(hit.detector));
      found.set_action(hit.action);
    }
  }

  std::vector<record::v1::TextHit> hits_;
};

}  // namespace

std::optional<Hit> ScanText(std::string_view text) {
  const std::vector<Hit> hits = ScanAll(text);
  if (hits.empty()) return std::nullopt;
  return hits.front();
}

std::optional<Hit> ScanHeading(std::string_view heading) {
  const std::string_view detector = AnnouncedBy(heading);
  if (detector.empty()) return std::nullopt;
  return Hit{detector, HIT_ACTION_BLOCK};
}

std::vector<record::v1::TextHit> ScanStrings(const Message& message, std::string_view prefix) {
  StringWalk walk;
  walk.Visit(message, std::string(prefix));
  return walk.TakeHits();
}

}  // namespace passerelle::policy::content
