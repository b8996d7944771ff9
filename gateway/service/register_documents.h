// What the vault still holds, joined to what the log says: sheets, titles, names and qualities.
#ifndef PASSERELLE_GATEWAY_SERVICE_REGISTER_DOCUMENTS_H_
#define PASSERELLE_GATEWAY_SERVICE_REGISTER_DOCUMENTS_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gateway/core/convention.h"
#include "gateway/service/register_activities.h"
#include "gateway/service/register_row.h"
#include "gateway/service/visibility.h"

namespace passerelle::gateway::service {

// One sheet to come: an activity, the controller whose sheet it is, and whether it is the
// activity's first in this export, which carries the discrepancies of the exchange itself.
struct RegisterLine {
  const Activity* activity = nullptr;
  std::string controller;
  bool first = false;
};

// The holder's sheet of every registered exchange that concerns the party (all, when it is empty),
// and the recipient's where it recorded one of its own: that one alone in its own register.
std::vector<RegisterLine> LinesOf(const std::vector<Activity>& activities,
                                  const std::string& party);

// Makes rows of lines. Titles and names are opened once and kept; a sheet is opened when its row is
// made. Not thread-safe.
class RegisterDocuments {
 public:
  // All must outlive it.
  RegisterDocuments(const core::Convention& convention, const RegisterFrame& frame,
                    const Sight& sight, const ActivityReader& reader)
      : convention_(convention), frame_(frame), sight_(sight), reader_(reader) {}

  // The row of a line, its documents opened. UNAVAILABLE and the like when the vault cannot be
  // read; what is erased is no error.
  absl::StatusOr<RegisterRow> Open(const RegisterLine& line);

  // The same without the vault: what the log alone says.
  RegisterRow Outline(const RegisterLine& line) const;

 private:
  absl::StatusOr<Cell> OpenText(const CommittedText& text);
  absl::Status OpenSheet(RegisterRow& row) const;
  absl::StatusOr<Cell> OpenPerson(const std::string& party, statement::v1::Role role);

  const core::Convention& convention_;
  const RegisterFrame& frame_;
  const Sight& sight_;
  const ActivityReader& reader_;
  // Texts opened so far, unless they are long.
  std::map<vault::Position, Cell> texts_;
};

}  // namespace passerelle::gateway::service

#endif  // PASSERELLE_GATEWAY_SERVICE_REGISTER_DOCUMENTS_H_
