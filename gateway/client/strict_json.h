// JSON files read strictly, so that one text has one meaning: UTF-8, no member twice, exactly the
// members that are known.
#ifndef PASSERELLE_GATEWAY_CLIENT_STRICT_JSON_H_
#define PASSERELLE_GATEWAY_CLIENT_STRICT_JSON_H_

#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace passerelle::gateway::client {

// Parses a whole text. INVALID_ARGUMENT (reasons JSON, JSON_DUPLICATE) otherwise.
absl::StatusOr<nlohmann::json> ParseStrict(std::string_view text);

// INVALID_ARGUMENT (JSON_TYPE, JSON_MISSING, JSON_UNKNOWN) unless `value` is an object of exactly
// these members, and perhaps the optional ones. The path is `path` with the member's name.
absl::Status CheckMembers(const nlohmann::json& value, std::string_view path,
                          std::initializer_list<std::string_view> names,
                          std::initializer_list<std::string_view> optional = {});

// A member that must be a string. REQUIRES: CheckMembers.
absl::StatusOr<std::string> TextAt(const nlohmann::json& object, std::string_view path,
                                   std::string_view name);

// A member that must be a string in hexadecimal of `size` bytes, or in base64.
absl::StatusOr<std::string> HexAt(const nlohmann::json& object, std::string_view path,
                                  std::string_view name, size_t size);
absl::StatusOr<std::string> Base64At(const nlohmann::json& object, std::string_view path,
                                     std::string_view name);

}  // namespace passerelle::gateway::client

#endif  // PASSERELLE_GATEWAY_CLIENT_STRICT_JSON_H_
