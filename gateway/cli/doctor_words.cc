// The catalogue of what the doctor finds.
#include <iterator>

#include "gateway/cli/doctor.h"

namespace passerelle::gateway::cli {
namespace {

constexpr Health kWarning = Health::kWarning;
constexpr Health kFailure = Health::kFailure;

constexpr Ailment kAilments[] = {
    // Certificates: ours, then the gateway's.
    {"certificate-expired", kFailure, "votre certificat a expiré", "your certificate has expired",
     "faites-en émettre un autre pour la même clé (passerelle pki issue), ou mettez à l'heure "
     "l'horloge de cette machine",
     "have another issued for the same key (passerelle pki issue), or set this machine's clock"},
    {"certificate-not-yet", kFailure, "votre certificat n'est pas encore valable",
     "your certificate is not valid yet",
     "mettez à l'heure l'horloge de cette machine, ou attendez ce jour",
     "set this machine's clock, or wait for that day"},
    {"certificate-soon", kWarning, "votre certificat expire bientôt",
     "your certificate expires soon",
     "faites-en émettre un autre pour la même clé (passerelle pki issue)",
     "have another issued for the same key (passerelle pki issue)"},
    {"certificate-of-another", kFailure, "le certificat n'est pas celui de la clé",
     "the certificate is not that of the key",
     "nommez la clé et le certificat que `passerelle pki issue` a faits ensemble",
     "name the key and the certificate that `passerelle pki issue` made together"},
    {"gateway-expired", kFailure, "le certificat de la passerelle a expiré",
     "the gateway's certificate has expired",
     "l'exploitant en émet un autre et relance la passerelle ; sinon, mettez à l'heure l'horloge "
     "de cette machine",
     "the operator issues another and restarts the gateway; otherwise set this machine's clock"},
    {"gateway-not-yet", kFailure, "le certificat de la passerelle n'est pas encore valable",
     "the gateway's certificate is not valid yet",
     "mettez à l'heure l'horloge de cette machine, ou attendez ce jour",
     "set this machine's clock, or wait for that day"},
    {"gateway-soon", kWarning, "le certificat de la passerelle expire bientôt",
     "the gateway's certificate expires soon",
     "l'exploitant en émet un autre (passerelle pki issue --dns) et relance la passerelle",
     "the operator issues another (passerelle pki issue --dns) and restarts the gateway"},
    {"gateway-name", kFailure, "le certificat de la passerelle est fait pour un autre nom",
     "the gateway's certificate is made out to another name",
     "mettez dans `target` du profil un nom du certificat, ou faites-le émettre pour celui-ci "
     "(passerelle pki issue --dns)",
     "put a name of the certificate into the profile's `target`, or have it issued for this one "
     "(passerelle pki issue --dns)"},
    {"gateway-untrusted", kFailure,
     "le certificat de la passerelle ne vient pas de l'autorité que nomme le profil",
     "the gateway's certificate is not of the authority that the profile names",
     "mettez dans `ca_file` le ca.pem de l'exploitant, demandé par une autre voie ; si c'était "
     "lui, quelqu'un se tient entre vous et la passerelle",
     "put the operator's ca.pem, asked for by another way, into `ca_file`; if it was that one, "
     "somebody stands between you and the gateway"},
    // The way to it.
    {"host-unknown", kFailure, "ce nom de machine n'a pas d'adresse", "this host has no address",
     "corrigez `target` dans le profil, ou le DNS", "correct the profile's `target`, or the DNS"},
    {"port-closed", kFailure, "rien n'écoute à cette adresse", "nothing listens at this address",
     "corrigez `target`, ou faites démarrer la passerelle (systemctl status passerelle-gateway)",
     "correct `target`, or have the gateway started (systemctl status passerelle-gateway)"},
    {"port-silent", kFailure, "cette adresse ne répond pas", "this address does not answer",
     "faites ouvrir ce port vers la passerelle dans le pare-feu, ou corrigez `target`",
     "have this port towards the gateway opened in the firewall, or correct `target`"},
    {"tls-none", kFailure, "ce port ne parle pas TLS 1.3", "this port does not speak TLS 1.3",
     "corrigez le port de `target` ; aucun mandataire ne doit déchiffrer entre vous et la "
     "passerelle",
     "correct the port of `target`; no proxy may decrypt between you and the gateway"},
    {"tls-refused", kFailure, "la passerelle refuse votre certificat",
     "the gateway refuses your certificate",
     "faites-le émettre par une autorité que la convention reconnaît (ca.pem de l'exploitant)",
     "have it issued by an authority that the convention recognises (the operator's ca.pem)"},
    // The log, the key, the mandates.
    {"log-name", kFailure, "le profil nomme un autre journal que ceux de cette passerelle",
     "the profile names another log than this gateway's",
     "si vous le reconnaissez, mettez ce nom dans `log`, après l'avoir comparé à celui de votre "
     "avis de transcription",
     "if you recognise it, put this name into `log`, once compared with your notice of "
     "transcription"},
    {"log-not-served", kFailure,
     "cette passerelle ne sert pas le journal que nomme le profil : convention non chargée, ou "
     "nom erroné",
     "this gateway does not serve the log that the profile names: convention not loaded, or a "
     "wrong name",
     "comparez `log` à votre avis de transcription ; si c'est lui, l'exploitant demande pourquoi "
     "à `passerelle doctor --data`",
     "compare `log` with your notice of transcription; if it is that one, the operator asks "
     "`passerelle doctor --data` why"},
    {"key-unknown", kFailure, "cette clé n'est pas inscrite à ce journal",
     "this key is not enrolled in this log",
     "faites-la inscrire : passerelle agent request, puis votre représentant : passerelle agent "
     "enrol",
     "have it enrolled: passerelle agent request, then your representative: passerelle agent "
     "enrol"},
    {"key-stopped", kFailure, "cette clé est arrêtée, ou hors de sa validité",
     "this key is stopped, or outside its validity",
     "faites-la rétablir (passerelle agent reinstate) ou inscrivez-en une autre",
     "have it reinstated (passerelle agent reinstate) or enrol another"},
    {"key-ends-soon", kWarning, "l'inscription de cette clé s'achève bientôt",
     "the enrolment of this key ends soon",
     "inscrivez une nouvelle clé du même agent, signée de celle-ci (passerelle agent enrol)",
     "enrol a new key of the same agent, signed with this one (passerelle agent enrol)"},
    {"mandate-none", kFailure, "aucun mandat de cet agent n'est en vigueur",
     "no mandate of this agent is in force",
     "un représentant de la partie le donne : passerelle mandate give",
     "a representative of the party gives it: passerelle mandate give"},
    {"dpo-none", kFailure, "cette partie détient des données et n'a pas de DPO en fonction",
     "this party holds data and has no DPO in office",
     "son représentant en désigne un : passerelle mandate give --role dpo ; sans lui, aucun "
     "échange ne s'ouvre",
     "its representative designates one: passerelle mandate give --role dpo; no exchange opens "
     "without"},
    {"dpo-none-yet", kWarning, "cette partie n'a pas de DPO en fonction",
     "this party has no DPO in office",
     "son représentant en désigne un : passerelle mandate give --role dpo",
     "its representative designates one: passerelle mandate give --role dpo"},
    {"dpo-keyless", kFailure, "aucune clé du DPO de cette partie n'est en vigueur",
     "no key of this party's DPO is in force",
     "faites inscrire sa clé (passerelle agent request, puis enrol)",
     "have her key enrolled (passerelle agent request, then enrol)"},
    // Clocks.
    {"clock-off", kFailure, "l'horloge de cette machine et celle de la passerelle diffèrent",
     "this machine's clock and the gateway's differ",
     "synchronisez celle qui se trompe (timedatectl set-ntp true)",
     "synchronise the one that is wrong (timedatectl set-ntp true)"},
    {"clock-drifts", kWarning, "l'horloge de cette machine s'écarte de celle de la passerelle",
     "this machine's clock drifts from the gateway's", "synchronisez-la (timedatectl set-ntp true)",
     "synchronise it (timedatectl set-ntp true)"},
    {"clock-unkept", kWarning, "rien ne tient l'horloge de cette machine à l'heure",
     "nothing keeps this machine's clock right",
     "timedatectl set-ntp true, si rien d'autre ne s'en charge",
     "timedatectl set-ntp true, unless something else takes care of it"},
    {"clock-behind-log", kFailure, "l'horloge de cette machine retarde sur le journal",
     "this machine's clock is behind the log",
     "mettez-la à l'heure : la passerelle ne reçoit aucun acte d'ici là",
     "set it: until then the gateway takes no act"},
    // The operator's machine.
    {"disk-full", kFailure, "il n'y a presque plus de place", "there is hardly any room left",
     "libérez de la place ou agrandissez le disque : la passerelle refusera les actes plutôt que "
     "de s'arrêter au milieu",
     "free some space or enlarge the disk: the gateway will refuse acts rather than stop midway"},
    {"disk-low", kWarning, "la place se fait rare", "space is getting scarce",
     "libérez de la place ou agrandissez le disque", "free some space or enlarge the disk"},
    {"keys-open", kFailure, "d'autres peuvent lire cette clé", "others may read this key",
     "chmod 600 sur ce fichier, chmod 700 sur son dossier",
     "chmod 600 on the file, chmod 700 on its folder"},
    {"keys-missing", kFailure, "il manque une clé de cette convention",
     "a key of this convention is missing",
     "remettez le dossier keys/ de votre sauvegarde des clés",
     "put the folder keys/ of your backup of the keys back"},
    {"convention-none", kFailure, "aucune convention dans ce dossier",
     "no convention in this directory", "commencez par `passerelle init`",
     "begin with `passerelle init`"},
    {"convention-not-enacted", kFailure, "cette convention est préparée, mais pas fondée",
     "this convention is prepared, but not enacted",
     "faites signer le fichier par tous les fondateurs, puis : passerelle init --enact",
     "have every founder sign the file, then: passerelle init --enact"},
    {"convention-gates", kFailure, "un journal de production n'est pas encore servi",
     "a production log is not served yet", "prenez un journal d'essai (--environment test)",
     "use a test log (--environment test)"},
    {"log-behind-guard", kFailure,
     "le journal a moins d'inscriptions que son témoin de tête n'en a vu : des données anciennes "
     "ont été remises",
     "the log has fewer entries than its guard saw: old data were put back",
     "remettez la copie la plus récente ; ne touchez pas au témoin",
     "put the newest copy back; leave the guard alone"},
    {"log-forked", kFailure, "le journal n'est pas celui que son témoin de tête a vu",
     "the log is not the one that its guard saw",
     "gardez les deux, remettez la bonne copie, prévenez les fondateurs",
     "keep both, put the right copy back, tell the founders"},
    {"guard-missing", kFailure, "le témoin de tête de ce journal manque",
     "the guard of this log is missing",
     "remettez le témoin ; sur une machine neuve et une fois la perte admise : passerelle recover "
     "--adopt-head",
     "put the guard back; on a new machine, and once the loss is admitted: passerelle recover "
     "--adopt-head"},
    {"witness-silent", kWarning, "ce témoin ne répond pas comme il le doit",
     "this witness does not answer as it should",
     "prévenez la partie qui le tient ; si son adresse ou sa clé a changé, nommez-les dans un acte "
     "de réglages",
     "tell the party that keeps it; if its address or key changed, name them in an act of "
     "settings"},
    {"witness-quorum", kFailure, "il répond moins de témoins que les réglages n'en exigent",
     "fewer witnesses answer than the settings demand",
     "faites répondre les autres : jusque-là les reçus restent sans témoin, et les transferts "
     "s'arrêtent quand le délai des réglages est passé",
     "have the others answer: until then receipts stay unwitnessed, and transfers stop once the "
     "lag of the settings is over"},
    {"log-behind-witness", kFailure,
     "le journal a moins d'inscriptions qu'un témoin n'en a contresigné : des données anciennes "
     "ont été remises",
     "the log has fewer entries than a witness cosigned: old data were put back",
     "remettez la copie la plus récente ; s'il n'en est pas d'autre : passerelle recover --draft",
     "put the newest copy back; if there is no other: passerelle recover --draft"},
    {"log-forked-witness", kFailure, "le journal n'est pas celui qu'un témoin a contresigné",
     "the log is not the one that a witness cosigned",
     "gardez les deux, remettez la bonne copie, prévenez les fondateurs",
     "keep both, put the right copy back, tell the founders"},
    {"authority-silent", kFailure, "cette autorité d'horodatage ne donne pas d'horodatage",
     "this time-stamp authority gives no time stamp",
     "vérifiez l'adresse et le pare-feu ; ou nommez-en une autre dans un acte de réglages",
     "check the address and the firewall; or name another in an act of settings"},
    {"authority-clock", kFailure,
     "l'heure de cette autorité et celle de cette machine s'écartent trop",
     "this authority's time and this machine's are too far apart",
     "mettez à l'heure l'horloge de cette machine (NTP) ; si elle l'est, doutez de l'autorité",
     "set this machine's clock (NTP); if it is right, doubt the authority"},
    {"authority-unverifiable", kFailure,
     "l'horodatage de cette autorité ne se vérifie pas par les racines des réglages",
     "this authority's time stamp does not verify by the anchors of the settings",
     "nommez dans un acte de réglages la racine de l'autorité, demandée par une autre voie",
     "name the authority's root, asked for by another way, in an act of settings"},
    {"server-silent", kWarning, "la passerelle ne sert pas à cette adresse",
     "the gateway does not serve at this address",
     "systemctl start passerelle-gateway, puis journalctl -u passerelle-gateway",
     "systemctl start passerelle-gateway, then journalctl -u passerelle-gateway"},
    {"server-other-certificate", kFailure,
     "la passerelle montre un autre certificat que celui de ce fichier",
     "the gateway shows another certificate than this file's",
     "relancez-la (systemctl restart passerelle-gateway)",
     "restart it (systemctl restart passerelle-gateway)"},
    {"server-nameless", kFailure, "ce certificat n'est fait pour aucun nom de machine",
     "this certificate is made out to no host",
     "faites-en émettre un : passerelle pki issue --dns NOM",
     "have one issued: passerelle pki issue --dns NAME"},
};

}  // namespace

absl::Span<const Ailment> AllAilments() { return kAilments; }

}  // namespace passerelle::gateway::cli
