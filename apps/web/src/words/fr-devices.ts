import { createPlural } from "@pli/engine/words";

const plural = createPlural("fr");
const number = new Intl.NumberFormat("fr");

/** Every word about one's own devices, in French. */
export const frDevices = {
  title: "Appareils",
  lead: "Vos appareils se valent\u202f: chacun lit et écrit en votre nom, et n’importe lequel peut se perdre.",
  this: "Cet appareil",
  thisText: (date: string) => `Profil créé ici le ${date}`,
  unnamed: "Appareil sans nom",
  addedOn: (date: string) => `Ajouté le ${date}`,
  addedHere: (date: string) => `C’est celui-ci, ajouté le ${date}`,
  addedFrom: (device: string) => `depuis «\u202f${device}\u202f»`,
  addedFromThis: "depuis cet appareil",
  seenToday: "Vu aujourd’hui",
  seenYesterday: "Vu hier",
  seenOn: (date: string) => `Vu pour la dernière fois le ${date}`,
  idleTitle: (name: string) => `«\u202f${name}\u202f» n’a pas servi depuis longtemps`,
  idle: (date: string) =>
    `Ouvrez-y Pli avant le ${date}\u202f: ensuite, le serveur commencera à effacer ce qu’il a manqué.`,
  idleLine: (name: string, date: string) =>
    `«\u202f${name}\u202f» n’a pas servi depuis longtemps\u202f: ouvrez-y Pli avant le ${date}.`,
  returningTitle: "Cet appareil revient parmi les vôtres",
  returningAsked: (date: string) =>
    `Il a perdu le fil de vos autres appareils\u202f: il a été absent trop longtemps, ou remis à un état ancien. Depuis le ${date}, il attend que l’un d’eux soit en ligne, Pli ouvert, et rentre alors de lui-même. D’ici là, ce que vous changez ici ne les rejoint pas, et certaines conversations s’arrêtent.`,
  returningOut:
    "Vous n’avez plus d’autre appareil\u202f? Retirez-les de cette liste. S’ils sont en ligne et que rien ne vient, effacez Pli ici et reliez cet appareil de nouveau.",
  returningEntering: "Un autre de vos appareils a répondu\u202f: celui-ci rentre, puis revient dans vos conversations.",
  returningLine: (date: string) =>
    `Depuis le ${date}, cet appareil attend un autre des vôtres pour revenir\u202f: ouvrez-y Pli.`,
  only: "Votre profil ne vit que sur cet appareil. S’il est perdu, vos mots de récupération le rendent, et ses messages seulement si une copie est gardée. Notez ces mots, ou ajoutez un second appareil.",
  full: "Vous avez huit appareils, le plus qu’il peut y en avoir. Retirez-en un pour en ajouter un autre.",
  actions: (name: string) => `Actions pour ${name}`,
  rename: "Renommer",
  name: "Nom de l’appareil",
  nameHint: "Seuls vos appareils le connaissent.",
  remove: "Retirer",
  removeAsk: (name: string) => `Retirer «\u202f${name}\u202f»\u202f?`,
  removeText:
    "Il sortira de vos conversations une à une, et ne lira rien de ce qui s’écrira ensuite. Ce qu’il a déjà, il le garde\u202f; et qui le détient a encore les clés de votre profil.",
  lost: "Perdu ou vendu\u202f: retirer",
  stolen: "Volé\u202f: exclure",
  stolenAsk: (name: string) => `Exclure «\u202f${name}\u202f»\u202f?`,
  stolenText:
    "Cet appareil prend de nouvelles clés, que le voleur ne peut pas fabriquer. L’appareil volé, et tout appareil qu’il aurait ajouté, sort de votre profil et de toutes vos conversations. Vos autres appareils reçoivent les nouvelles clés d’eux-mêmes. Chaque contact verra une ligne à ce sujet.",
  stolenLock: "De nouvelles clés pour votre profil\u202f: donnez encore une fois ce qui déverrouille Pli.",
  stolenGo: "L’exclure",
  stolenBusy: "Nouvelles clés…",
  stolenDone: (name: string, more: number) =>
    `«\u202f${name}\u202f» est exclu${plural(more, (n, one) => (n === "0" ? "" : one ? ", ainsi qu’un appareil qu’il avait ajouté\u202f: reliez-le s’il est à vous" : `, ainsi que ${n} appareils qu’il avait ajoutés\u202f: reliez-les s’ils sont à vous`))}`,
  goneStolen:
    "Si vous ne l’avez pas retiré vous-même, quelqu’un détient peut-être un autre de vos appareils\u202f: excluez celui-là avec vos mots de récupération.",
  removed: (name: string) => `«\u202f${name}\u202f» est retiré`,
  gone: "Cet appareil a été retiré",
  goneText:
    "Il a été retiré depuis un autre de vos appareils\u202f: il n’envoie et ne reçoit plus rien. Ce qui est déjà ici reste lisible. Exportez ce que vous voulez garder, puis effacez tout.",
  enteringTitle: "Vos conversations",
  entering: (here: number, all: number) =>
    plural(
      all,
      (n, one) =>
        `${number.format(here)} sur ${n} ${one ? "conversation est arrivée" : "conversations sont arrivées"}.`,
    ),
  enteringHow: "Gardez votre autre appareil allumé, Pli ouvert\u202f: il vous y fait entrer une à une.",
  historyTitle: "Messages antérieurs",
  historyAsked:
    "Vos messages antérieurs viendront dès que votre autre appareil sera en ligne. Vous pouvez déjà écrire.",
  historyComing: (done: number, all: number) =>
    plural(
      all,
      (n, one) => `Messages antérieurs\u202f: ${number.format(done)} sur ${n} ${one ? "arrivé" : "arrivés"}.`,
    ),
  historyHow: (name: string | undefined) =>
    `Ils viennent de ${name === undefined ? "votre autre appareil" : `«\u202f${name}\u202f»`}\u202f: gardez cet appareil allumé, Pli ouvert. S’il s’éteint, la suite reprendra d’elle-même.`,
  historyGone:
    "L’appareil qui les avait a été retiré, et aucun autre ne peut les donner. Ce qui est déjà arrivé reste ici.",
  historySent: (name: string, sent: number, all: number) =>
    plural(
      all,
      (n, one) =>
        `${number.format(sent)} sur ${n} ${one ? "message antérieur envoyé" : "messages antérieurs envoyés"} à «\u202f${name}\u202f». Gardez Pli ouvert ici jusqu’à la fin.`,
    ),
  add: "Ajouter un appareil",
  addTitle: "Ajouter un appareil",
  addLead:
    "Sur le nouvel appareil, ouvrez Pli et choisissez «\u202fJ’utilise déjà Pli sur un autre appareil\u202f». Scannez le code qu’il affiche, ou collez-en le lien.",
  addWarning: "N’ouvrez jamais ici un lien que quelqu’un vous a envoyé\u202f: le nouvel appareil est devant vous.",
  sent: "Ce lien ajoute un appareil",
  sentText:
    "Il a été ouvert hors de Pli, et n’a rien fait. Si quelqu’un vous l’a envoyé, ne l’ouvrez pas\u202f: cette personne lirait et écrirait à votre place. Si c’est votre nouvel appareil qui l’affiche, scannez-le ci-dessous.",
  confirmLock:
    "Un nouvel appareil lira et écrira tout comme vous\u202f: donnez encore une fois ce qui déverrouille Pli.",
  field: "Lien de l’appareil",
  placeholder: "https://…/d#…",
  go: "Continuer",
  opening: "Lecture du lien…",
  notLink: "Ce code QR n’est pas celui d’un appareil à ajouter.",
  here: "J’utilise déjà Pli sur un autre appareil",
  hereTitle: "Ajouter cet appareil à votre profil",
  hereLead: "Il recevra votre profil, vos contacts et vos conversations d’un appareil que vous utilisez déjà.",
  hereName: "Nom de cet appareil",
  hereGo: "Afficher le code",
  hereBack: "Revenir au début",
  showLead:
    "Sur votre autre appareil\u202f: Réglages, Appareils, Ajouter un appareil. Scannez-y ce code, ou collez-y ce lien.",
  link: "Lien de cet appareil",
  qr: "Code QR de cet appareil",
  why: "Ce lien ne sert qu’entre vos deux appareils. Ne l’envoyez à personne.",
  preparing: "Préparation du lien…",
  preparingText: "Il s’affiche dès que le serveur l’a enregistré.",
  notLeft: "Le lien n’est pas encore parti\u202f: il s’affichera dès que le serveur répondra.",
  waitingOld: "En attente de votre autre appareil…",
  waitingOldText: "Gardez cet écran ouvert.",
  waitingNew: "En attente du nouvel appareil…",
  waitingNewText: "Il doit rester ouvert sur son code.",
  away: "Le lien passe par ce serveur\u202f: la suite viendra dès qu’il répondra.",
  expires: (left: string) => `Ce lien expire ${left}.`,
  confirm: (name: string) => `«\u202f${name}\u202f» va devenir l’un de vos appareils`,
  confirmText:
    "Il lira et écrira tout comme vous, sous votre nom. Continuez seulement si vous l’avez sous les yeux et y avez affiché ce lien vous-même.",
  code: {
    title: (name: string) => (name === "" ? "Vos deux appareils se vérifient" : `Ajouter «\u202f${name}\u202f»\u202f?`),
    lead: (_name: string) => "Tapez sur chaque appareil les chiffres que l’autre affiche. Ne les dites à personne.",
    say: "Tapez ces chiffres sur l’autre appareil",
    sayLabel: (digits: string) => `Chiffres à taper sur l’autre appareil\u202f: ${digits}`,
    type: (_name: string) => "Tapez les quatre chiffres que l’autre appareil affiche",
    check: "Vérifier",
    checking: "Vérification…",
    wrong: (left: number) =>
      `Ce n’est pas le bon code. ${plural(left, (n, one) => `Il reste ${n} ${one ? "essai" : "essais"}`)} avant que le lien soit détruit.`,
    attempts: (left: number) =>
      left === 1 ? "Dernier essai" : plural(left, (n, one) => (one ? `${n} essai` : `${n} essais`)),
    right: "C’est le bon code.",
    rightText: (_name: string) => "Gardez cet écran ouvert\u202f: il reste à taper les chiffres sur l’autre appareil.",
    stop: "Tout arrêter",
    stopAsk: "Ne pas ajouter cet appareil\u202f?",
    stopText: "Le lien sera détruit sur les deux appareils, et rien n’en restera.",
    stopKeep: "Continuer",
    why: "Si quelqu’un avait intercepté le lien, les chiffres ne seraient pas les mêmes sur vos deux appareils.",
  },
  done: (name: string) => `«\u202f${name}\u202f» est maintenant l’un de vos appareils.`,
  doneText: "Vos conversations le rejoignent une à une\u202f; gardez Pli ouvert ici jusqu’à ce qu’elles y soient.",
  doneGo: "Voir mes appareils",
  comesTitle: (name: string) => `«\u202f${name}\u202f» entrera dans un jour`,
  comesText: (date: string) =>
    `Après le ${date}, quand Pli sera ouvert ici. Rien n’a montré que c’est bien vous\u202f: d’ici là, chacun de vos appareils peut l’arrêter.`,
  comesHere: (date: string) =>
    `Les chiffres sont bons. Rien ne verrouille votre autre appareil\u202f: celui-ci entrera donc après le ${date}. D’ici là, vous pouvez fermer Pli.`,
  comingLine: (name: string, date: string) =>
    `«\u202f${name}\u202f» va devenir l’un de vos appareils après le ${date}.`,
  comingText: "Il lira et écrira tout comme vous. Si vous ne l’avez pas ajouté vous-même, arrêtez-le.",
  comingStop: "L’arrêter",
  comingStopped: (name: string) => `«\u202f${name}\u202f» n’entrera pas`,
  lockless:
    "Rien ne verrouille cet appareil\u202f: le nouveau entrera un jour après les chiffres. Avec un verrou, il entre aussitôt.",
  locklessGo: "Mettre un verrou",
  failed: "L’appareil n’a pas été ajouté",
  again: "Recommencer",
  open: "À terminer",
  openWaiting: "Un appareil à ajouter",
  openCode: (name: string) => `Ajout de «\u202f${name}\u202f»\u202f: chiffres à échanger`,
  openEnded: "Appareil non ajouté",
};

export type DevicesWords = typeof frDevices;
