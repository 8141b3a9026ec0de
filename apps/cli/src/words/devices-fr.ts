import { number, some } from "./counting-fr.ts";
import type { devicesEn } from "./devices-en.ts";

/** Les mots sur les appareils de la personne. */
export const devicesFr: typeof devicesEn = {
  shown: "Sur un appareil que vous utilisez déjà, lancez pli device add LIEN avec ce lien, ou scannez-y le code\u202f:",
  until: (date) => `Il sert une fois, jusqu’au ${date}.`,
  waitingForOld: "En attente de votre autre appareil… (Ctrl-C pour arrêter)",
  opening: "Lecture du lien…",
  confirm: (name) =>
    `«\u202f${name}\u202f» va devenir l’un de vos appareils. Il lira et écrira tout comme vous, sous votre nom.`,
  goOn: "Continuez seulement si vous l’avez sous les yeux et y avez affiché ce lien vous-même. Sinon, Ctrl-C.",
  waitingForNew: "En attente du nouvel appareil… (Ctrl-C pour arrêter)",
  say: "Tapez ces quatre chiffres sur votre autre appareil\u202f:",
  ask: "Les quatre chiffres affichés par votre autre appareil\u202f: ",
  malformed: "Quatre chiffres, s’il vous plaît.",
  own: "Ce sont les chiffres de cet appareil-ci. Tapez ceux de l’autre. Cet essai ne compte pas.",
  wrong: (left) =>
    left === 1
      ? "Ce ne sont pas les bons chiffres. Il reste un essai\u202f; après, le lien ne servira plus."
      : `Ce ne sont pas les bons chiffres. Il reste ${some(left, "essai", "essais")}.`,
  confirming: "C’est bon. En attente de l’autre appareil…",
  linkedNew: (name) => `Cet appareil est maintenant l’un des vôtres, ${name}.`,
  linkedOld: (name) =>
    `«\u202f${name}\u202f» est maintenant l’un de vos appareils. Vos conversations suivent, une à une.`,
  nextNew:
    "Vos conversations arrivent à mesure que votre autre appareil les apporte. Pour les voir\u202f: pli contacts, ou pli",
  entering: ({ here, all }) =>
    `${number(here)} sur ${some(all, "conversation arrivée", "conversations arrivées")}\u202f; les autres suivent tant que votre autre appareil est en ligne.`,
  history: ({ step, messages, messagesDone }) => {
    if (step === "complete") return "Tous les messages antérieurs sont là.";
    if (step === "gone")
      return "L’appareil qui avait vos messages antérieurs n’est plus des vôtres\u202f; ce qui est arrivé reste.";
    if (step === "asked")
      return "Vos messages antérieurs viendront de votre autre appareil, dès qu’il sera en ligne. Vous pouvez déjà écrire.";
    const here = `${number(messagesDone)} sur ${some(messages, "message antérieur", "messages antérieurs")}`;
    return step === "recent" ? `${here}, les plus récents d’abord.` : `${here}\u202f; le dernier jour est complet.`;
  },
  historySent: (device, p) =>
    `${number(p.sent)} sur ${some(p.messages, "message antérieur envoyé", "messages antérieurs envoyés")} à l’appareil ${device}.`,
  this: "celui-ci",
  unnamed: "sans nom",
  added: (date, by) => `depuis le ${date}${by === undefined ? "" : `, ajouté depuis «\u202f${by}\u202f»`}`,
  seen: (day) => (day === undefined ? "vu aujourd’hui" : `vu pour la dernière fois le ${day}`),
  idle: (name, day) =>
    `«\u202f${name}\u202f» n’a pas servi depuis longtemps. Lancez-y Pli avant le ${day}\u202f: ensuite, le serveur commencera à effacer ce qu’il a manqué.`,
  returning: (since) =>
    `Cet appareil a perdu le fil des autres. Depuis le ${since}, il attend que Pli tourne sur l’un d’eux, et revient alors de lui-même. Vous n’en avez plus d’autre\u202f? pli device remove APPAREIL. S’ils tournent et que rien ne vient, reliez-le à nouveau\u202f: pli init --link dans un dossier vide.`,
  returningIn: "Un autre de vos appareils a répondu\u202f: celui-ci rentre.",
  comesIn: (name, date) =>
    `«\u202f${name}\u202f» entrera après le ${date}, dès que Pli tournera ici. D’ici là, chacun de vos appareils peut l’arrêter\u202f: pli device cancel. Avec une phrase secrète, il entrerait aussitôt\u202f: pli passphrase`,
  comesLater: (date) =>
    `Les chiffres sont bons. Personne n’a donné de phrase secrète sur votre autre appareil\u202f: celui-ci entrera donc après le ${date}. Relancez alors la même commande.`,
  coming: (name, date, id) =>
    `«\u202f${name}\u202f» va devenir l’un de vos appareils après le ${date}. Ce n’est pas le vôtre\u202f? pli device cancel ${id}`,
  cancelled: (name) => `«\u202f${name}\u202f» n’entrera pas.`,
  removedHere: "Cet appareil a été retiré. Il n’envoie et ne reçoit plus rien.",
  renamed: (name) => `Il s’appelle maintenant «\u202f${name}\u202f».`,
  unnamedNow: "Il n’a plus de nom.",
  removed: (name) =>
    `«\u202f${name}\u202f» est retiré. Il sort de vos conversations une à une, et ne lira rien de ce qui s’écrira ensuite. Qui le détient a encore les clés de votre profil.`,
  stolen: (name) =>
    `«\u202f${name}\u202f» est exclu, et vos clés sont nouvelles. Qui le détient ne peut plus se faire passer pour vous auprès d’un contact qui l’apprend. Vos autres appareils reçoivent les nouvelles clés d’eux-mêmes, dès qu’ils tournent.`,
  linkAgain: (name) =>
    `«\u202f${name}\u202f» avait été ajouté par lui et sort aussi. S’il est à vous, reliez-le à nouveau.`,
  none: "Vous n’avez pas cet appareil\u202f: pli device list",
};
