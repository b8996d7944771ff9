#include "gateway/cli/messages.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gateway/base/status.h"
#include "gateway/base/strings.h"

namespace passerelle::gateway::cli {
namespace {

using policy::rules::Language;

// The words typed, and the files that people make.
constexpr ErrorText kTyped[] = {
    {"COMMAND_MISSING",
     "il manque une commande ; possibles ici :", "a command is missing; possible here:"},
    {"COMMAND_UNKNOWN", "cette commande n'existe pas ; la plus proche, ou celles d'ici :",
     "there is no such command; the nearest, or those possible here:"},
    {"OPTION_MISSING", "il faut le donner ; --help dit ce qu'attend cette commande",
     "it must be given; --help says what this command takes"},
    {"OPTION_UNKNOWN", "mot ou option que cette commande n'attend pas ; voir --help",
     "a word or option that this command does not take; see --help"},
    {"OPTION_VALUE", "cette valeur ne convient pas :", "this value does not fit:"},
    {"VALUE_UNKNOWN",
     "cette valeur n'existe pas ; possibles :", "there is no such value; one of these:"},
    {"NAME_EMPTY", "tapez le début d'un nom, en hexadécimal",
     "type the beginning of a name, in hexadecimal"},
    {"NAME_UNKNOWN", "rien de ce que vous pouvez voir ne porte ce nom",
     "nothing that you may see has this name"},
    {"NAME_AMBIGUOUS", "plusieurs noms commencent ainsi ; tapez-en davantage",
     "several names begin like this; type more of it"},
    {"REFERENCE_FORM",
     "une référence est 64 chiffres hexadécimaux, une barre et le rang de l'acte, ou @ et ce rang",
     "a reference is 64 hexadecimal digits, a slash and the ordinal of the act, or @ and the "
     "ordinal"},
    {"AGENT_FORM", "un agent est 32 chiffres hexadécimaux", "an agent is 32 hexadecimal digits"},
    {"LOG_FORM", "le nom d'un journal est 64 chiffres hexadécimaux",
     "the name of a log is 64 hexadecimal digits"},
    {"PARTY_UNKNOWN", "aucune partie n'a cet identifiant, ce code INSEE ou ce nom",
     "no party has this id, INSEE code or name"},
    {"PARTY_AMBIGUOUS", "plusieurs parties répondent à ce nom ; tapez l'identifiant",
     "several parties answer to this; type the id"},
    {"RECIPIENT_PARTS",
     "il faut un destinataire (--to) ou une classe (--to-class), un seul des deux",
     "a recipient (--to) or a class (--to-class) is needed, one of the two"},
    {"RECOMMENDATION_FORM",
     "une recommandation s'écrit advice:FICHIER ou condition:FICHIER, puis :drop=F1,F2 "
     ":threshold=N :cap=N :until=AAAA-MM-JJ :release=each_ruled",
     "a recommendation is written advice:FILE or condition:FILE, then :drop=F1,F2 :threshold=N "
     ":cap=N :until=YYYY-MM-DD :release=each_ruled"},
    {"FREEZE_NONE", "cette partie n'y a aucun gel à lever",
     "this party has no freeze to lift there"},
    {"FREEZE_SEVERAL", "cette partie y a plusieurs gels ; tapez le nom de l'un d'eux :",
     "this party has several freezes there; type the name of one:"},
    {"DOCUMENT_EMPTY", "ce document est vide, et ne dit donc rien ; écrivez-y ce qu'il doit dire :",
     "this document is empty and says nothing; write into it what it is to say:"},
    {"DOCUMENT_NOT_TEXT",
     "ce document n'est pas un texte qu'un terminal montre ; --out l'écrit dans un fichier :",
     "this document is no text for a terminal; --out writes it to a file:"},
    {"SHEET_FORM",
     "une fiche est un objet JSON aux identifiants de gateway/docs/register.md ; corrigez :",
     "a sheet is a JSON object with the identifiers of gateway/docs/register.md; mend:"},
    {"SINCE_MISSING",
     "une clé compromise l'est depuis un instant : donnez-le, AAAA-MM-JJTHH:MM:SSZ ; ce qu'elle a "
     "signé depuis attendra d'être ratifié",
     "a key is compromised since an instant: give it, YYYY-MM-DDTHH:MM:SSZ; what it signed from "
     "then on will await ratification"},
    {"SINCE_NOT_ALLOWED", "seul --cause compromised dit depuis quand ; ôtez cette option",
     "only --cause compromised says since when; leave this option out"},
    {"PROFILE_NONE",
     "aucun profil : donnez --profile FICHIER, ou la variable PASSERELLE_PROFILE, ou mettez "
     "passerelle.json dans ce dossier",
     "no profile: give --profile FILE, or the variable PASSERELLE_PROFILE, or put passerelle.json "
     "into this folder"},
    {"PASSPHRASE_MISSING",
     "donnez la phrase secrète : --passphrase-file FICHIER ou --passphrase-fd N",
     "give the passphrase: --passphrase-file FILE or --passphrase-fd N"},
    {"KEY_ENCRYPTED_ALREADY",
     "cette clé est déjà chiffrée ; `agent key decrypt` d'abord, pour changer de phrase :",
     "this key is encrypted already; `agent key decrypt` first, to change the passphrase:"},
    {"CONFIGURATION", "configuration illisible :", "unreadable configuration:"},
    {"ADDRESS_FORM", "une adresse s'écrit machine:port :", "an address is written host:port:"},
    {"INPUT_ENDED", "la saisie s'est arrêtée avant la dernière réponse",
     "the input ended before the last answer"},
    {"TREE_ENTRY", "ce fichier n'est pas une suite d'entrées de 65 535 octets au plus :",
     "this file is no sequence of entries of at most 65,535 bytes:"},
    {"RULE_UNKNOWN", "aucune règle n'a ce numéro ; `passerelle rules list` les donne",
     "no rule has this id; `passerelle rules list` lists them"},
    {"AGREEMENT_PARTS",
     "un accord de confidentialité a un fichier et une date : --agreement et --agreement-on",
     "a confidentiality agreement has a file and a date: --agreement and --agreement-on"},
    {"CERTIFICATE_PARTS",
     "le certificat d'un agent nomme sa convention ; celui d'un serveur, --dns ou --ip",
     "an agent's certificate names its convention; a server's, --dns or --ip"},
    {"FOUNDER_FORM", "une clé fondatrice est role:partie:agent:fichier.spki",
     "a founding key is role:party:agent:file.spki"},
    {"NOT_A_FOUNDING", "ce fichier ne contient pas la fondation d'une convention",
     "this file does not hold the founding of a convention"},
    {"REQUEST", "ce fichier n'est pas une demande faite par `passerelle agent request`",
     "this file is no request made by `passerelle agent request`"},
    {"STATEMENT", "ce fichier ne contient pas d'acte", "this file holds no statement"},
    {"TABLE", "cette ligne du tableau doit être party;deliberated_on;signed_on;agent;from;quality",
     "this line of the table must be party;deliberated_on;signed_on;agent;from;quality"},
    {"TEXTPROTO", "ce fichier textproto ne se lit pas", "this textproto file cannot be read"},
    {"DATE", "une date s'écrit AAAA-MM-JJ et doit exister",
     "a date is written YYYY-MM-DD and must exist"},
    {"INSTANT", "un instant s'écrit AAAA-MM-JJTHH:MM:SSZ",
     "an instant is written YYYY-MM-DDTHH:MM:SSZ"},
    {"ZONE_UNKNOWN", "ce fuseau horaire n'est pas connu de cette machine",
     "this machine does not know this time zone"},
    {"HEX HEX_DIGIT HEX_LENGTH DIGEST_LENGTH",
     "ce n'est pas de l'hexadécimal de la longueur attendue",
     "this is not hexadecimal of the length that is expected"},
    {"BASE64", "ce n'est pas du base64", "this is not base64"},
    {"DECIMAL DECIMAL_RANGE RANGE", "ce n'est pas un nombre entier dans les bornes admises",
     "this is not a whole number within its bounds"},
    {"FORMAT_UNSUPPORTED", "le registre s'exporte en csv, json ou xlsx",
     "the register is exported as csv, json or xlsx"},
    {"LANGUAGE_UNSUPPORTED", "le registre se dit en français ou en anglais",
     "the register is said in French or English"},
    {"CONTENTS_UNSUPPORTED", "le registre s'exporte entier, ou ses seuls écarts",
     "the register is exported whole, or its discrepancies alone"},
    {"DAY_INVALID", "ce jour n'existe pas", "there is no such day"},
    {"AS_OF_FUTURE",
     "le registre d'un jour à venir n'est pas connu ; demandez aujourd'hui ou avant",
     "the register of a day to come is not known; ask for today or earlier"},
    {"AS_OF_BEFORE_LOG", "le journal commence après ce jour", "the log begins after that day"},
    {"REGISTER_TOO_LARGE",
     "le registre est trop grand pour un tableur ; un seul responsable, ou csv, ou json",
     "the register is too large for a spreadsheet; one controller, or csv, or json"},
};

// Files, keys and certificates of this machine.
constexpr ErrorText kFiles[] = {
    {"FILE_MISSING", "ce fichier n'existe pas :", "there is no such file:"},
    {"FILE_ERROR", "lecture ou écriture impossible :", "cannot be read or written:"},
    {"FOLDER_MISSING", "ce dossier n'existe pas ; créez-le (mkdir -p) :",
     "there is no such folder; make it (mkdir -p):"},
    {"FILE_EXISTS", "ce fichier existe déjà et n'est pas remplacé :",
     "this file is there already and is not replaced:"},
    {"FILE_TOO_LARGE TOO_LARGE", "plus long qu'il n'est admis :", "longer than is allowed:"},
    {"EXPORT_NOT_EMPTY", "le dossier doit être vide, ou un export de ce journal :",
     "the folder must be empty, or an export of this log:"},
    {"EXPORT_OTHER_LOG EXPORT_OTHER_PARTY",
     "ce dossier contient un autre export :", "this folder holds another export:"},
    {"EXPORT_FORKED",
     "le journal ne prolonge pas l'export de ce dossier ; gardez ce dossier, c'est une preuve :",
     "the log does not continue the export in this folder; keep the folder, it is evidence:"},
    {"REDECIDE", "--redecide veut le journal entier :", "--redecide wants the whole log:"},
    {"JSON JSON_DUPLICATE JSON_MISSING JSON_TYPE JSON_UNKNOWN PATH_EMPTY TARGET",
     "ce fichier JSON n'a pas la forme attendue :", "this JSON file has not the form expected:"},
    {"PAYLOAD_TYPE COMMITMENT", "ce fichier d'actes est abîmé ou a été modifié :",
     "this statement file is damaged or was changed:"},
    {"NOT_A_SIGNER", "l'acte n'attend pas la signature de cette clé",
     "the statement does not await the signature of this key"},
    {"SIGNED_ALREADY", "déjà signé ; pour d'autres actes, commencez un autre fichier",
     "signed already; for other acts, begin another file"},
    {"SIGNATURES_MISSING", "il manque la signature de ces clés (passerelle sign) :",
     "the signatures of these keys are missing (passerelle sign):"},
    {"NOT_A_TRANSFER", "seuls les envois passent par là ; le reste par `submit`",
     "only transfers go this way; submit the rest"},
    {"KEY_PERMISSIONS", "d'autres peuvent lire cette clé privée ; chmod 600 la protège :",
     "others may read this private key; chmod 600 protects it:"},
    {"KEY_FORM SPKI_FORM SEED_LENGTH KEY_GENERATION ED25519",
     "cette clé n'est pas une clé Ed25519 ou P-256 utilisable :",
     "this is no usable Ed25519 or P-256 key:"},
    {"KEY_ENCRYPTED",
     "cette clé est chiffrée ; donnez sa phrase secrète (--passphrase-file, --passphrase-fd, ou "
     "passphrase_file dans le profil) :",
     "this key is encrypted; give its passphrase (--passphrase-file, --passphrase-fd, or "
     "passphrase_file in the profile):"},
    {"KEY_PASSPHRASE",
     "cette phrase secrète n'ouvre pas la clé :", "this passphrase does not open the key:"},
    {"PASSPHRASE_PERMISSIONS",
     "d'autres peuvent lire cette phrase secrète ; chmod 600 la protège :",
     "others may read this passphrase; chmod 600 protects it:"},
    {"PASSPHRASE_EMPTY PASSPHRASE_FORM",
     "ce fichier n'est pas une phrase secrète d'une ligne (un tube ne se lit qu'une fois) :",
     "this file is no passphrase of one line (a pipe can be read once):"},
    {"KEY_MISMATCH CA_MISMATCH", "le certificat n'est pas celui de cette clé",
     "the certificate is not that of this key"},
    {"CERTIFICATE_FORM PROFILE",
     "ce certificat ne convient pas :", "this certificate does not do:"},
    {"TLS_POLICY", "cette machine ne permet pas d'imposer TLS 1.3",
     "this machine does not allow TLS 1.3 to be required"},
};

// What the gateway answers.
constexpr ErrorText kGateway[] = {
    {"UNREACHABLE UNAVAILABLE",
     "la passerelle ne répond pas ; vérifiez l'adresse du profil et le réseau",
     "the gateway does not answer; check the profile's address and the network"},
    {"HOST_UNKNOWN PORT_CLOSED PORT_SILENT HOST_UNREACHABLE TLS_FAILED",
     "rien ne répond comme une passerelle à cette adresse :",
     "nothing answers like a gateway at this address:"},
    {"OUTCOME_UNKNOWN",
     "la connexion s'est rompue et l'acte a pu être inscrit ; avant d'en faire un autre, demandez "
     "le reçu : passerelle receipt get",
     "the connection broke and the statement may have been recorded; before making another, ask "
     "for its receipt: passerelle receipt get"},
    {"GATEWAY_UNTRUSTED",
     "le certificat de la passerelle n'est pas signé par l'autorité que nomme le profil, n'est pas "
     "celui de cette adresse ou n'est pas valable aujourd'hui ; `passerelle doctor` dit lequel ; "
     "rien "
     "n'a été envoyé",
     "the gateway's certificate is not signed by the authority that the profile names, not that of "
     "this address or not valid today; `passerelle doctor` tells which; nothing was sent"},
    {"LOG_UNKNOWN",
     "cette passerelle ne tient pas le journal que nomme le profil ; vérifiez `log` et `target`",
     "this gateway does not keep the log that the profile names; check `log` and `target`"},
    {"CERTIFICATE_EXPIRED CERTIFICATE_NOT_YET_VALID",
     "ce certificat n'est pas valable en ce moment ; demandez-en un autre",
     "this certificate is not valid at this time; ask for another"},
    {"CERTIFICATE_UNTRUSTED CERTIFICATE_USAGE",
     "ce certificat ne vient pas d'une autorité que la convention reconnaît, ou n'est pas fait "
     "pour cela",
     "this certificate is not of an authority that the convention recognises, or not made for "
     "this"},
    {"DEADLINE_EXCEEDED CANCELLED ABORTED", "la passerelle n'a pas répondu à temps",
     "the gateway did not answer in time"},
    {"DRAINING QUEUE_FULL QUOTA_EXCEEDED WATCHERS_FULL STREAMS_FULL STAGING_FULL "
     "RESOURCE_EXHAUSTED VAULT_BUSY "
     "STORE_BUSY",
     "la passerelle est occupée ou s'arrête ; recommencez un peu plus tard",
     "the gateway is busy or stopping; try again a little later"},
    {"CONVENTION_STOPPED",
     "la passerelle ne peut pas ouvrir cette convention ; prévenez l'exploitant",
     "the gateway cannot open this convention; tell the operator"},
    {"CLOCK_BEHIND", "l'horloge de la passerelle retarde sur son journal ; prévenez l'exploitant",
     "the gateway's clock is behind its log; tell the operator"},
    {"UNKNOWN INTERNAL DATA_LOSS",
     "la passerelle a un incident ; donnez à l'exploitant le numéro de la demande",
     "the gateway has failed; give the operator the number of the request"},
    {"UNIMPLEMENTED",
     "cette passerelle ne connaît pas cette demande ; sa version diffère de la "
     "vôtre",
     "this gateway does not know this request; its version differs from yours"},
    {"INVALID_ARGUMENT OUT_OF_RANGE FAILED_PRECONDITION ALREADY_EXISTS",
     "la passerelle n'accepte pas cette demande", "the gateway does not accept this request"},
    {"UNAUTHENTICATED KEY_NOT_ENROLLED CERTIFICATE_MISSING",
     "cette clé n'est pas inscrite à ce journal ; voir `passerelle agent request`",
     "this key is not enrolled in this log; see `passerelle agent request`"},
    {"PERMISSION_DENIED KEY_NOT_IN_FORCE", "cette clé n'est plus en vigueur, ou n'ouvre pas cela",
     "this key is no longer in force, or does not open this"},
    {"REGISTER_NOT_YOURS",
     "un registre s'exporte sous un mandat de sa partie, toute la convention sous celui d'un "
     "auditeur du journal",
     "a register is exported under a mandate of its party, the whole convention's under a log "
     "auditor's"},
    {"NOT_OF_PARTY", "la chaîne d'une partie demande un mandat de cette partie",
     "a party's chain asks for a mandate of that party"},
    {"NOT_LOG_AUDITOR", "le journal entier demande un mandat d'auditeur du journal",
     "the whole log asks for a log auditor's mandate"},
    {"NOT_OWN_PARTY", "seuls les actes d'une partie dont vous avez un mandat s'essaient ainsi",
     "only acts of a party whose mandate you hold are tried like this"},
    {"ACTS", "un essai porte sur un acte au moins, et sur le nombre qu'un envoi admet",
     "a preview is of one act at least, and of no more than one statement may hold"},
    {"NOT_FOUND STATEMENT_UNKNOWN EXCHANGE_UNKNOWN TRANSFER_UNKNOWN DATASET_UNKNOWN "
     "DOCUMENT_UNKNOWN",
     "cela n'existe pas dans ce journal, ou n'est pas visible pour vous",
     "this is not in this log, or not for you to see"},
    {"CONTENT_ERASED", "rien n'est conservé là : le contenu a été détruit ou n'est jamais venu",
     "nothing is kept there: the content was erased or never came"},
    {"HANDOVER_REFUSED", "l'envoi a changé pendant la réception ; recommencez",
     "the transfer changed while it was being fetched; fetch again"},
    {"HANDOVER_STOPPED",
     "l'envoi a été arrêté pendant la réception (gel, clé, mandat) ; `transfer show` dit pourquoi",
     "the transfer was stopped while it was being fetched (freeze, key, mandate); `transfer show` "
     "tells why"},
    {"STREAM_SLOW STREAM_LONG DOWNLOAD_CUT",
     "la liaison est trop lente ou a été coupée ; recommencez : une réception reprend où elle en "
     "était",
     "the line is too slow or was cut; try again: a fetch goes on where it stopped"},
    {"CONTENT_STREAMED", "ce contenu est trop long pour un affichage ; donnez --out",
     "this content is too long to be shown; give --out"},
    {"OFFSET DOWNLOAD_LENGTH NO_HEAD CHUNK CHUNK_TOO_LARGE ATTACHMENT_LENGTH UPLOAD_OF_MANY",
     "le contenu et ce qui en est annoncé ne concordent pas ; recommencez depuis le début",
     "the content and what is announced of it do not agree; begin again"},
    {"WRONG_DOOR", "un envoi passe par `transfer send`, tout autre acte par `submit`",
     "a transfer goes through `transfer send`, every other act through `submit`"},
    {"ATTACHMENTS_TOO_LARGE ATTACHMENT_TOO_LARGE", "les pièces jointes sont trop longues",
     "the attachments are too long"},
    {"ATTACHMENT_EMPTY", "une pièce jointe est vide : un document sans un octet ne dit rien",
     "an attachment is empty: a document without a single byte says nothing"},
    {"ATTACHMENT_MISMATCH ATTACHMENT_MISSING ATTACHMENT_NONCE ATTACHMENT_TWICE ATTACHMENT_UNKNOWN",
     "les pièces jointes ne sont pas exactement celles que l'acte annonce",
     "the attachments are not exactly those that the statement announces"},
    {"SIGNATURE_COUNT SIGNATURE_INVALID", "une signature manque ou n'est pas valable",
     "a signature is missing or not valid"},
    {"DEPTH ENUM ENVELOPE_SIZE ENTRY_SIZE ENTRY_TAG FORMAT_MINOR LENGTH MISSING ONEOF_TWICE ORDER "
     "REPEATED_FIELD TOO_MANY TRUNCATED UNKNOWN_FIELD UTF8 VARINT WIRE_TYPE",
     "l'acte n'a pas la forme que le journal admet",
     "the statement has not the form that the log takes"},
    {"PAGE_TOKEN", "la suite de cette liste n'est plus connue ; recommencez",
     "the rest of this list is no longer known; begin again"},
};

// Proofs that do not hold.
constexpr ErrorText kProofs[] = {
    {"FORK SEEN_AHEAD", "le journal n'est pas la suite de celui que vous aviez vérifié :",
     "the log does not continue the one that you had verified:"},
    {"FOREIGN_LOG LOG_FOREIGN", "cela concerne un autre journal que celui du profil",
     "this is about another log than the profile's"},
    {"LOG_EMPTY", "le journal est vide : aucune convention n'y est fondée",
     "the log is empty: no convention was enacted in it"},
    {"REGISTER_INCOMPLETE", "le registre est arrivé incomplet ; recommencez",
     "the register arrived incomplete; try again"},
    {"WORKBOOK MEMORY_FILE", "la passerelle n'a pas pu écrire le tableur ; csv et json restent",
     "the gateway could not write the spreadsheet; csv and json remain"},
    {"FOUNDING SETTINGS DATASET ENTRIES DOCUMENT_COMMITMENT PAYLOAD_COMMITMENT CONSISTENCY "
     "INCLUSION "
     "DIGESTS",
     "la passerelle montre autre chose que ce que le journal prouve ; prévenez un auditeur :",
     "the gateway shows something else than what the log proves; tell an auditor:"},
    {"RECEIPT_ENTRY RECEIPT_ENVELOPE RECEIPT_DECISIONS RECEIPT_OF_ANOTHER HANDOVER_OF_ANOTHER "
     "INCLUSION_MISMATCH CONSISTENCY_MISMATCH FRONTIER_LENGTH INDEX_RANGE SIZE_RANGE PROOF_EXTRA "
     "PROOF_HASH PROOF_INDEX PROOF_LENGTH PROOF_LINE PROOF_TOO_LONG PROOF_VERSION",
     "ce reçu ne prouve pas ce qu'il devait prouver ; ne vous y fiez pas :",
     "this receipt does not prove what it should; do not rely on it:"},
    {"CHECKPOINT_EXTENSION CHECKPOINT_LINES CHECKPOINT_ORIGIN CHECKPOINT_ROOT CHECKPOINT_SIZE "
     "NOTE_CONTROL NOTE_KEYS_AMBIGUOUS NOTE_KEY_UNKNOWN NOTE_LENGTH NOTE_LINE NOTE_NAME "
     "NOTE_SIGNATURE NOTE_SIGNATURES NOTE_SIGNATURE_INVALID NOTE_SPLIT NOTE_TEXT NOTE_UNSIGNED "
     "NOTE_UTF8 SUBMISSION_LINE SUBMISSION_TOO_LONG CHECKPOINT HEADS HEADS_FORM EXPORT_FILE "
     "COSIGNATURE_TIME",
     "cette attestation du journal n'est pas valable ; ne vous y fiez pas :",
     "this checkpoint of the log is not valid; do not rely on it:"},
    {"VKEY_FORMAT VKEY_ID VKEY_KEY VKEY_TYPE KEY_NAME",
     "ce n'est pas la clé de vérification d'un journal :",
     "this is not the verification key of a log:"},
    {"ORIGIN ORIGIN_CHARACTER ORIGIN_EMPTY ORIGIN_LENGTH ORIGIN_RESERVED",
     "ce nom d'attestation ne convient pas :", "this origin does not do:"},
};

// A data directory: founding, starting.
constexpr ErrorText kInstallation[] = {
    {"ALREADY_INITIALISED ENACTED", "cette convention est déjà préparée ou fondée ici :",
     "this convention is prepared or enacted here already:"},
    {"LOCKED", "un autre programme s'en sert en ce moment :", "another program is using it:"},
    {"METRICS_ADDRESS",
     "les mesures ne se servent qu'à cette machine : 127.0.0.1:PORT ou [::1]:PORT ; corrigez :",
     "metrics are served to this machine alone: 127.0.0.1:PORT or [::1]:PORT; correct:"},
    {"CARD", "cette fiche d'une convention est abîmée ; la passerelle la refait du journal :",
     "this card of a convention is damaged; the gateway makes it again from the log:"},
    {"LOG_TWICE", "ce journal est deux fois dans le dossier des données ; retirez la copie",
     "this log is in the data directory twice; remove the copy"},
    {"BACKUP_BUSY", "le journal s'écrit sans une pause ; recommencez à une heure plus calme :",
     "the log is written without a pause; try again at a quieter hour:"},
    {"BACKUP_UNKNOWN",
     "cette version ne sait pas copier ceci, et une copie sans lui ne vaudrait rien :",
     "this version cannot copy this, and a copy without it would be worthless:"},
    {"GUARD_THERE",
     "un témoin de tête se souvient de ce journal ; rien n'est à reprendre, ou tout est à tirer au "
     "clair d'abord :",
     "a guard remembers this log; nothing is to be recovered, or all is to be cleared up first:"},
    {"NO_CONVENTION NOT_ENACTED",
     "aucune convention n'est fondée dans ce dossier ; commencez par `passerelle init`",
     "no convention is enacted in this directory; begin with `passerelle init`"},
    {"FOUNDERS_MISSING CHECKPOINT_KEY STATEMENT_KEY",
     "la fondation doit porter les signatures de toutes les clés fondatrices, et d'elles seules",
     "a founding is signed by every founding key, and by no other"},
    {"FOUNDING_REFUSED",
     "les règles refusent cette fondation :", "the rules refuse this founding:"},
    {"GATES_MISSING", "un journal de production n'est pas encore servi ; prenez un journal d'essai",
     "a production log is not served yet; use a test log"},
    {"NO_ANCHOR LISTEN",
     "la passerelle ne peut pas être jointe ainsi :", "the gateway cannot be reached like this:"},
    {"DISK_FULL STORE_FULL LOG_FULL",
     "il n'y a plus de place, ici ou sur la passerelle ; faites-en, ou prévenez l'exploitant (gels "
     "et arrêts de clés passent encore)",
     "there is no room left, here or at the gateway; make some, or tell the operator (freezes and "
     "key stops still pass)"},
    {"KEK_WRONG", "cette clé n'est pas celle du coffre ; remettez la bonne :",
     "this key is not the vault's; put the right one back:"},
    {"OWN_ACT_REFUSED", "les règles refusent un acte de la passerelle elle-même",
     "the rules refuse an act of the gateway's own"},
    {"STORE_IO VAULT_IO ERASED_BYTES_REMAIN VAULT_UNKNOWN LOG_CONFLICT LOG_FENCED GUARD_SYNC",
     "la passerelle n'est pas sûre de ce qui est écrit ; elle s'arrête :",
     "the gateway is not certain of what is written; it stops:"},
    {"LOG_BEHIND_GUARD LOG_FORKED GUARD_FOREIGN GUARD_MISSING GUARD_TORN",
     "le journal et son témoin de tête ne s'accordent pas ; ne servez pas ces données :",
     "log and guard disagree; do not serve these data:"},
    {"LOG_SNAPSHOT",
     "le journal n'est plus celui dont il a gardé l'état ; ne servez pas ces données :",
     "the log is no longer the one whose state it kept; do not serve these data:"},
    {"STORE_CORRUPT STORE_FOREIGN STORE_FORMAT STORE_TILE TILE EXPORT_BUNDLE PAST_HEAD LOG_ROOT "
     "LOG_TIME LOG_GROUP LOG_ENTRY_MISSING LOG_ENTRY_DAMAGED SNAPSHOT_FORM SNAPSHOT_DAMAGED",
     "le journal est abîmé ou d'un autre format :", "the log is damaged or of another format:"},
    {"VAULT_CORRUPT VAULT_FOREIGN VAULT_MODE VAULT_PERMISSIONS VAULT_VERSION VAULT_ROW_MISSING "
     "NOT_AUTHENTIC NOT_OPENING KEK_EPOCH KEK_LENGTH KEK_PERMISSIONS OBJECT_LENGTH CONTENT_LENGTH "
     "NONCE_LENGTH SALT_LENGTH MEDIA_TYPE_LENGTH CIPHER POSITION DELETE",
     "le coffre est abîmé, mal protégé ou n'est pas celui de ce journal :",
     "the vault is damaged, badly protected or not that of this log:"},
    {"DECISIONS ACT_UNKNOWN BODY_WRONG CHAIN_BROKEN DECISIONS_WRONG EFFECT_WRONG INDEX_WRONG "
     "LINKS_UNSORTED OUTCOME_MISSING SETTINGS_WRONG SIGNER_UNKNOWN STATEMENT_EXPIRED "
     "STATEMENT_REPEATED TIME_BACKWARD REFERENCE_UNKNOWN AGENT_MALFORMED KEY_REPEATED "
     "RECIPIENT_UNKNOWN RECOMMENDATION_UNKNOWN",
     "une inscription du journal contredit ce qui la précède ; prévenez un auditeur :",
     "an entry of the log contradicts what precedes it; tell an auditor:"},
};

// Where Usage keeps what is the same in every language.
constexpr char kDetailUrl[] = "passerelle/detail";

const ErrorText* FindIn(absl::Span<const ErrorText> texts, std::string_view reason) {
  for (const ErrorText& text : texts)
    for (const absl::string_view known : absl::StrSplit(base::Absl(text.reasons), ' '))
      if (base::Std(known) == reason) return &text;
  return nullptr;
}

// The text of an error. A log that is not certain of itself shares its reason with one that the
// gateway does not keep.
const ErrorText* TextOf(const absl::Status& status) {
  const std::string reason = base::ReasonOf(status);
  const bool of_the_log = reason == "LOG_UNKNOWN" && status.code() == absl::StatusCode::kInternal;
  return FindErrorText(of_the_log ? "STORE_IO" : reason);
}

// What of an English message is no English: the detail of Usage; else the file or name that stands
// before its colon, where the text asks for one; the number of the request; the notes of a fork.
std::string DetailOf(const absl::Status& status, const std::string& message, bool asked) {
  if (const auto detail = status.GetPayload(kDetailUrl); detail.has_value())
    return std::string(*detail);
  if (base::ReasonOf(status) == "FORK") {
    const size_t second = message.find('\n');
    return second == std::string::npos ? "" : message.substr(second + 1);
  }
  constexpr std::string_view kRequest = "(request ";
  if (const size_t request = message.find(kRequest); request != std::string::npos) {
    const size_t begin = request + kRequest.size();
    return absl::StrCat("demande ", message.substr(begin, message.find(')', begin) - begin));
  }
  const size_t colon = message.find(": ");
  return asked && colon != std::string::npos ? message.substr(0, colon) : "";
}

std::vector<ErrorText> Gather() {
  std::vector<ErrorText> all;
  using Area = absl::Span<const ErrorText>;
  for (const Area area :
       {Area(kTyped), Area(kFiles), Area(kGateway), Area(kProofs), Area(kInstallation)})
    all.insert(all.end(), area.begin(), area.end());
  return all;
}

}  // namespace

absl::Span<const ErrorText> AllErrorTexts() {
  static const std::vector<ErrorText>* const all = new std::vector<ErrorText>(Gather());
  return *all;
}

const ErrorText* FindErrorText(std::string_view reason) { return FindIn(AllErrorTexts(), reason); }

bool IsOfThisMachine(std::string_view reason) { return FindIn(kFiles, reason) != nullptr; }

absl::Status Usage(std::string_view reason, std::string_view path, std::string_view detail) {
  const ErrorText* text = FindErrorText(reason);
  absl::Status status =
      base::Malformed(reason, path, detail.empty() && text != nullptr ? text->en : detail);
  if (!detail.empty()) status.SetPayload(kDetailUrl, absl::Cord(base::Absl(detail)));
  return status;
}

absl::Status Absent(std::string_view reason, std::string_view path) {
  const ErrorText* text = FindErrorText(reason);
  return base::Error(absl::StatusCode::kNotFound, reason, path, text == nullptr ? "" : text->en);
}

DescribedError Describe(const absl::Status& status, Language language) {
  DescribedError described{base::ReasonOf(status), base::PathOf(status), "", ""};
  const std::string message(status.message());
  const ErrorText* text = TextOf(status);
  if (text == nullptr) {
    described.text = message;
    return described;
  }
  described.text = std::string(language == Language::kFrench ? text->fr : text->en);
  if (language == Language::kFrench)
    described.detail = DetailOf(status, message, absl::EndsWith(described.text, ":"));
  else if (message != text->en)
    described.detail = message;
  if (described.detail.empty() && absl::EndsWith(described.text, " :"))
    described.text.resize(described.text.size() - 2);
  return described;
}

std::string DescribeError(const absl::Status& status, Language language) {
  const DescribedError described = Describe(status, language);
  return absl::StrCat(described.reason, described.path.empty() ? "" : " ", described.path, ": ",
                      described.text, described.detail.empty() ? "" : "\n  ", described.detail);
}

}  // namespace passerelle::gateway::cli
