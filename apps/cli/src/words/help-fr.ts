import type { CommandName } from "../arguments.ts";

export const helpFr: Record<CommandName | "all", string> = {
  all: `Pli\u202f: une messagerie dont le serveur n’a pas d’utilisateurs.

  pli                        conversations et messages, en interactif
  pli init --name NOM        créer un profil\u202f: ni numéro, ni compte
  pli invite                 inviter\u202f: un lien, un QR code, quatre chiffres
  pli accept LIEN            accepter une invitation
  pli contacts               la liste de vos contacts
  pli send CONTACT TEXTE     envoyer un message\u202f; TEXTE - le lit sur l’entrée
  pli messages CONTACT       montrer une conversation
  pli listen                 afficher les messages à mesure qu’ils arrivent
  pli doctor                 vérifier le serveur, l’horloge, le stockage

Options de toutes les commandes\u202f:
  --home DOSSIER             dossier du profil                    (ou PLI_HOME)
  --store URL                adresse du serveur                   (ou PLI_STORE)
  --passphrase-file FICHIER  lire la phrase secrète d’un fichier  (ou PLI_PASSPHRASE_FILE)
  --json                     un objet JSON par ligne en sortie, rien d’autre
  --lang fr|en               langue\u202f; à défaut LC_ALL, LC_MESSAGES ou LANG
  --help, --version

CONTACT est un nom, le début d’un nom, ou le début d’un identifiant.
Sur une commande\u202f: pli COMMANDE --help. Pour les scripts\u202f: docs/cli.md.
`,
  init: `pli init --name NOM [--passphrase | --passphrase-file FICHIER]

Crée un profil dans le dossier donné par --home. Rien n’est envoyé à personne.
  --name NOM                  le nom que verront vos contacts\u202f; demandé dans un terminal
  --passphrase                demander une phrase secrète, qui protégera le dossier
  --passphrase-file FICHIER   de même, la phrase étant la première ligne de FICHIER
Sinon, c’est un fichier de clé dans le dossier, lisible de vous seul, qui le protège.
Avec --store, le dossier se souvient de ce serveur.
`,
  invite: `pli invite [--base URL]

Affiche une invitation\u202f: un lien, et un QR code dans un terminal. Attend qu’on l’ouvre, montre quatre
chiffres à lire à voix haute, demande les quatre qu’on vous lit. Trois erreurs la détruisent.
Ctrl-C l’annule\u202f: le lien n’ouvre alors plus rien.
  --base URL   l’adresse par laquelle le lien commence (par défaut celle du serveur)
`,
  accept: `pli accept [LIEN]

Accepte une invitation\u202f: montre quatre chiffres à lire à voix haute, demande les quatre que l’autre vous lit.
Sans LIEN, il est demandé, ou lu sur une ligne de l’entrée\u202f; il ne reste alors pas dans l’historique du shell.
`,
  contacts: `pli contacts

Liste les contacts\u202f: confiance (●●● vérifié, ●●○ recommandé, ●○○ rencontré dans un groupe), nom, identifiant.
`,
  send: `pli send CONTACT TEXTE [--wait SECONDES]

Envoie TEXTE, ou toute l’entrée si TEXTE est -. Rend la main dès que le serveur a le message. Si le serveur
est injoignable, le message est gardé et partira avec une autre commande\u202f; c’est aussi un succès (état «\u202fsaved\u202f»).
  --wait SECONDES   combien de temps attendre le serveur (10 par défaut\u202f; 0 n’attend pas)
Un texte qui commence par un tiret vient après --\u202f:  pli send Camille -- "-5 °C ce matin"
`,
  listen: `pli listen [--unread]

Affiche les messages à mesure qu’ils arrivent, jusqu’à Ctrl-C.
  --unread   d’abord ce qui n’a pas encore été lu\u202f; et marquer comme lu ce qui est affiché
`,
  messages: `pli messages CONTACT [--limit N]

Montre les derniers messages d’une conversation, du plus ancien au plus récent.
  --limit N   combien (50 par défaut)
Dans un terminal, ce qui est montré est marqué comme lu.
`,
  doctor: `pli doctor

Vérifie\u202f: le serveur est-il là, en quelle version, l’horloge est-elle juste, le dossier est-il privé, les données
s’ouvrent-elles, attend-il ou manque-t-il quelque chose. Finit par 0 si rien n’échoue, 1 sinon. Marche sans profil.
`,
};
