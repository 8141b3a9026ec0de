import { number, some } from "./counting-fr.ts";
import type { invitationsEn, waitingEn } from "./invitations-en.ts";

export const invitationsFr: typeof invitationsEn = {
  none: "Aucune invitation en cours. Pour en faire une\u202f: pli invite",
  unnamed: "sans nom",
  preparing: "n’est pas encore partie de cet appareil",
  waiting: (until) => `personne ne l’a encore ouverte\u202f; valable jusqu’au ${until}`,
  answered: (peer) => `${peer} l’a ouverte et vous attend, avec quatre chiffres à lire`,
  confirming: (peer) => `${peer} doit encore taper vos chiffres`,
  opening: "en cours d’ouverture",
  invited: (peer) => `de ${peer}, dont l’appareil doit répondre`,
  ended: (at) => `terminée le ${at}`,
  resumeHow: (id) => `Pour continuer\u202f: pli invitations resume ${id}`,
  clearHow: "Pour ranger celles qui sont terminées\u202f: pli invitations clear",
  stopped: "Annulée des deux côtés.",
  cleared: (count) => `${some(count, "invitation rangée", "invitations rangées")}.`,
  which: "Plusieurs sont en cours. Dites laquelle\u202f: pli invitations",
  own: (id) => `Elle attend toujours. Pour revoir son lien\u202f: pli invitations resume ${id}`,
  others: (count) =>
    count === 1
      ? "Une autre invitation est encore en cours\u202f: pli invitations"
      : `${some(count, "autre invitation est", "autres invitations sont")} encore en cours\u202f: pli invitations`,
  restOfLink: "Le lien est coupé. Collez la suite, ou appuyez sur Entrée pour renoncer\u202f: ",
  news: {
    opened: (peer, id) =>
      `${peer} a ouvert votre invitation et vous attend, avec quatre chiffres à lire. pli invitations resume ${id}`,
    accepted: (peer, id) => `${peer} a répondu. Vous avez chacun des chiffres à lire. pli invitations resume ${id}`,
    ended: (name, why) => `Une invitation est terminée${name}. ${why}`,
  },
  chat: {
    ended: (name, why) => `Une invitation est terminée${name}. ${why} /clear la range.`,
    cleared: "C’est rangé.",
    nothingEnded: "Aucune invitation terminée.",
  },
};

export const waitingFr: typeof waitingEn = {
  away: (store, next) => `${store} ne répond pas\u202f; ${next}.`,
  nextIn: (seconds) => `prochain essai dans ${some(seconds, "seconde", "secondes")}`,
  nextAt: (time) => `prochain essai à ${time}`,
  trying: "essai en cours",
  offline: (seconds) =>
    seconds === undefined ? "sans réponse, essai en cours" : `sans réponse, essai dans ${number(seconds)}\u00a0s`,
  catchUp: (done, total) => `rattrapage ${done} / ${total}`,
  notLeft: "L’invitation n’est pas encore partie de cet appareil. Son lien s’affichera dès qu’elle le sera.",
  saved: {
    store: (away) => `Gardé ici. ${away} Le message partira dès qu’il répondra.`,
    people:
      "Gardé ici. La conversation est en train d’être rétablie\u202f: le message partira quand l’autre appareil sera en ligne.",
    turn: "Gardé ici. Le message partira à son tour, dès que Pli tourne.",
  },
  doctor: {
    store: (count, name, away) => `${messages(count)} pour ${name}\u202f: ${away}`,
    people: (count, name) =>
      `${messages(count)} pour ${name}\u202f: quelqu’un d’autre doit être en ligne pour rétablir la conversation.`,
    turn: (count, name) => `${messages(count)} pour ${name}\u202f: en partance, dès que Pli tourne.`,
    storeAway: (store) => `hors ligne\u202f: ${store}, où vivent certaines de vos conversations, est injoignable`,
    awayAdvice: (home) =>
      `Demandez à qui s’en occupe. Si ce serveur a déménagé ici, à ${home}, arrêtez tous les pli de ce profil, puis lancez\u202f: pli --store ${home} doctor`,
  },
};

const messages = (count: number): string => some(count, "message", "messages");
