// What one text shows, before its heading or its neighbours are asked (DISCLOSURE section C). A
// sign that needs more than one text to be sure is told as such. Pure and thread-safe.
#ifndef PASSERELLE_POLICY_CONTENT_SIGNS_H_
#define PASSERELLE_POLICY_CONTENT_SIGNS_H_

#include <string_view>

namespace passerelle::policy::content {

// Texts shorter than this show nothing.
inline constexpr size_t kLeastSignBytes = 6;

// Identifiers seen in a text. Letters count as capitals; spaces, points and hyphens within a number
// are skipped.
struct Signs {
  // Sure: a social security number (NIR) with its key.
  bool nir = false;
  // Needs a heading or a column: the 13 characters of a NIR without key.
  bool nir13 = false;
  // Needs a heading or a second one: tax numbers (SPI).
  int spi = 0;
  // Sure: a bank account number whose check digits hold.
  bool iban = false;
  // Sure: an e-mail address of somebody; of an office (`mairie@`).
  bool email = false;
  bool role_email = false;
  // Sure: a French telephone number.
  bool phone = false;
  // Needs a heading: seven digits and at most one letter, as recipients of the fund are numbered.
  bool matricule = false;
  // An establishment or body that may be a sole trader; SIREN needs a heading. Those of public
  // bodies (beginning with 1 or 2) and of La Poste are not told.
  bool siret = false;
  bool siren = false;
  // Needs a column: the whole text is a day, or an instant.
  bool day = false;
};

Signs FindSigns(std::string_view text);

}  // namespace passerelle::policy::content

#endif  // PASSERELLE_POLICY_CONTENT_SIGNS_H_
