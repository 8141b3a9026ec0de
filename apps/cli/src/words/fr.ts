import { archiveFr } from "./archive-fr.ts";
import { number, plural, some } from "./counting-fr.ts";
import { duressFr } from "./duress-fr.ts";
import { hiddenFr } from "./hidden-fr.ts";
import { recoveryFr } from "./recovery-fr.ts";
import type { Words } from "./en.ts";
import { devicesFr } from "./devices-fr.ts";
import { groupFr } from "./group-fr.ts";
import { helpFr } from "./help-fr.ts";
import { invitationsFr, waitingFr } from "./invitations-fr.ts";
import { profileFr } from "./profile-fr.ts";

export const fr: Words = {
  locale: "fr",
  number,
  you: "Vous",
  colon: "\u202f:",
  levels: { 1: "rencontré dans un groupe", 2: "recommandé", 3: "vérifié" },
  usage: {
    unknown_command: (word) => `la commande «\u202f${word}\u202f» n’existe pas.`,
    unknown_option: (word) =>
      `l’option «\u202f${word}\u202f» n’existe pas. Mettez -- devant un texte qui commence par un tiret.`,
    option_elsewhere: (word) => `${word} ne va pas avec cette commande.`,
    value_missing: (word) => `${word} demande une valeur.`,
    value_wrong: (word) => `${word}\u202f: cette valeur n’est pas possible.`,
    word_missing: (word) => `il manque ${word}.`,
    word_extra: (word) => `«\u202f${word}\u202f» est de trop ici.`,
    not_text: () =>
      "la ligne de commande n’est pas en UTF-8, et rien n’a été fait. Vérifiez LANG, ou donnez le texte par\u202f: pli send CONTACT -",
  },
  allowed: {
    words: (list) => `Valeurs possibles\u202f: ${list}.`,
    number: (least, most) => `C’est un nombre entier de ${least} à ${most}.`,
    time: "C’est off, ou un nombre d’heures, de jours ou de semaines, un an au plus\u202f: 12h, 1j, 2sem.",
    address: "C’est l’adresse d’une page, par exemple https://pli.example.org.",
    nothing: "Elle n’en prend pas.",
  },
  seeHelp: (command) => `Voir\u202f: pli ${command}--help`,
  advice: {
    makeProfile: "Lancez\u202f: pli init --name VOTRE_NOM",
    otherHome: "Pour un autre profil, ajoutez-le\u202f: pli profile add ÉTIQUETTE --name NOM",
    contacts: "Pour en voir la liste\u202f: pli contacts",
    candidates: (names) => `Il peut s’agir de\u202f: ${names.join(", ")}`,
    groups: (names) =>
      names.length === 0
        ? "Il n’y a pas encore de groupe\u202f: pli group create NOM CONTACT…"
        : `Vos groupes\u202f: ${names.join(", ")}`,
    unlock:
      "Donnez la phrase secrète avec --passphrase-file FICHIER, ou lancez la commande dans un terminal, qui la demandera.",
    noPassphraseFile: (path) => `Le fichier de la phrase secrète est illisible\u202f: ${path}`,
    terminal:
      "La discussion interactive demande un terminal. Dans un script\u202f: pli send, pli listen, pli messages.",
    notText:
      "L’entrée n’est pas du texte UTF-8, et rien n’a été envoyé. Convertissez-la d’abord, par exemple avec\u202f: iconv -f latin1 -t utf8",
    protection: "Ce dossier a été commencé avec une autre protection. Prenez un autre dossier avec --home.",
    lost: "La commande qui tenait ce profil s’est arrêtée, et celle-ci n’a pas pu prendre la suite. Relancez-la.",
    otherStore: (address) =>
      `Un autre pli tient ce profil et utilise ${address}\u202f: arrêtez-le, puis redonnez la nouvelle adresse.`,
    storeNotKept: (address) =>
      `L’adresse ${address} n’a pas pu être enregistrée dans le dossier\u202f: redonnez-la la prochaine fois, avec --store.`,
    makeAnother: "Pour en faire une autre\u202f: pli invite",
    offerLock: "Rien ne verrouille ce profil. Pour une phrase secrète\u202f: pli passphrase (ceci ne sera pas redit)",
    inSeconds: (count) => `Réessayez dans ${some(count, "seconde", "secondes")}.`,
    inMinutes: (count) => `Réessayez dans ${some(count, "minute", "minutes")}.`,
    detail: "Pour le détail technique, relancez avec PLI_DEBUG=1.",
  },
  ask: {
    name: "Votre nom, tel que vos contacts le verront\u202f: ",
    link: "Le lien d’invitation\u202f: ",
    passphrase: "Phrase secrète\u202f: ",
    newPassphrase: (least) =>
      `Choisissez une phrase secrète, d’au moins ${some(least, "caractère", "caractères")}\u202f: `,
    tooShort: (least) =>
      `C’est moins de ${some(least, "caractère", "caractères")}. Rien n’a été gardé\u202f; on recommence.`,
    samePassphrase: "Encore une fois\u202f: ",
    different: "Elles diffèrent. Rien n’a été gardé\u202f; on recommence.",
    wrongPassphrase: "Ce n’est pas la bonne phrase secrète.",
    digits: (peer) => `Les quatre chiffres que ${peer} vous lit\u202f: `,
  },
  init: {
    done: (name) => `Votre profil est prêt, ${name}.`,
    where: (home) => `Il est dans ${home}, chiffré.`,
    keyFile: "Sa clé est à côté, lisible de vous seul. Pour une phrase secrète à la place\u202f: pli init --passphrase",
    next: "Ensuite\u202f: pli invite, ou pli accept LIEN",
  },
  pairing: {
    send: "Envoyez ce lien à une personne, ou faites-lui scanner le code\u202f:",
    sendLink: "Envoyez ce lien à une personne\u202f:",
    enlarge: (columns, rows) =>
      `Pour un QR code à scanner, agrandissez cette fenêtre à ${some(columns, "colonne", "colonnes")} sur ${some(rows, "ligne", "lignes")}.`,
    until: (date) => `Il sert une fois, jusqu’au ${date}.`,
    why: "Vous vous lirez ensuite quatre chiffres, de vive voix\u202f: qui d’autre aurait eu le lien ne passera pas.",
    preparing: "Préparation de l’invitation…",
    waitingForGuest:
      "On attend qu’elle l’ouvre… (Ctrl-C annule l’invitation\u202f; si cela s’arrête autrement\u202f: pli invitations resume)",
    opening: "Ouverture de l’invitation…",
    waitingForInviter: "On attend la réponse… (Ctrl-C met fin à l’échange)",
    claims: (peer) => `Voici quelqu’un qui dit s’appeler ${peer}.`,
    invites: (peer) => `${peer} vous invite.`,
    call: (peer) => `Appelez ${peer}, ou voyez-vous. Lisez à voix haute ces quatre chiffres\u202f:`,
    wrong: (left) =>
      left === 1
        ? "Ce ne sont pas les bons chiffres. Il reste un essai\u202f; ensuite l’invitation est détruite."
        : `Ce ne sont pas les bons chiffres. Il reste ${some(left, "essai", "essais")}.`,
    malformed: "Il faut quatre chiffres.",
    own: "Ce sont vos propres chiffres\u202f: c’est à vous de les lire. Demandez ceux de l’autre et tapez-les. Cet essai ne compte pas.",
    confirming: (peer) => `C’est bon. On attend que ${peer} tape les vôtres…`,
    paired: (peer) => `Vous parlez à ${peer}. Vérifié.`,
    next: (name) => `Pour écrire\u202f: pli send ${name} "Bonjour"`,
  },
  devices: devicesFr,
  contacts: {
    none: "Pas encore de contact. Invitez quelqu’un\u202f: pli invite",
    isBlocked: "bloqué",
    blocked: (name) =>
      `Vous avez bloqué ${name}. Ce que cette personne vous écrit d’ici là ne sera jamais montré, et elle n’en sait rien. Pour y mettre fin\u202f: pli unblock`,
    erased: "Ce qu’elle avait écrit est effacé de vos appareils.",
    unblocked: (name) => `Vous avez débloqué ${name}.`,
    named: (name) => `Ce contact s’appelle ${name} ici.`,
    groups: (names) => `en commun\u202f: ${names.join(", ")}`,
  },
  conversation: {
    muted: (name) => `«\u202f${name}\u202f» est en sourdine\u202f: ce qui s’y écrit n’est plus annoncé.`,
    locked: (name) =>
      `«\u202f${name}\u202f» est verrouillée\u202f: ni la liste, ni la recherche, ni pli listen n’en montrent rien. Pour la lire\u202f: pli messages. Pour défaire\u202f: pli unlock`,
    unlocked: (name) => `«\u202f${name}\u202f» n’est plus verrouillée.`,
    mark: "verrouillée",
    openHow:
      "Cette conversation est verrouillée. Pour la lire\u202f: pli messages NOM, avec la phrase secrète. Pour défaire\u202f: pli unlock NOM",
    unmuted: (name) => `«\u202f${name}\u202f» n’est plus en sourdine.`,
    resent: (many) =>
      many === 0
        ? "Il n’y a rien ici qui n’ait pu partir."
        : `Nouvel essai\u202f: ${some(many, "message", "messages")}.`,
    listIds: "Pour voir lesquels il y a\u202f: pli messages CONTACT --ids",
    deleted: (many) =>
      `${some(many, "message supprimé", "messages supprimés")} de vos appareils. Les autres gardent les leurs.`,
    deletedForAll: (many) =>
      `${some(many, "message supprimé", "messages supprimés")} pour tous. Qui l’a lu a pu le garder.`,
  },
  actions: {
    replied: "Réponse écrite.",
    edited: "Modifié. Ceux qui l’ont reçu le voient, et ce qu’il disait avant.",
    reacted: "Vous avez réagi.",
    withdrawn: "Vous avez retiré votre réaction.",
    starred: "Marqué d’une étoile, sur vos appareils seulement.",
    unstarred: "L’étoile est retirée.",
    forwarded: (many) => `Transféré dans ${some(many, "conversation", "conversations")}.`,
    isEdited: "modifié",
    isStarred: "étoile",
    answers: (name, text) => `↪ ${name}\u202f: ${text}`,
    answersDeleted: "répond à un message supprimé",
    answersMissing: "répond à un message absent de cet appareil",
  },
  search: {
    none: "Aucun message ne contient ces mots.",
    more: "Il y en a peut-être de plus anciens\u202f: voyez --limit.",
    withoutLocked: "Les conversations verrouillées n’ont pas été fouillées.",
  },
  archive: archiveFr,
  recovery: recoveryFr,
  duress: duressFr,
  hidden: hiddenFr,
  settings: {
    lockdown: {
      on: "Mode isolement actif\u202f: seuls vos contacts vérifiés vous écrivent, et personne de nouveau n’entre.",
      off: "Le mode isolement n’est pas actif.",
    },
    receipts: {
      on: "Vos contacts apprennent ce que vous avez lu.",
      off: "Vos contacts n’apprennent pas ce que vous avez lu.",
    },
    protection: {
      passphrase:
        "Ce profil s’ouvre désormais avec la phrase secrète que vous avez choisie. Personne ne pourra la retrouver pour vous.",
      keyfile:
        "Ce profil s’ouvre désormais avec un fichier de clé dans son dossier, lisible de vous seul. Il n’a plus de phrase secrète.",
    },
  },
  send: {
    states: {
      saved: "Gardé ici. Il partira avec la prochaine commande, quand le serveur répondra.",
      sent: "Envoyé.",
      delivered: "Remis.",
      read: "Lu.",
    },
  },
  parting: {
    things: {
      messages: (count) => some(count, "message", "messages"),
      pairings: (count) => some(count, "étape d’invitation", "étapes d’invitation"),
      changes: (count) => some(count, "changement de groupe", "changements de groupe"),
      notes: (count) => some(count, "envoi de cet appareil à un autre", "envois de cet appareil à d’autres"),
    },
    said: (what) =>
      `Pas encore parti\u202f: ${what}. L’envoi reprendra à la prochaine commande, quand le serveur répondra.`,
  },
  message: {
    unknown: "Quelque chose que cette version ne sait pas montrer. C’est gardé\u202f; mettez Pli à jour pour le voir.",
    deletedByAuthor: (name) => `${name} a supprimé un message.`,
    deletedBy: (name) => `Un message a été supprimé par ${name}.`,
    gap: (count) =>
      count === 1
        ? "Un message n’est jamais arrivé."
        : some(count, "message n’est jamais arrivé.", "messages ne sont jamais arrivés."),
    held: (name, count) =>
      plural(count, (n, one) =>
        one
          ? `${count === 1 ? "Un" : n} message de ${name} n’a pas été conservé\u202f: c’est plus qu’une personne ne peut envoyer en un jour. /again le redemande.`
          : `${n} messages de ${name} n’ont pas été conservés\u202f: c’est plus qu’une personne ne peut envoyer en un jour. /again les redemande.`,
      ),
    away: (days) =>
      days === 1
        ? "Cet appareil n’a pas lu le serveur depuis plus d’un jour, et le serveur ne garde pas les messages plus longtemps\u202f: il peut en manquer."
        : `Cet appareil n’a pas lu le serveur depuis plus de ${some(days, "jour", "jours")}, et le serveur ne garde pas les messages plus longtemps\u202f: il peut en manquer.`,
    lures: {
      secret: "⚠ Pli ne demande jamais de code ni de mots, et aucun contact n’en a besoin. Ne les donnez à personne.",
      link: "⚠ Ce lien ajoute un appareil à un profil. Pli n’en envoie jamais dans une conversation\u202f: ne l’ouvrez pas.",
    },
    whileLockedDown: (name, count) =>
      plural(count, (n, one) =>
        one
          ? `${n} message de ${name} n’a pas été gardé\u202f: ce n’est pas un contact vérifié, et le mode isolement était actif.`
          : `${n} messages de ${name} n’ont pas été gardés\u202f: ce n’est pas un contact vérifié, et le mode isolement était actif.`,
      ),
    whileBlocked: (name, count) =>
      plural(count, (n, one) =>
        one
          ? `${count === 1 ? "Un" : n} message de ${name} n’a pas été conservé\u202f: vous aviez bloqué ce contact.`
          : `${n} messages de ${name} n’ont pas été conservés\u202f: vous aviez bloqué ce contact.`,
      ),
    newKeys:
      "Nouvelles clés\u202f: cette personne les a prises avec ses mots de récupération. Un appareil perdu ou volé est écarté.",
    devices: (name, { added, removed, devices }) => {
      const now = some(devices, "appareil", "appareils");
      if (removed === 0)
        return `${name} a ajouté ${added === 1 ? "un appareil" : some(added, "appareil", "appareils")}\u202f: ${now} désormais.`;
      if (added === 0)
        return `${name} a retiré ${removed === 1 ? "un appareil" : some(removed, "appareil", "appareils")}\u202f: ${now} désormais.`;
      return `${name} a changé d’appareils\u202f: ${now} désormais.`;
    },
    rejoined: "La conversation a été rétablie. Il n’y a rien à faire.",
    paired: "Vous pouvez vous écrire.",
    renamed: (from, to) => `${from} s’appelle maintenant ${to}.`,
    states: {
      saved: "sur cet appareil",
      sent: "envoyé",
      delivered: "remis",
      read: "lu",
      failed: "pas envoyé",
      notReceived: "pas reçu",
    },
    toldBy: (teller) => `transmis par ${teller}`,
    none: "Pas encore de message.",
    older: (order) => `Il y a des messages plus anciens\u202f: ajoutez --before ${order}`,
    newer: (order) => `Il y a des messages plus récents\u202f: ajoutez --after ${order}`,
  },
  help: helpFr,
  group: groupFr,
  profile: profileFr,
  invitations: invitationsFr,
  waiting: waitingFr,
  listen: {
    started: "À l’écoute. Ctrl-C pour arrêter.",
    online: "En ligne.",
    locked: "Un message, dans une conversation verrouillée.",
  },
  doctor: {
    marks: { ok: "ok", warn: "à voir", fail: "ÉCHEC" },
    checks: {
      store: "serveur",
      clock: "horloge",
      versions: "versions",
      home: "dossier",
      storage: "stockage",
      profile: "profil",
      connection: "connexion",
      messages: "messages",
      conversations: "conversations",
    },
    store: (p) =>
      `${p.address} répond en ${number(p.ms)} ms\u202f: ${p.software}, garde les cellules ${some(p.days, "jour", "jours")}`,
    clockRight: "d’accord avec celle du serveur à moins de cinq minutes",
    clockOff: (minutes) =>
      `${minutes < 0 ? "en retard" : "en avance"} de ${some(Math.abs(minutes), "minute", "minutes")} sur celle du serveur`,
    clockUnknown: "impossible à comparer\u202f: le serveur ne répond pas",
    clockAdvice:
      "Réglez l’horloge de cet appareil automatiquement. Si elle est juste, prévenez qui s’occupe du serveur.",
    storeAdvice:
      "Le serveur tourne-t-il (npm start)\u202f? Le réseau marche-t-il\u202f? S’il a une nouvelle adresse, donnez-la une fois\u202f: pli --store URL doctor",
    versions: (p) => `Pli ${p.pli}, Node ${p.node}, ${p.platform}`,
    versionsAdvice: "Lancez npm install dans le dossier de Pli\u202f: il apporte Node 24.",
    homeAbsent: (home) => `${home}\u202f: pas encore de profil`,
    homeGood: (p) => `${p.home}\u202f: ${p.size}, ${p.free} libres`,
    homeOpen: (home) => `${home}\u202f: les autres utilisateurs de cette machine peuvent y regarder`,
    homeOpenAdvice: (home) => `Lancez\u202f: chmod 700 ${home}`,
    homeUnreadable: (home) => `${home}\u202f: illisible`,
    homeUnreadableAdvice: "Vérifiez à qui appartient le dossier, et ses droits.",
    diskLow: (free) => `plus que ${free} libres sur le disque`,
    diskAdvice: "Libérez de la place\u202f: disque plein, Pli ne peut plus rien enregistrer.",
    storage: (p) =>
      `s’ouvre\u202f; ${some(p.messages, "message", "messages")} dans ${p.size}, tout est chiffré, clé ${p.keyed}`,
    keyed: { keyfile: "dans un fichier", passphrase: "tirée de votre phrase secrète" },
    profile: (p) => `${p.name}, ${some(p.contacts, "contact", "contacts")}`,
    noProfile: "le dossier ne contient pas encore de profil",
    online: (store) => `en ligne avec ${store}`,
    notOnline: {
      connecting: (store) => `la connexion à ${store} était encore en cours`,
      offline: (store) => `hors ligne\u202f: pas de connexion à ${store}`,
    },
    conversations: (count) =>
      count === 0 ? "aucune pour le moment" : plural(count, (n) => `${n}\u202f: rien à rétablir`),
    rejoiningGroup: (p) => `«\u202f${p.group}\u202f»\u202f: en cours de rétablissement ${p.since}. ${p.hope}`,
    group: (name, what) => `«\u202f${name}\u202f»\u202f: ${what}`,
    rejoiningContact: (name) => `avec ${name}\u202f: en cours de rétablissement, Pli attend ${name}`,
    waiting: (what) => `pas encore parti\u202f: ${what}`,
    receipts: (count) =>
      some(count, "accusé de réception partira", "accusés de réception partiront") +
      " avec ce que vous écrirez, ou pendant que Pli tourne",
    waitingAdvice: "L’envoi reprendra à la prochaine commande, quand le serveur répondra.",
    waitingOnlineAdvice: "L’envoi se fait pendant que Pli tourne\u202f: pli listen, ou la discussion.",
    counters: (p) =>
      `${some(p.cellsOpened, "cellule ouverte", "cellules ouvertes")} sur ${some(p.cellsExpected, "attendue", "attendues")}\u202f; ${some(p.gaps, "manque", "manques")}, ${some(p.undecryptable, "indéchiffrable", "indéchiffrables")}, ${some(p.repairs, "réparation", "réparations")}`,
    countersAdvice:
      "Pli répare cela tout seul pendant qu’il tourne. Si ces nombres augmentent, le serveur perd peut-être des cellules\u202f: prévenez qui s’en occupe.",
    allGood: "Tout va bien.",
  },
  chat: {
    title: "Pli",
    empty: "Pas encore de conversation.",
    emptyAdvice: "/invite fait une invitation. /accept LIEN en accepte une.",
    noMatch: "Aucune conversation de ce nom.",
    listHint: "↑↓ choisir · Entrée ouvrir · taper pour filtrer · /help",
    threadHint: "Entrée envoyer · Alt+Entrée à la ligne · PgHaut PgBas défiler · Échap retour · /help",
    pairingHint: "Échap Échap l’annuler · /back la laisser pour plus tard (/resume)",
    helpHint: "↑↓ défiler · Échap retour",
    reallyCancel: "Échap encore annule l’invitation des deux côtés\u202f; toute autre touche continue.",
    unknownCommand: (word) => `${word} n’existe pas. Voir /help.`,
    needLink: "/accept demande le lien\u202f: /accept https://…",
    here: "Ouvrez d’abord une conversation.",
    needText: "/find demande des mots\u202f: /find phare",
    found: "Trouvé, au milieu. /find encore remonte plus loin.",
    foundNothing: "Ces mots ne sont pas dans cette conversation.",
    foundNoOlder: "Rien de plus ancien avec ces mots.",
    groupHint: "↑↓ défiler · Échap retour · /group add, remove, role, rules… · /help",
    hereGroup: "Ouvrez d’abord un groupe, ou fondez-en un\u202f: /group create NOM CONTACT…",
    notOfGroups: "Cela va avec un contact. Voir /group et /help.",
    changesBlocked: "ses changements sont bloqués\u202f: /group",
    seeGroup: "Voir /group.",
    olderAbove: "↑ messages plus anciens",
    newerBelow: "↓ messages plus récents",
    unreadBelow: (count) => `↓ ${some(count, "nouveau message", "nouveaux messages")}`,
    small: "La fenêtre est trop petite pour Pli.",
    waitingInvitation: "Une invitation n’est pas terminée. /resume la reprend.",
    answered: (peer) => `${peer} a répondu à votre invitation. /resume la reprend.`,
    noInvitation: "Aucune invitation n’attend. /invite en fait une.",
    pending: (count) => some(count, "message attend", "messages attendent"),
    askedAgain: "C’est redemandé.",
    nothingHeld: "Tout ce qui est venu a été conservé.",
    blocked: "Bloqué. Ce qu’il vous écrit d’ici là ne sera jamais montré, et il n’en sait rien. /unblock y met fin.",
    unblocked: "N’est plus bloqué.",
    standing: {
      ready: "",
      rejoining: "en cours de rétablissement\u202f; ce que vous écrivez attend",
      joining: "arrive de votre autre appareil\u202f; ce que vous écrivez attend",
      left: "",
    },
    typeDigits: "Tapez les quatre chiffres qu’on vous lit, puis Entrée\u202f:",
    draft: "brouillon",
    states: { online: "en ligne", connecting: "connexion…" },
    help: [
      ["/invite [NOM]", "inviter\u202f: lien, QR code\u202f; NOM est pour vous seul"],
      ["/accept LIEN", "accepter une invitation"],
      ["/resume [NOM]", "reprendre une invitation qui n’est pas terminée"],
      ["/clear", "ranger les invitations terminées"],
      ["/name NOM", "donner à ce contact un nom à vous"],
      ["/find MOTS", "au message le plus récent d’ici qui les contient\u202f; /find encore\u202f: au précédent"],
      ["/again", "redemander les messages qui n’ont pas été conservés"],
      ["/block, /unblock", "ne rien voir de ce que ce contact écrit, jusqu’à ce que vous le débloquiez"],
      ["/group", "le groupe ouvert\u202f: membres, règles, ce qui est en route (◷\u202f: les messages disparaissent)"],
      [
        "/group create NOM CONTACT…",
        "fonder un groupe\u202f; «\u202fun nom de plusieurs mots\u202f» se met entre guillemets",
      ],
      ["/group add, remove CONTACT…", "ajouter quelqu’un au groupe ouvert, ou l’en retirer"],
      ["/group role MEMBRE RÔLE", "owner, admin, member ou reader"],
      ["/group rename, describe TEXTE", "lui donner un autre nom, une description"],
      ["/group rules --timer 1j …", "changer ses règles\u202f: pli group --help les dit toutes"],
      ["/group leave, keys, delete", "le quitter\u202f; renouveler ses clés\u202f; le supprimer une fois quitté"],
      ["/resend", "réessayer ce qui n’a pas pu partir"],
      ["/reconnect", "essayer le serveur maintenant"],
      ["/back", "vers la liste des conversations (ou Échap)"],
      ["/quit", "quitter Pli (ou Ctrl-C)"],
      ["Tab, Maj+Tab", "conversation suivante, précédente"],
      ["Alt+Entrée, Ctrl-J", "à la ligne dans le message"],
      ["PgHaut, PgBas", "défiler"],
      ["Ctrl+Début, Ctrl+Fin", "au plus ancien message, au plus récent"],
      ["Ctrl-A, Ctrl-E, Ctrl-W, Ctrl-U, Ctrl-K", "début, fin\u202f; effacer un mot, avant, après"],
    ],
  },
};
