// The two languages of a register.
#ifndef PASSERELLE_GATEWAY_SERVICE_REGISTER_LANGUAGE_H_
#define PASSERELLE_GATEWAY_SERVICE_REGISTER_LANGUAGE_H_

#include <string_view>

#include "policy/rules/catalogue.h"

namespace passerelle::gateway::service {

using policy::rules::Language;

// A text in both. Views of static text.
struct Words {
  std::string_view fr, en;
  constexpr std::string_view In(Language language) const {
    return language == Language::kFrench ? fr : en;
  }
};

}  // namespace passerelle::gateway::service

#endif  // PASSERELLE_GATEWAY_SERVICE_REGISTER_LANGUAGE_H_
