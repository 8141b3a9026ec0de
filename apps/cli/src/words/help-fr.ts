import type { helpEn } from "./help-en.ts";

export const helpFr: typeof helpEn = {
  all: `Pli\u202f: une messagerie dont le serveur n’a pas d’utilisateurs.

  pli                        conversations et messages, en interactif
  pli init --name NOM        créer un profil\u202f: ni numéro, ni compte
  pli init --link            faire de cet appareil l’un des vôtres, depuis un autre
  pli invite                 inviter\u202f: un lien, un QR code, quatre chiffres
  pli accept LIEN            accepter une invitation
  pli invitations            où en sont les invitations\u202f; en reprendre une, en annuler une
  pli contacts               la liste de vos contacts
  pli send CONTACT TEXTE     envoyer un message\u202f; TEXTE - le lit sur l’entrée
  pli messages CONTACT       montrer une conversation
  pli search TEXTE           chercher dans les messages
  pli reply, edit, react     messages\u202f: répondre, modifier le vôtre, réagir par un emoji
  pli star, forward          messages\u202f: en marquer un pour vous, en transférer un
  pli delete, resend, again  messages\u202f: les supprimer, retenter l’envoi, redemander ceux non gardés
  pli block, unblock, name   contacts\u202f: montrer ou non ce qu’ils écrivent, leur donner un nom à vous
  pli mute, unmute           conversations\u202f: annoncer ou non ce qui s’y écrit
  pli lock, unlock           conversations\u202f: les montrer ou non dans les listes et les recherches
  pli receipts               vos contacts apprennent-ils ce que vous avez lu\u202f?
  pli lockdown               n’entendre que vos contacts vérifiés, sans personne de nouveau
  pli device                 vos appareils\u202f: en ajouter un, le nommer, le retirer
  pli passphrase             ce qui ouvre ce profil
  pli duress                 une seconde phrase, qui efface le profil et en ouvre un vide
  pli hidden …               des profils que rien ne montre\u202f: pli hidden --help
  pli profile …              plusieurs profils sur cette machine\u202f: pli profile --help
  pli recovery …             les mots avec lesquels vous retrouvez votre profil
  pli group …                fonder un groupe, le changer, le quitter\u202f: pli group --help
  pli listen                 afficher les messages à mesure qu’ils arrivent
  pli export --to FICHIER    tout ce que vous pouvez lire, dans un fichier que tout ordinateur ouvre
  pli import FICHIER         reprendre, pour le lire, ce qu’il y a dans un tel fichier
  pli doctor                 vérifier le serveur, l’horloge, le stockage

Options de toutes les commandes\u202f:
  --home DOSSIER             dossier des profils                  (ou PLI_HOME)
  --profile PROFIL           un autre profil que celui en service (ou PLI_PROFILE)
  --store URL                adresse du serveur                   (ou PLI_STORE)\u202f; retenue dès qu’il a répondu
  --passphrase-file FICHIER  lire la phrase secrète d’un fichier  (ou PLI_PASSPHRASE_FILE)
  --json                     un objet JSON par ligne en sortie, rien d’autre
  --lang fr|en               langue\u202f; à défaut LC_ALL, LC_MESSAGES ou LANG
  --help, --version

CONTACT est un nom, le début d’un nom ou d’un identifiant\u202f; celui d’un groupe aussi pour send et messages.
Sur une commande\u202f: pli COMMANDE --help. Pour les scripts\u202f: docs/cli.md.
`,
  device: `pli device                        vos appareils
pli device add [LIEN]             faire entrer un nouvel appareil, qui affiche LIEN (pli init --link)
pli device cancel APPAREIL        arrêter celui qui doit entrer
pli device rename APPAREIL NOM    un nom que seuls vos appareils connaissent\u202f; "" l’enlève
pli device remove APPAREIL        le sortir de toutes vos conversations
  --stolen                        quelqu’un le détient : d’autres clés, par vos mots de récupération

Un nouvel appareil lit et écrit tout comme vous. Tapez les quatre chiffres qu’il affiche, et les vôtres sur lui.
N’ouvrez jamais un lien qu’on vous a envoyé\u202f: le nouvel appareil est devant vous et l’affiche.
APPAREIL est son nom, le début de ce nom, ou celui de son identifiant.
Un appareil retiré ne lit plus rien. S’il a été volé, qui le détient a encore les clés de votre profil.
`,
  init: `pli init --name NOM [--passphrase | --passphrase-file FICHIER]
pli init --link [--name APPAREIL] [--passphrase | --passphrase-file FICHIER]

Crée un profil dans le dossier donné par --home. Rien n’est envoyé à personne.
  --name NOM                  le nom que verront vos contacts\u202f; demandé dans un terminal
  --link                         faire de cet appareil l’un des vôtres\u202f: affiche un lien, et un code QR dans un terminal,
                                 pour pli device add sur un autre\u202f; --name est alors le nom de l’appareil
  --passphrase                demander une phrase secrète, qui protégera le dossier
  --passphrase-file FICHIER   de même, la phrase étant la première ligne de FICHIER
Sinon, c’est un fichier de clé dans le dossier, lisible de vous seul, qui le protège.
Avec --store, le dossier se souvient de ce serveur.
`,
  invite: `pli invite [--name NOM] [--base URL]

Affiche une invitation\u202f: un lien, et un QR code dans un terminal. Attend qu’on l’ouvre, montre quatre
chiffres à lire à voix haute, demande les quatre qu’on vous lit. Trois erreurs la détruisent.
Ctrl-C l’annule\u202f: le lien n’ouvre alors plus rien. Si la commande s’arrête autrement, pli invitations resume la reprend.
  --name NOM   le nom que vous lui donnez, pour la reconnaître\u202f; personne d’autre ne le voit
  --base URL   l’adresse par laquelle le lien commence (par défaut celle du serveur)
`,
  accept: `pli accept [LIEN]

Accepte une invitation\u202f: montre quatre chiffres à lire à voix haute, demande les quatre que l’autre vous lit.
LIEN peut être coupé en plusieurs lignes, ou entouré de texte\u202f; mettez-le entre guillemets.
Sans LIEN, il est demandé, ou lu sur une ligne de l’entrée\u202f; il ne reste alors pas dans l’historique du shell.
`,
  invitations: `pli invitations                            celles en cours, et comment les autres ont fini
pli invitations resume [INVITATION]        en reprendre une\u202f: montre son lien ou les chiffres, demande ceux de l’autre
pli invitations stop INVITATION            en annuler une des deux côtés
pli invitations clear                      ranger celles qui sont terminées

Pour les invitations que vous avez faites et celles que vous avez acceptées, quelle que soit la commande qui les a
commencées, même si elle a été tuée. INVITATION est le nom que vous lui avez donné (pli invite --name), son début,
ou le début de son identifiant. Inutile quand une seule est en cours.
`,
  contacts: `pli contacts

Liste les contacts\u202f: confiance (●●● vérifié, ●●○ recommandé, ●○○ rencontré dans un groupe), nom, identifiant, groupes en commun.
`,
  send: `pli send CONTACT|GROUPE TEXTE [--wait SECONDES]

Envoie TEXTE, ou toute l’entrée si TEXTE est -. Rend la main dès que le serveur a le message. Si le serveur
est injoignable, le message est gardé et partira avec une autre commande\u202f; c’est aussi un succès (état «\u202fsaved\u202f»).
  --wait SECONDES   combien de temps attendre le serveur (10 par défaut\u202f; 0 n’attend pas)
Un texte qui commence par un tiret vient après --\u202f:  pli send Camille -- "-5 °C ce matin"
`,
  listen: `pli listen [--unread]

Affiche les messages à mesure qu’ils arrivent, jusqu’à Ctrl-C.
  --unread   d’abord ce qui n’a pas encore été lu. Ce qui est affiché est marqué comme lu une fois que la sortie
             l’a pris\u202f: après une panne, un message peut venir deux fois, aucun ne manque
`,
  messages: `pli messages CONTACT|GROUPE [--limit N] [--before RANG | --after RANG] [--ids]

Montre les derniers messages d’une conversation, du plus ancien au plus récent.
  --limit N       combien (50 par défaut)
  --before RANG   les N derniers avant celui-ci\u202f; RANG est le champ «\u202forder\u202f» de --json
  --after RANG    les N premiers après celui-ci
  --ids           avec le début de leurs identifiants, pour pli delete
Dans un terminal, tout est marqué comme lu jusqu’au dernier message montré.
`,
  search: `pli search TEXTE [--limit N]

Montre les derniers messages qui contiennent ces mots, du plus ancien au plus récent, avec leur jour. Le début du
dernier mot suffit.
  --limit N   combien (50 par défaut)
`,
  reply: `pli reply MESSAGE TEXTE

Répond à un message, là où il est. MESSAGE est son identifiant ou son début\u202f: pli messages CONTACT --ids
`,
  edit: `pli edit MESSAGE TEXTE

Votre message dit désormais TEXTE. Ceux qui l’ont voient qu’il a été modifié, et ce qu’il disait avant.
`,
  react: `pli react MESSAGE EMOJI|none

Met un emoji de vous sur un message, à la place du précédent. none le retire.
`,
  star: `pli star MESSAGE [--off]

Marque un message d’une étoile, sur vos appareils seulement. --off la retire.
`,
  forward: `pli forward MESSAGE CONTACT…

Envoie le même texte à des contacts ou à des groupes. Il ne dit pas qui l’a écrit.
`,
  delete: `pli delete MESSAGE [--everyone]
pli delete CONTACT|GROUPE MESSAGE… [--everyone]

Supprime des messages de vos appareils\u202f; les autres gardent les leurs. MESSAGE est un identifiant ou son début\u202f:
pli messages CONTACT --ids les montre. Un groupe que l’on a quitté se supprime par\u202f: pli group delete GROUPE
  --everyone  sur tous les appareils de tous\u202f: les vôtres, et ceux de chacun dans un groupe que vous menez
`,
  resend: `pli resend CONTACT|GROUPE

Essaie de nouveau d’envoyer ce qui n’a pas pu partir.
`,
  again: `pli again CONTACT|GROUPE

Redemande les messages venus et non conservés, parce que c’était plus qu’une personne ne peut envoyer en un jour.
`,
  mute: `pli mute CONTACT|GROUPE

Ce qui s’y écrit n’est plus annoncé. Pour revenir\u202f: pli unmute
`,
  unmute: `pli unmute CONTACT|GROUPE

Ce qui s’y écrit est annoncé de nouveau.
`,
  lock: `pli lock CONTACT|GROUPE

Ne montre rien de cette conversation dans les listes, les recherches et pli listen, qui dit seulement qu’un message est là.
Elle se lit avec pli messages, qui demande la phrase secrète comme toujours. Il faut une phrase secrète (pli passphrase).
Elle est sous la clé du profil comme les autres\u202f: cela arrête quelqu’un qui a l’application ouverte devant lui, et non
quelqu’un qui a la phrase secrète ou la clé. Pour défaire\u202f: pli unlock
`,
  unlock: `pli unlock CONTACT|GROUPE

Montre de nouveau cette conversation comme les autres.
`,
  block: `pli block CONTACT [--erase]

Ce que ce contact écrit d’ici là ne sera jamais montré, et il n’en sait rien. Pour y mettre fin\u202f: pli unblock
  --erase   effacer aussi de vos appareils ce qu’il avait écrit, et votre conversation
`,
  unblock: `pli unblock CONTACT

Ce que ce contact écrit désormais est montré. La conversation se rétablit toute seule.
`,
  name: `pli name CONTACT NOM
pli name CONTACT --clear

Donne à un contact un nom à vous, qui passe avant ceux que d’autres choisissent. Personne n’en sait rien.
  --clear   reprendre le nom qu’il se donne
`,
  receipts: `pli receipts [on|off]

Vos contacts apprennent-ils ce que vous avez lu\u202f? Sans mot\u202f: ce qui est réglé.
`,
  lockdown: `pli lockdown [on|off]

En cas de menace. Tant qu’il est actif, seuls vos contacts vérifiés vous écrivent\u202f: ce que les autres membres des
groupes écrivent n’est pas gardé. Personne de nouveau n’entre\u202f: les invitations en cours prennent fin, d’autres sont
refusées, vos contacts demandent avant de vous ajouter à un groupe. Les images des groupes ne sont pas décodées.
Sans mot\u202f: ce qui est réglé.
`,
  passphrase: `pli passphrase [--new-passphrase-file FICHIER | --none]

Donne à ce profil une phrase secrète, ou une autre\u202f: demandée dans un terminal, ou la première ligne de FICHIER.
Avec --passphrase-file, celle d’à présent y est lue. Ce qui tourne sur le profil continue.
  --none   à la place, un fichier de clé dans le dossier, lisible de vous seul
`,
  duress: `pli duress [--name NOM] [--new-passphrase-file FICHIER]
pli duress --none

Définit une phrase de détresse. Tapée partout où Pli demande la phrase secrète, elle efface ce profil, sa clé
d’abord, et en ouvre à la place un tout neuf, sans contacts ni messages. Elle est ensuite la phrase de celui-là.
Rien n’est demandé avant d’effacer, et seuls vos mots de récupération ramèneraient le profil. Rien ne montre s’il
y a une phrase de détresse. La phrase d’à présent est demandée, ou lue dans --passphrase-file.
  --name NOM                      comment s’appelle le profil tout neuf
  --new-passphrase-file FICHIER   la phrase de détresse est la première ligne de FICHIER
  --none                          plus de phrase de détresse
`,
  hidden: `pli hidden room [--size MIO]                         faire de la place pour deux profils cachés
pli hidden room --none [--yes]                       ôter cette place, et ce qui y serait caché
pli hidden add [--name NOM] [--new-passphrase-file FICHIER] [--keep-file FICHIER]

Cette place, ce sont deux fichiers à côté du profil, pleins d’octets aléatoires. Un profil caché se trouve dans l’un
d’eux, et sa propre phrase secrète, tapée partout où Pli en demande une, l’ouvre. Sans elle, personne ne peut savoir
si quelque chose y est caché, ni vous ni Pli\u202f: un nouveau profil caché peut prendre la place d’un autre dont vous
ne donnez pas la phrase. Aucune liste ne montre un profil caché. Un seul profil d’un dossier est ouvert à la fois. La
phrase d’à présent est demandée, ou lue dans --passphrase-file.
  --size MIO                      ce que chaque profil caché peut contenir\u202f; sinon 64
  --name NOM                      le nom que verront ses contacts
  --new-passphrase-file FICHIER   la phrase du profil caché est la première ligne de FICHIER
  --keep-file FICHIER             la première ligne de FICHIER ouvre un profil caché à garder
  --yes                           ne pas demander avant d’effacer ce qui est caché
On voit qu’il y a de la place. Trahissent aussi un profil caché\u202f: deux copies du dossier faites à des moments
différents, un programme tué alors qu’il était ouvert, jusqu’à ce que Pli soit rouvert, et le trafic. Ouvrez ensuite
l’autre profil.
`,
  profile: `pli profile                                          les profils de cette machine\u202f; * marque celui en service
pli profile add ÉTIQUETTE --name NOM [--passphrase]  un de plus, avec ses propres clés et données
pli profile switch PROFIL                            les commandes utilisent désormais celui-ci
pli profile rename PROFIL ÉTIQUETTE                  comment vous l’appelez sur cette machine
pli profile remove PROFIL [--yes]                    l’effacer de cette machine, ses clés d’abord

PROFIL est une étiquette, ou le début de l’identifiant que montre la liste. Pour une seule commande\u202f: pli --profile PROFIL …
Les étiquettes sont en clair dans le dossier. Ce qui tourne sur un profil continue pendant que vous en utilisez un autre.
  --name NOM   le nom que verront vos contacts\u202f; --passphrase et --passphrase-file comme dans pli init
  --yes        sans demander
`,
  recovery: `pli recovery           où vous en êtes\u202f: mots, sauvegarde, copie dans une clé d’accès
pli recovery show      les dix-neuf mots, tant que vous ne les avez pas confirmés
pli recovery check     les lit en une ligne et dit s’ils sont justes
pli recovery messages [on|off]
                       si le serveur garde une copie scellée de vos messages, et où elle en est
pli recovery restore [--stolen] [--passphrase | --passphrase-file FICHIER]
                       les lit en une ligne, dans un dossier vide, et fait revenir votre profil
pli recovery remove-copy
                       vos appareils cessent de renouveler la copie qu’ouvre une clé d’accès

Avec ces mots, vous retrouvez votre profil si vous perdez tous vos appareils. Ils sont faits sur cet
appareil et ne vont nulle part. Une fois confirmés, cet appareil les oublie. Majuscules, accents et numéros ne comptent
pas, et quatre lettres suffisent pour un mot. Ils se lisent en français et en anglais (--lang en)\u202f: au choix.
Reviennent votre nom, vos contacts et leur niveau de confiance, vos groupes et vos réglages\u202f; ce qui a été écrit,
seulement si vous en gardiez une copie (messages on). Conversations et groupes reprennent d’eux-mêmes dès que l’autre
est là. Il faut le serveur d’avant\u202f: --store URL.
La copie des messages part une fois par jour au plus, les plus récents d’abord. Qui a vos mots, ou les clés d’un de vos
appareils, peut la lire\u202f: si un appareil est en de mauvaises mains, déclarez-le volé au lieu de le retirer.
L’application web sait garder sur le serveur une copie des mots, qu’ouvre une clé d’accès, et retrouver le profil avec elle.
  --stolen       un de vos appareils est peut-être dans d’autres mains\u202f: vos clés changent, vos contacts refusent les anciennes
  --passphrase   demander une phrase secrète qui protégera le dossier
`,
  group: `pli group                                         vos groupes
pli group create NOM CONTACT… [--description TEXTE]
pli group show GROUPE                             membres, règles, ce qui est en route
pli group add GROUPE CONTACT…
pli group remove GROUPE MEMBRE…
pli group leave GROUPE [--successor MEMBRE]       un propriétaire seul dit qui le sera ensuite
pli group rename GROUPE NOM
pli group describe GROUPE TEXTE
pli group role GROUPE MEMBRE owner|admin|member|reader
pli group rules GROUPE [--who-adds admins|members] [--who-writes everyone|admins]
                       [--timer 1h|1j|1sem|off] [--newcomers nothing|week]
pli group picture GROUPE FICHIER|none             JPEG, PNG ou WebP d’au plus 64 Kio
pli group keys GROUPE                             de nouvelles clés pour cet appareil, tout de suite
pli group refound GROUPE [--without MEMBRE…]      le refonder quand quelqu’un en bloque les changements
pli group cancel GROUPE CHANGEMENT                reprendre ce qui n’est pas encore parti
pli group delete GROUPE                           supprimer d’ici un groupe que l’on a quitté\u202f; ou renoncer à entrer
pli group questions                               ce qu’on vous propose
pli group accept|decline QUESTION                 par le nom du groupe, ou le début de l’identifiant
pli group asking [on|off]                         vos contacts vous demandent-ils avant de vous ajouter (on)\u202f?

Chaque changement attend d’être vrai pour tous, et dit ce qu’il en est, ou pourquoi il a été abandonné.
Ctrl-C met fin à l’attente, pas au changement.
  --no-wait   revenir dès que le changement est enregistré sur cet appareil
GROUPE et MEMBRE sont un nom, ou le début d’un nom ou d’un identifiant. Écrire dans un groupe\u202f: pli send GROUPE TEXTE
`,
  export: `pli export --to FICHIER

Écrit dans FICHIER tout ce que vous pouvez lire\u202f: contacts, conversations, messages. Montre douze mots, une seule fois\u202f:
ils l’ouvrent. Le fichier n’est là qu’une fois relu et compté. Les messages éphémères n’y sont pas, et aucune clé\u202f:
personne ne peut écrire en votre nom avec lui. Sans Pli\u202f: age -d -o export.tar FICHIER (docs/export.md).
`,
  import: `pli import FICHIER [--names] [--count]

Lit un export jusqu’au bout, dit ce qu’il ajouterait, et demande avant de le faire. Les mots se lisent en une ligne.
Ce qui est nouveau devient des archives\u202f: des conversations à lire et à fouiller. Personne ne devient un contact,
la confiance ne change pour personne. Fait deux fois, cela n’ajoute rien de plus.
  --names   appeler aussi les contacts par les noms que le fichier leur donne, si vous n’en avez pas donné
  --count   dire seulement ce qui serait ajouté
`,
  doctor: `pli doctor

Vérifie\u202f: le serveur est-il là, en quelle version, l’horloge est-elle juste, le dossier est-il privé, les données
s’ouvrent-elles, attend-il ou manque-t-il quelque chose. Finit par 0 si rien n’échoue, 1 sinon. Marche sans profil.
`,
};
