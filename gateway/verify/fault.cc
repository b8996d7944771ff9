#include "gateway/verify/fault.h"

#include "absl/strings/str_cat.h"
#include "gateway/base/civil.h"
#include "gateway/base/status.h"
#include "gateway/base/strings.h"

namespace passerelle::gateway::verify {

using base::Absl;

Fault FaultOfExport(std::string_view en, std::string_view fr) {
  Fault fault;
  fault.en = std::string(en);
  fault.fr = std::string(fr);
  return fault;
}

Fault FaultOfEntry(uint64_t index, std::optional<int64_t> time_ms, std::string_view en,
                   std::string_view fr) {
  Fault fault;
  fault.index = index;
  const std::string when = time_ms.has_value() ? base::ToIsoInstant(*time_ms) : "";
  fault.en = absl::StrCat("Entry ", index, when.empty() ? "" : " (recorded at ", when,
                          when.empty() ? ": " : "): ", Absl(en), ".");
  fault.fr = absl::StrCat("Entrée ", index, when.empty() ? "" : " (enregistrée le ", when,
                          when.empty() ? " : " : ") : ", Absl(fr), ".");
  return fault;
}

Fault FaultOfEntry(uint64_t index, int64_t time_ms, std::string_view en, std::string_view fr,
                   const absl::Status& status) {
  const std::string path = base::PathOf(status);
  const std::string why = absl::StrCat(path, path.empty() ? "" : ": ", status.message(), " [",
                                       base::ReasonOf(status), "]");
  return FaultOfEntry(index, time_ms, absl::StrCat(Absl(en), " (", why, ")"),
                      absl::StrCat(Absl(fr), " (", why, ")"));
}

std::string Shown(std::string_view text) {
  std::string shown(text);
  for (size_t i = 0; i < shown.size(); ++i) {
    const auto byte = static_cast<unsigned char>(shown[i]);
    // Of the two bytes of U+0080 to U+009F, the second.
    const bool second = i > 0 && text[i - 1] == '\xc2' && byte >= 0x80 && byte < 0xa0;
    if (byte < 0x20 || byte == 0x7f) shown[i] = '?';
    if (second) shown.replace(i - 1, 2, "??");
  }
  return shown;
}

Fault Unreadable(const absl::Status& status) {
  Fault fault;
  fault.unreadable = status;
  return fault;
}

}  // namespace passerelle::gateway::verify
