import { frDevices } from "./fr-devices.ts";
import { frDuress } from "./fr-duress.ts";
import { frGroup } from "./fr-group.ts";
import { frRecovery } from "./fr-recovery.ts";
import { createPlural } from "@pli/engine/words";

const plural = createPlural("fr");
const number = new Intl.NumberFormat("fr");

/**
 * Every word the app shows, in French. The shape of this value is the interface all languages keep
 * to (`Words`).
 */
export const fr = {
  app: {
    name: "Pli",
    starting: "Ouverture de Pli…",
    skip: "Aller au contenu",
    back: "Retour",
    close: "Fermer",
    cancel: "Annuler",
    save: "Enregistrer",
    saved: "Enregistré",
    copy: "Copier",
    copied: "Copié",
    done: "Terminé",
    notFound: "Cette page n’existe pas",
    notFoundText: "L’adresse ne mène nulle part, ou ce qu’elle montrait a été supprimé de cet appareil.",
    home: "Revenir aux conversations",
    you: "Vous",
  },
  start: {
    title: "Écrivez en confiance.",
    sentence: "Pli est une messagerie dont le serveur ne connaît personne : ni numéro, ni adresse, ni compte.",
    invited: "Vous avez reçu une invitation. Choisissez d’abord le nom que l’on verra.",
    name: "Votre nom",
    nameHint: "C’est ainsi que vos contacts vous verront. Vous pourrez le changer.",
    begin: "Commencer",
    beginning: "Création de votre profil…",
    hello: (name: string) => `Bienvenue, ${name}.`,
    next: "Votre profil est prêt ; il n’existe que sur cet appareil. Il reste à rencontrer quelqu’un.",
  },
  pair: {
    new: "Nouvelle conversation",
    invite: "Inviter quelqu’un",
    inviteText: "Un lien ou un code QR, à remettre à une seule personne.",
    accept: "J’ai une invitation",
    acceptText: "Collez le lien reçu ou scannez le code QR.",
    open: "Invitations",
    openWaiting: "En attente d’une réponse",
    openCode: (peer: string) => `Code à échanger avec ${peer}`,
    openOpening: "Ouverture de l’invitation",
    openWaitingFor: (name: string) => `En attente : ${name}`,
    openNotLeft: (name: string) => (name === "" ? "Invitation pas encore partie" : `Pas encore partie : ${name}`),
    openNoAnswer: "Le serveur de l’invitation ne répond pas",
    linkEnds: (when: string, end: string) => `${when} · lien finissant par ${end}`,
    ended: (label: string, how: string) => (label === "" ? `Invitation ${how}` : `${label} : ${how}`),
    endedAt: (when: string, inviter: boolean) =>
      inviter ? `${when} · en refaire une` : `${when} · demandez un nouveau lien`,
    putAway: "Ranger les invitations terminées",
    news: {
      answered: (peer: string) => `${peer} vous attend pour échanger le code.`,
      ended: (label: string, how: string) =>
        label === "" ? `Une invitation est terminée : ${how}.` : `Invitation terminée (${label}) : ${how}.`,
    },
    contacts: "Vos contacts",
  },
  invite: {
    plain: "Invitation",
    title: "Inviter quelqu’un",
    lead: "Remettez ce lien à une seule personne, ou montrez-lui le code QR.",
    why: "Si quelqu’un intercepte ce lien, il pourrait tenter de se faire passer pour l’un de vous : c’est pourquoi vous lirez ensuite quatre chiffres à voix haute, qu’il ne peut pas deviner.",
    link: "Lien d’invitation",
    copy: "Copier le lien",
    copied: "Lien copié",
    share: "Partager",
    shareText: "Écrivons-nous sur Pli :",
    qr: "Code QR de l’invitation",
    name: "Pour qui ? (facultatif)",
    nameHint: "Pour la reconnaître dans votre liste. Personne d’autre ne le voit.",
    own: "C’est votre propre invitation",
    ownText: "Rien n’a changé : elle attend toujours. Envoyez ce lien à la personne avec qui vous voulez parler.",
    ownLater: "Rien n’a changé. Voici où elle en est.",
    preparing: "Préparation de l’invitation…",
    preparingText: "Le lien s’affiche dès que le serveur l’a enregistrée.",
    notLeft:
      "L’invitation n’est pas encore partie : son lien s’affichera dès que le serveur répondra. Vous pouvez quitter cette page.",
    awayText: "Le lien est bon, mais vous ne saurez qu’il a été ouvert que lorsque le serveur répondra.",
    waiting: "En attente de la personne invitée…",
    waitingText: "Vous pouvez quitter cette page : l’invitation reste ouverte.",
    expires: (left: string) => `Cette invitation expire ${left}.`,
    cancel: "Annuler l’invitation",
    cancelAsk: "Annuler cette invitation ?",
    cancelText: "Le lien cessera de fonctionner. Rien n’en restera, ni ici ni chez l’autre.",
    cancelKeep: "Garder l’invitation",
  },
  accept: {
    title: "J’ai une invitation",
    lead: "Collez ici le lien que l’on vous a remis.",
    field: "Lien d’invitation",
    placeholder: "https://…/i#…",
    go: "Ouvrir l’invitation",
    or: "ou",
    scan: "Scanner un code QR",
    scanning: "Visez le code QR affiché sur l’autre écran.",
    scanStop: "Arrêter la caméra",
    camera: "Image de la caméra",
    cameraRefused: "Pli n’a pas accès à la caméra. Autorisez-la dans les réglages du navigateur, ou collez le lien.",
    cameraNone: "Aucune caméra n’a été trouvée. Collez le lien à la place.",
    notInvitation: "Ce code QR n’est pas une invitation Pli.",
    confirmTitle: "Une invitation vous attend",
    confirmText: "Vous avez ouvert un lien d’invitation Pli. Acceptez-la si vous savez qui vous l’a remise.",
    confirm: "Accepter l’invitation",
    refuse: "Ne pas accepter",
    opening: "Ouverture de l’invitation…",
    invites: (peer: string) => `${peer} vous invite`,
    waiting: "En attente de l’autre personne…",
    waitingText:
      "Elle doit avoir Pli ouvert sur son appareil. Vous pouvez quitter cette page : la suite viendra toute seule.",
    away: "L’invitation se trouve sur ce serveur : la suite viendra dès qu’il répondra. Vous pouvez quitter cette page.",
  },
  code: {
    title: (peer: string) => `Vérifiez que c’est bien ${peer}`,
    lead: (peer: string) => `Appelez ${peer}, ou parlez-lui de vive voix. N’envoyez jamais ces chiffres par écrit.`,
    say: "Dites ces quatre chiffres",
    sayLabel: (digits: string) => `Chiffres à dire : ${digits}`,
    type: (peer: string) => `Tapez les quatre chiffres que dit ${peer}`,
    check: "Vérifier",
    checking: "Vérification…",
    wrong: (left: number) =>
      `Ce n’est pas le bon code. ${plural(left, (n, one) => `Il reste ${n} ${one ? "essai" : "essais"}`)} avant que l’invitation soit détruite.`,
    attempts: (left: number) =>
      left === 1 ? "Dernier essai" : plural(left, (n, one) => (one ? `${n} essai` : `${n} essais`)),
    right: "C’est le bon code.",
    rightText: (peer: string) => `Gardez cet écran ouvert : ${peer} doit encore taper vos quatre chiffres.`,
    stop: "Tout arrêter",
    stopAsk: "Arrêter la vérification ?",
    stopText: "L’invitation sera détruite des deux côtés, et rien n’en restera.",
    stopKeep: "Continuer la vérification",
    why: "Quelqu’un qui aurait intercepté le lien verrait d’autres chiffres que vous deux.",
  },
  pairingEnd: {
    done: (peer: string) => `Vous parlez à ${peer}.`,
    doneText: "Vérifié par code. Personne d’autre ne peut lire cette conversation, pas même le serveur.",
    write: "Écrire un message",
    failed: "L’invitation n’a pas abouti",
    burned: "L’invitation a été détruite",
    burnedText:
      "Trois codes faux ont été tapés : par erreur, ou parce que quelqu’un s’était glissé entre vous. Rien n’a été échangé, et le lien ne vaut plus rien. Parlez-vous de vive voix, puis recommencez avec une nouvelle invitation.",
    again: "Refaire une invitation",
    newLink: "J’ai un nouveau lien",
    putAway: "Retirer de la liste",
    when: (label: string, when: string) => (label === "" ? `Terminée : ${when}` : `${label} · terminée : ${when}`),
    ends: {
      code_wrong: "détruite après trois codes faux",
      pairing_burned: "détruite après trois codes faux",
      pairing_stopped: "annulée par l’autre personne",
      pairing_timeout: "restée sans réponse",
      pairing_refused: "arrêtée, l’échange était altéré",
      pairing_invalid: "arrêtée, l’échange était altéré",
      pairing_clocks_differ: "arrêtée, vos horloges diffèrent",
      invitation_expired: "expirée sans réponse",
      invitation_used: "déjà ouverte par quelqu’un",
      invitation_not_found: "inconnue du serveur",
    },
    endedOtherwise: "terminée sans aboutir",
    gone: "Cette invitation n’existe plus",
    goneText: "Elle est terminée, annulée ou expirée.",
  },
  list: {
    title: "Conversations",
    locked: "Conversation verrouillée",
    search: "Rechercher",
    searchHint: "Conversations et messages",
    clear: "Effacer la recherche",
    settings: "Réglages",
    empty: "Aucune conversation",
    emptyText: "Invitez quelqu’un : un lien, quatre chiffres, et vous vous écrivez.",
    found: "Conversations",
    messages: "Messages",
    nothing: (text: string) => `Rien ne correspond à « ${text} ».`,
    draft: "Brouillon :",
    you: "Vous :",
    by: (name: string) => `${name} :`,
    muted: "Sourdine",
    blocked: "Bloqué",
    unread: (count: number) => plural(count, (n, one) => (one ? `${n} message non lu` : `${n} messages non lus`)),
    rejoining: "Rétablissement en cours…",
    onItsWay: "Arrive de votre autre appareil…",
    choose: "Choisissez une conversation",
    chooseText: "Ou cherchez un nom, à tout moment, avec ces touches.",
    jump: "Aller à une conversation",
    jumpHint: "Nom d’un contact ou d’un groupe",
    jumpNothing: "Aucune conversation de ce nom",
    moreResults: (count: number) => `${number.format(count)} résultats, et d’autres`,
    more: "Chercher plus loin",
    results: (count: number) =>
      count === 0 ? "Aucun résultat" : plural(count, (n, one) => (one ? `${n} résultat` : `${n} résultats`)),
  },
  shown: {
    codes: (code: string, more: number) =>
      more === 0 ? code : plural(more, (n, one) => (one ? `${code} et ${n} autre` : `${code} et ${n} autres`)),
    marks: {
      control: (codes: string) => `${codes} : une commande pour l’écran, cachée dans le texte. Pli ne l’exécute pas.`,
      direction: (codes: string) => `${codes} : un caractère invisible qui inverse le sens de lecture.`,
      invisible: (codes: string) => `${codes} : caché dans le texte, et que personne ne voit.`,
      stacked: (codes: string) => `${codes} : des accents empilés, qui couvriraient les lignes voisines.`,
    },
    alike: (id: string) => `Ce nom peut se confondre avec un autre. ${id} : le début de l’empreinte.`,
  },
  thread: {
    code: "Code",
    title: "Conversation",
    log: (name: string) => `Messages : ${name}`,
    contact: (name: string) => `Fiche de ${name}`,
    more: "Autres actions",
    find: "Chercher dans la conversation",
    mute: "Mettre en sourdine",
    unmute: "Rétablir les notifications",
    lock: "Verrouiller cette conversation",
    unlock: "Déverrouiller cette conversation",
    locked: "Verrouillée\u202f: elle s’ouvre avec ce qui déverrouille Pli",
    unlocked: "Cette conversation s’affiche comme les autres",
    lockFirst: "Définissez d’abord un verrou\u202f: c’est lui qui ouvre une conversation verrouillée",
    lockedTitle: "Conversation verrouillée",
    lockedText:
      "Elle s’ouvre avec ce qui déverrouille Pli, jusqu’à ce que vous la quittiez. Elle est chiffrée avec la même clé que les autres\u202f: le verrou arrête quelqu’un qui tient l’application ouverte, non quelqu’un qui sait déverrouiller Pli.",
    muted: "Conversation en sourdine",
    unmuted: "Notifications rétablies",
    empty: (name: string) => `Écrivez le premier message à ${name}.`,
    newMessages: "Nouveaux messages",
    jumpUnread: (count: number) => plural(count, (n, one) => (one ? `${n} nouveau message` : `${n} nouveaux messages`)),
    jumpLatest: "Aller aux derniers messages",
    jumpNew: (count: number) =>
      plural(count, (n, one) =>
        one
          ? `${n} nouveau message plus bas : aller aux derniers`
          : `${n} nouveaux messages plus bas : aller aux derniers`,
      ),
    actions: "Actions sur le message",
    copy: "Copier le texte",
    copied: "Texte copié",
    resend: "Renvoyer",
    forget: "Supprimer de mes appareils",
    forgetAsk: "Supprimer ce message de vos appareils ?",
    forgetText: "L’autre personne garde le sien. Il ne reviendra pas chez vous.",
    forgetWaiting: "Il n’est pas encore parti. S’il n’est pas déjà en route, personne ne le recevra.",
    forgetOnItsWay: "Supprimé ici. Il était déjà en route : il a pu arriver.",
    forgetDo: "Supprimer",
    gap: (name: string, count: number) =>
      plural(count, (n, one) =>
        one
          ? `${count === 1 ? "Un" : n} message de ${name} manque. Pli ne l’a trouvé nulle part ; demandez-lui de le renvoyer.`
          : `${n} messages de ${name} manquent. Pli ne les a trouvés nulle part ; demandez-lui de les renvoyer.`,
      ),
    held: (name: string, count: number) =>
      plural(count, (n, one) =>
        one
          ? `${count === 1 ? "Un" : n} message de ${name} n’a pas été conservé : c’est plus qu’une personne ne peut envoyer en un jour.`
          : `${n} messages de ${name} n’ont pas été conservés : c’est plus qu’une personne ne peut envoyer en un jour.`,
      ),
    heldAsk: "Les redemander",
    heldAsked: (name: string) => `L’appareil de ${name} est prié de les renvoyer.`,
    away: (days: number) =>
      plural(
        days,
        (n, one) =>
          `Cet appareil n’a pas lu le serveur depuis plus de ${n} ${one ? "jour" : "jours"}, et le serveur ne garde pas les messages plus longtemps : il peut en manquer.`,
      ),
    lures: {
      secret: "Pli ne demande jamais de code ni de mots, et aucun contact n’en a besoin. Ne les donnez à personne.",
      link: "Ce lien ajoute un appareil à un profil. Pli n’en envoie jamais dans une conversation : ne l’ouvrez pas.",
    },
    whileLockedDown: (name: string, count: number) =>
      plural(count, (n, one) =>
        one
          ? `${n} message de ${name} n’a pas été gardé : ce n’est pas un contact vérifié, et le mode isolement était actif.`
          : `${n} messages de ${name} n’ont pas été gardés : ce n’est pas un contact vérifié, et le mode isolement était actif.`,
      ),
    whileBlocked: (name: string, count: number) =>
      plural(count, (n, one) =>
        one
          ? `${count === 1 ? "Un" : n} message de ${name} n’a pas été conservé : vous aviez bloqué ce contact.`
          : `${n} messages de ${name} n’ont pas été conservés : vous aviez bloqué ce contact.`,
      ),
    newKeys:
      "Cette personne a pris de nouvelles clés avec ses mots de récupération\u202f: un appareil perdu ou volé est écarté.",
    devices: (name: string, { added, removed, devices }: { added: number; removed: number; devices: number }) => {
      const now = plural(devices, (n, one) => `${n} ${one ? "appareil" : "appareils"}`);
      if (removed === 0)
        return plural(
          added,
          (n, one) => `${name} a ajouté ${one ? "un appareil" : `${n} appareils`}\u202f: ${now} désormais.`,
        );
      if (added === 0)
        return plural(
          removed,
          (n, one) => `${name} a retiré ${one ? "un appareil" : `${n} appareils`}\u202f: ${now} désormais.`,
        );
      return `${name} a changé d’appareils\u202f: ${now} désormais.`;
    },
    rejoined: "La conversation a été rétablie d’elle-même, avec de nouvelles clés. Vous n’avez rien à faire.",
    paired: (name: string) => `Vous parlez à ${name}. Vérifié par code.`,
    renamed: (from: string, to: string) => `${from} s’appelle maintenant ${to}.`,
    renamedSelf: (to: string) => `Vous vous appelez maintenant ${to}.`,
    deleted: (name: string) => `${name} a supprimé un message.`,
    deletedBy: (name: string) => `Un message a été supprimé par ${name}.`,
    unknown: "Ce message demande une version plus récente de Pli. Il est conservé.",
    rejoining: (name: string) =>
      `La conversation avec ${name} est en train d’être rétablie : il faut pour cela que son appareil soit en ligne. Vos messages partiront ensuite, dans l’ordre.`,
    blocked: (name: string) => `Vous avez bloqué ${name} : ce qui vous est écrit ici ne vous sera jamais montré.`,
    unblock: "Débloquer",
    arrived: (name: string, text: string) => `${name} : ${text}`,
    message: (name: string, time: string, text: string, state: string) =>
      [name, time, text, state].filter(Boolean).join(", "),
  },
  state: {
    saved: "enregistré sur cet appareil, pas encore envoyé",
    sent: "envoyé",
    delivered: "remis",
    read: "lu",
    failed: "non envoyé",
    notReceived: "non reçu",
    received: "",
  },
  sentTitle: "envoyé ; l’arrivée s’affiche avec une réponse ou, à défaut, quelques minutes plus tard",
  composer: {
    field: (name: string) => `Message à ${name}`,
    placeholder: "Écrire un message",
    send: "Envoyer",
    hint: "Entrée pour envoyer, Maj et Entrée pour aller à la ligne",
  },
  link: {
    title: "Ouvrir ce lien ?",
    text: "Il s’ouvrira hors de Pli. Le site verra votre adresse, comme pour toute page du web.",
    elsewhere: "Une autre application l’ouvrira, hors de Pli.",
    open: "Ouvrir le lien",
    copy: "Copier le lien",
    site: "Site",
  },
  contact: {
    title: "Contact",
    levels: {
      3: "Vérifié par code",
      2: "Recommandé par un contact",
      1: "Rencontré dans un groupe seulement",
    } as Record<1 | 2 | 3, string>,
    levelTexts: {
      3: "Vous avez échangé vos quatre chiffres de vive voix : c’est la plus haute assurance que Pli puisse donner.",
      2: "Quelqu’un que vous connaissez vous a présentés. Vous n’avez pas échangé de code vous-mêmes.",
      1: "Vous partagez un groupe. Personne n’a vérifié cette identité pour vous.",
    } as Record<1 | 2 | 3, string>,
    dots: (level: number, text: string) => `Confiance ${number.format(level)} sur 3 : ${text}`,
    write: "Écrire",
    since: "Contact depuis",
    devices: "Appareils",
    deviceCount: (count: number) => plural(count, (n, one) => (one ? `${n} appareil` : `${n} appareils`)),
    ownName: "Se présente comme",
    fingerprint: "Empreinte",
    fingerprintText: "Elle ne change jamais. Comparez-la de vive voix en cas de doute.",
    name: "Nom que vous lui donnez",
    nameHint: (own: string) => `Vous seul le voyez. Laissez vide pour revenir à « ${own} ».`,
    mute: "En sourdine",
    muteText: "Ses messages arrivent toujours, sans notification.",
    block: "Bloquer",
    blockAsk: (name: string) => `Bloquer ${name} ?`,
    blockText:
      "Vous ne verrez pas ce que cette personne vous écrit, ni maintenant, ni si vous la débloquez plus tard. Pli ne lui en dit rien : entre vous deux, tout se passe comme si votre appareil était éteint. Dans vos groupes, ses messages ne sont pas conservés non plus ; une ligne dit combien.",
    eraseToo: "Supprimer aussi les messages",
    eraseTooText: (count: number, size: string) =>
      plural(count, (n, one) =>
        one
          ? `${n} message, environ ${size} : dans votre conversation, ou de sa part dans un groupe. Sur vos appareils seulement.`
          : `${n} messages, environ ${size} : votre conversation, et les siens dans les groupes. Sur vos appareils seulement.`,
      ),
    erased: (count: number) => plural(count, (n, one) => (one ? `${n} message supprimé` : `${n} messages supprimés`)),
    passedOver: (count: number, last: string) =>
      plural(
        count,
        (n) =>
          `L’appareil de ce contact a envoyé ou demandé plus qu’une personne ne le peut : ${n} fois en 30 jours, en dernier le ${last}. Pli a laissé le surplus de côté.`,
      ),
    unblock: "Débloquer",
    unblocked: (name: string) => `Vous avez débloqué ${name}`,
    blocked: "Vous avez bloqué ce contact : ce qu’il vous écrit ne vous sera jamais montré.",
    safety: "Sécurité",
    groups: "Groupes en commun",
  },
  group: frGroup,
  settings: {
    title: "Réglages",
    profile: "Profil",
    server: "Ce que le serveur sait",
    serverText: "Les chiffres, en direct",
    devices: "Appareils",
    lock: "Verrouillage",
    privacy: "Confidentialité",
    notifications: "Notifications",
    storage: "Stockage",
    language: "Langue",
    appearance: "Apparence",
    about: "À propos",
    groupYou: "Vous",
    groupSafety: "Sécurité",
    groupApp: "Application",
    lockNow: "Verrouiller maintenant",
  },
  profile: {
    title: "Profil",
    name: "Votre nom",
    nameHint: "Vos contacts seront prévenus du changement.",
    id: "Empreinte de votre profil",
    idText: "Elle est tirée de vos clés et ne change jamais. Un contact peut vous demander de la lui lire.",
    since: (date: string) => `Créé le ${date}, sur cet appareil.`,
    changed: "Nom enregistré",
  },
  profiles: {
    title: "Profils",
    one: "Ajouter un autre profil",
    first: "Premier profil",
    lead: "Chaque profil a son nom, ses contacts, ses messages, ses clés et son verrou. Rien de l’un ne mène à l’autre, mais le serveur voit pour tous la même adresse réseau. Un onglet montre un profil\u202f; les messages arrivent pour les profils qu’un onglet montre.",
    shown: "Dans cet onglet",
    switch: "Changer de profil",
    manage: "Gérer les profils",
    others: "Autres profils",
    add: "Étiquette d’un nouveau profil",
    addHint: "Pour vous seul\u202f: Travail, Famille… Elle reste dans ce navigateur, non chiffrée.",
    addDo: "Ajouter un profil",
    empty: "Donnez-lui une étiquette.",
    taken: "Un autre profil porte cette étiquette.",
    label: "Étiquette",
    labelHint: "Pour vous seul. Les notifications l’affichent.",
    renamed: "Étiquette enregistrée",
    remove: "Retirer ce profil",
    removeAsk: (label: string) => `Retirer «\u202f${label}\u202f» de cet appareil\u202f?`,
    removeText:
      "Retire ce profil de cet appareil, ses clés d’abord\u202f: ses contacts et tous ses messages. Rien ne pourra les rétablir. Le navigateur et un SSD peuvent garder un temps d’anciennes copies des octets effacés.",
  },
  devices: frDevices,
  recovery: frRecovery,
  duress: frDuress,
  lock: {
    title: "Verrouillage",
    lead: "Le verrou chiffre tout ce que Pli garde sur cet appareil. Sans lui, quiconque tient l’appareil ouvert peut lire.",
    kind: "Pour ouvrir Pli",
    none: "Rien",
    noneText: "La clé reste dans ce navigateur.",
    passphrase: "Une phrase secrète",
    passphraseText: "À retenir : personne ne peut la retrouver pour vous.",
    passkey: "Une clé d’accès",
    passkeyText: "Empreinte, visage ou clé de sécurité.",
    passkeyNone: "Ce navigateur ne sait pas protéger Pli par une clé d’accès.",
    new: "Phrase secrète",
    newHint: "Au moins 8 caractères. Quatre ou cinq mots au hasard sont plus sûrs qu’un mot compliqué.",
    again: "La même, encore une fois",
    differ: "Les deux phrases ne sont pas les mêmes.",
    short: "Il faut au moins 8 caractères.",
    set: "Mettre ce verrou",
    change: "Changer la phrase",
    remove: "Retirer le verrou",
    isSet: "Verrou en place",
    isRemoved: "Verrou retiré",
    working: "Chiffrement…",
    auto: "Verrouiller après un temps d’inactivité",
    autoNever: "Jamais",
    autoMinutes: (count: number) => plural(count, (n, one) => (one ? `${n} minute` : `${n} minutes`)),
    autoHour: "1 heure",
    now: "Verrouiller maintenant",
    screenTitle: "Pli est verrouillé",
    screenText: "Vos messages sont chiffrés sur cet appareil.",
    field: "Phrase secrète",
    open: "Déverrouiller",
    opening: "Déverrouillage…",
    paused: "Trop d’essais de suite",
    nextTry: (when: string) => `Prochain essai ${when}.`,
    pausedText: "Le décompte n’avance que si Pli reste ouvert. Rien n’est perdu.",
    usePasskey: "Déverrouiller avec la clé d’accès",
    confirmText:
      "Une conversation est verrouillée\u202f: pour continuer, donnez une fois de plus ce qui déverrouille Pli.",
    offer: "Rien ne verrouille Pli sur cet appareil.",
    offerYes: "Mettre un verrou",
    offerNo: "Non merci",
    forgot: "Phrase oubliée ?",
    forgotText:
      "Personne ne peut la retrouver, pas même nous. La seule issue est d’effacer Pli de cet appareil et de recommencer.",
    forgotKey: "Clé d’accès perdue ?",
    forgotKeyText:
      "Sans elle, personne ne peut ouvrir Pli ici, pas même nous. La seule issue est d’effacer Pli de cet appareil et de recommencer.",
    current: (kind: string) => `Verrou actuel : ${kind}`,
  },
  privacy: {
    title: "Confidentialité",
    groups: "Demander avant de m’ajouter à un groupe",
    groupsText:
      "Vos contacts vous proposent d’entrer, et vous décidez. Sinon ils vous ajoutent d’eux-mêmes. Un serveur que cet appareil ne connaît pas reste toujours une question.",
    receipts: "Confirmations de lecture",
    receiptsText:
      "Vos contacts voient que vous avez lu leurs messages. Elles partent avec votre prochain message ou, à défaut, quelques minutes plus tard, à un moment où tous ceux qui sont en ligne écrivent : le serveur n’en apprend rien.",
    lockdown: "Mode isolement",
    lockdownText:
      "En cas de menace. Seuls vos contacts vérifiés vous écrivent ; personne ne peut vous rejoindre et les invitations en cours prennent fin ; les liens ne s’ouvrent pas, les images de groupe ne s’affichent pas. Dans les groupes, ce que les autres écrivent pendant ce temps n’est pas gardé.",
    lockdownOn: "Mode isolement actif",
    veil: "Masquer l’écran quand je quitte Pli",
    veilText:
      "Dès que Pli n’est plus au premier plan, il n’affiche plus rien : l’image gardée par le sélecteur d’applications reste vide. Sur cet appareil seulement.",
    veiled: "Pli est masqué. Cliquez ou touchez l’écran pour continuer.",
  },
  notifications: {
    title: "Notifications",
    on: "Notifications sans contenu",
    onText: "Seulement « Nouveau message », ou leur nombre : ni nom, ni texte, quand Pli est ouvert en arrière-plan.",
    denied: "Le navigateur refuse les notifications de Pli. Autorisez-les dans ses réglages, puis revenez ici.",
    none: "Ce navigateur ne connaît pas les notifications.",
    body: (count: number) =>
      count === 1
        ? "Nouveau message"
        : plural(count, (n, one) => (one ? `${n} nouveau message` : `${n} nouveaux messages`)),
    question: "Une proposition attend votre réponse",
    guest: "Quelqu’un attend d’échanger quatre chiffres avec vous",
    ended: "Une invitation est terminée",
  },
  archive: {
    title: "Export et import",
    row: "Export et import",
    lead: "Vos messages sont à vous : emportez-les, et reprenez-les ailleurs.",
    exportTitle: "Tout exporter",
    exportText:
      "Un seul fichier chiffré, avec vos contacts, vos conversations et vos messages. N’importe quel ordinateur l’ouvre, sans Pli. Aucune clé n’y est : personne ne peut écrire en votre nom avec lui. Les messages éphémères n’y sont pas.",
    exportDo: "Tout exporter",
    memory:
      "Ce navigateur ne sait pas écrire directement dans un fichier : il garde tout en attendant que vous le téléchargiez. Pour plus de quelques gigaoctets, préférez la commande pli export.",
    preparing: "Préparation…",
    stay: "Restez sur cette page jusqu’à la fin : la quitter arrête tout.",
    steps: {
      write: (percent: string) => `Écriture… ${percent} %`,
      check: (percent: string) => `Relecture… ${percent} %`,
      read: (percent: string) => `Lecture du fichier… ${percent} %`,
      add: (percent: string) => `Ajout… ${percent} %`,
    },
    exportStopped: "L’export est arrêté. Aucun fichier n’est resté.",
    exported: (messages: number, conversations: number) =>
      `${plural(messages, (n, one) => `${n} ${one ? "message" : "messages"}`)} de ${plural(conversations, (n, one) => `${n} ${one ? "conversation" : "conversations"}`)}, écrits, relus et comptés.`,
    size: (size: string) => `Le fichier fait ${size}.`,
    leftOut: (messages: number) =>
      plural(messages, (n, one) =>
        one ? `${n} message éphémère n’y est pas.` : `${n} messages éphémères n’y sont pas.`,
      ),
    wordsTitle: "Les douze mots qui l’ouvrent",
    wordsText:
      "Notez-les maintenant, ailleurs que près du fichier. Ils ne seront plus montrés, et personne ne peut les retrouver.",
    copyWords: "Copier les mots",
    download: "Télécharger le fichier",
    downloadText:
      "Le fichier est relu et compté dans ce navigateur, mais pas encore chez vous. Gardez cette page ouverte jusqu’à la fin du téléchargement.",
    opens: "Sans Pli, le programme libre age l’ouvre : age -d -o export.tar FICHIER",
    noted: "J’ai noté les mots",
    importTitle: "Importer un fichier",
    importText:
      "Pli lit d’abord tout le fichier et dit ce qu’il ajouterait. Rien ne change avant que vous ne le demandiez.",
    file: "Le fichier d’un export",
    choose: "Choisir le fichier d’un export",
    chooseOther: "Choisir un autre fichier",
    words: "Ses douze mots",
    wordsHint: "Les majuscules et les espaces ne comptent pas.",
    read: "Lire le fichier",
    nothingAdded: "La lecture est arrêtée. Rien n’a été ajouté.",
    from: (name: string, date: string) => `Un export de ${name}, fait le ${date}.`,
    would: (messages: number, conversations: number) =>
      `Il ajouterait ${plural(messages, (n, one) => `${n} ${one ? "message" : "messages"}`)}, dans ${plural(conversations, (n, one) => `${n} ${one ? "nouvelle archive" : "nouvelles archives"}`)}.`,
    wouldText:
      "Une archive se lit, se fouille et se supprime ; on n’y écrit pas. Personne ne devient un contact, et la confiance ne change pour personne.",
    nothing: "Il n’y a dedans aucun message qui ne soit pas déjà ici.",
    here: (messages: number) =>
      plural(messages, (n, one) => (one ? `${n} message est déjà ici.` : `${n} messages sont déjà ici.`)),
    passed: (messages: number) =>
      `${plural(messages, (n, one) => (one ? `${n} ligne laissée de côté` : `${n} lignes laissées de côté`))} : effacées d’ici depuis, ou notes de Pli sur son propre travail.`,
    names: (contacts: number) =>
      `Appeler ${plural(contacts, (n, one) => `${n} ${one ? "contact" : "contacts"}`)} comme dans le fichier`,
    namesText: "N’acceptez que si ce fichier est le vôtre : un nom peut faire prendre quelqu’un pour un autre.",
    add: "Ajouter",
    addingStopped: "L’ajout est arrêté en chemin. Ce qui est ajouté est entier ; recommencer ajoute le reste.",
    added: (messages: number, conversations: number) =>
      `Ajouté : ${plural(messages, (n, one) => `${n} ${one ? "message" : "messages"}`)}, ${plural(conversations, (n, one) => `${n} ${one ? "nouvelle archive" : "nouvelles archives"}`)}.`,
    addedText: "Les archives sont en bas de la liste des conversations.",
    mark: "Importé d’un fichier",
    about: "Importé, à lire seulement",
    closed: (date: string) =>
      `Importé d’un fichier le ${date}. Rien ne garantit ce qui s’y trouve ; on peut le lire, pas y répondre.`,
  },
  storage: {
    title: "Stockage",
    size: "Place occupée",
    messages: "Messages",
    conversations: "Conversations",
    quota: (size: string) => `sur ${size} que le navigateur accorde`,
    persist: "Stockage durable",
    persistOn: "Le navigateur a promis de ne rien effacer de lui-même.",
    persistOff: "Le navigateur pourrait effacer Pli si la place vient à manquer.",
    persistAsk: "Demander à le garder",
    persistRefused: "Le navigateur a refusé. Installer Pli comme application l’en convainc souvent.",
    healing: "Ce que Pli a réparé seul",
    healingText: "Comptés sur cet appareil, jamais envoyés.",
    expected: "Cellules attendues",
    opened: "Cellules ouvertes",
    gaps: "Messages manquants",
    undecryptable: "Cellules illisibles",
    rejoins: "Conversations rétablies",
    duplicates: "Doublons écartés",
    forks: "Versions divergentes d’un groupe, réunies",
    ignored: "Changements non permis, ignorés",
    refoundings: "Groupes relancés",
    erase: "Effacer cet appareil",
    eraseText:
      "Supprime votre profil, vos contacts et tous vos messages de cet appareil. Rien ne peut les faire revenir.",
    eraseAsk: "Effacer Pli de cet appareil ?",
    eraseType: "Pour confirmer, tapez effacer",
    eraseWord: "effacer",
    eraseDo: "Effacer définitivement",
    erasing: "Effacement…",
  },
  language: {
    title: "Langue",
    auto: (name: string) => `Celle du navigateur (${name})`,
    fr: "Français",
    en: "English",
  },
  appearance: {
    title: "Apparence",
    theme: "Thème",
    system: "Comme le système",
    light: "Clair",
    dark: "Sombre",
  },
  server: {
    title: "Ce que le serveur sait",
    lead: "Le serveur garde une seule chose : des cellules, toutes de la même taille, sous des noms au hasard qui ne servent qu’une fois. Voici ce que cette application lui a montré en vingt-quatre heures. Toutes les dix minutes environ, chaque appareil en ligne écrit une cellule, le plus souvent vide : rien ne distingue alors une confirmation d’une cellule vide.",
    store: "Serveur",
    kept: "Conservation",
    days: (count: number) => plural(count, (n, one) => (one ? `${n} jour` : `${n} jours`)),
    written: "Cellules écrites",
    fetched: "Cellules demandées",
    received: "Flux reçu",
    receivedText: "le même pour tous",
    full: "Vous recevez tout le flux, comme chacun : le serveur ne peut pas savoir lesquelles sont pour vous.",
    tag: "Le flux ne porte que des étiquettes : le serveur voit quelles cellules cette adresse demande, sans savoir ce qu’elles sont.",
    square: (count: number) => `Un carré vaut ${number.format(count)} cellules.`,
    blocks: (count: number) =>
      plural(count, (n, one) =>
        one ? `Et ${n} bloc de 256 Kio, pour une pièce jointe.` : `Et ${n} blocs de 256 Kio, pour des pièces jointes.`,
      ),
    chart: (label: string, total: string, peak: string) =>
      `${label}, par heure, sur vingt-quatre heures : ${total} en tout, au plus ${peak} en une heure.`,
    hour: "Heure",
    table: "Voir les chiffres",
    now: "maintenant",
    ago: "il y a 24 h",
    sample: "La dernière cellule que vous avez écrite, telle que le serveur la voit",
    sampleNone: "La prochaine s’affichera ici dès qu’elle partira.",
    label: "Nom",
    cell: "Contenu (début)",
    size: "4 096 octets, toujours. Un mot ou une page, rien ne les distingue.",
    knows: "Ce qu’il sait",
    knowsList: [
      "combien de cellules ont été écrites, et quel jour ;",
      "l’adresse réseau d’où cet appareil se connecte, et les cellules qui en viennent, tant qu’il est connecté : il n’en garde rien.",
    ],
    ignores: "Ce qu’il ne sait pas",
    ignoresList: [
      "qui vous êtes : il n’a ni nom, ni numéro, ni compte, ni clé ;",
      "à qui vous écrivez, ni qui vous écrit ;",
      "si deux cellules sont de la même conversation ;",
      "si une cellule porte un message, une confirmation, une invitation ou rien du tout ;",
      "la longueur d’un message d’une page ou moins, ni sa langue ;",
      "combien de contacts vous avez, ni même si vous en avez.",
    ],
    openly: "Dit ouvertement",
    openlyText:
      "Qui exploite le serveur et observe les adresses voit quand la vôtre est en ligne et quand elle écrit. Un observateur de toutes les lignes, lorsque peu de gens sont en ligne, pourrait encore faire des rapprochements.",
    live: "En direct",
  },
  about: {
    title: "À propos",
    text: "Pli est un logiciel libre, sous licence publique de l’Union européenne (EUPL-1.2).",
    version: "Version",
    store: "Serveur",
  },
  banner: {
    offline: "Le serveur ne répond pas.",
    offlineText: "Vous pouvez lire et écrire : vos messages partiront dès qu’il répondra.",
    noNetwork: "Pas de réseau.",
    noNetworkText: "Vous pouvez lire et écrire : vos messages partiront dès que l’appareil sera connecté.",
    connecting: "Connexion au serveur…",
    pending: (count: number) =>
      plural(count, (n, one) => (one ? `${n} message en attente` : `${n} messages en attente`)),
    catchUp: "Rattrapage des messages reçus en votre absence",
    trouble: "Le serveur ne répond pas comme prévu",
    clock: "L’heure de cet appareil est fausse",
    clockText: (gap: string) =>
      `Elle s’écarte de ${gap} de celle du serveur. Réglez-la, sinon vos messages porteront une fausse heure.`,
    device: "Cet appareil a un souci",
    reconnect: "Réessayer",
  },
  away: {
    store: (host: string) => `${host} ne répond pas`,
    next: (when: string) => `Prochain essai ${when}.`,
    trying: "Essai en cours…",
    thread: "Ce que vous écrivez ici attend : cette conversation vit sur ce serveur.",
  },
  update: {
    title: "Une nouvelle version de Pli est prête",
    text: "Elle remplacera celle-ci dès que vous le direz.",
    apply: "Mettre à jour",
    later: "Plus tard",
  },
  failure: {
    title: "Pli n’a pas pu s’ouvrir",
    unsupported: "Ce navigateur ne convient pas",
    unsupportedText:
      "Pli chiffre vos messages sur votre appareil, et il lui faut pour cela un navigateur récent. Essayez une version à jour de Chrome, Edge, Firefox ou Safari, hors navigation privée.",
    blocked: "Ce navigateur refuse à Pli de garder ses données",
    blockedText: (host: string) =>
      `Vos messages ne sont gardés que sur cet appareil, chiffrés, et le navigateur les bloque ici. Dans ses réglages, autorisez les données de site (les cookies) pour ${host}, ou ouvrez Pli hors navigation privée. Puis rechargez la page.`,
    elsewhere: "Pli est déjà ouvert dans un autre onglet",
    elsewhereText:
      "Continuez là-bas, ou fermez cet autre onglet : celui-ci prendra la suite. Si vous n’en voyez aucun, rechargez la page.",
    damaged: "Les données de cet appareil sont abîmées",
    damagedText:
      "Pli ne peut plus les lire et n’y a pas touché. Rechargez la page ; si rien ne change, il faudra effacer cet appareil et recommencer avec de nouvelles invitations.",
    reload: "Recharger",
    erase: "Effacer cet appareil…",
    code: "Code :",
    crash: "Une erreur imprévue s’est produite",
    crashText: "Vos messages sont en sûreté sur cet appareil. Rechargez la page pour continuer.",
  },
  time: {
    today: "Aujourd’hui",
    yesterday: "Hier",
    now: "à l’instant",
  },
};

/** What every language gives. */
export type Words = typeof fr;
