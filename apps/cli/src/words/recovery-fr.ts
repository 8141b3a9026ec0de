import { number, some } from "./counting-fr.ts";
import type { recoveryEn } from "./recovery-en.ts";

/** Phrases sur les mots de récupération. */
export const recoveryFr: typeof recoveryEn = {
  intro:
    "Avec ces mots, vous retrouvez profil, contacts et groupes si vous perdez tous vos appareils. Écrivez-les sur papier, dans l’ordre\u202f:",
  keep: "Ne les donnez à personne\u202f: qui vous les demande veut se faire passer pour vous. Ensuite\u202f: pli recovery check",
  ask: "Vos mots de récupération\u202f: ",
  askAdvice: "Les mots se lisent en une ligne sur l’entrée.",
  place: (place: number) => `C’est le mot numéro ${number(place)}.`,
  count: (words: number) => `Vous avez donné ${some(words, "mot", "mots")}.`,
  restored: (name: string, contacts: number, groups: number) =>
    `${name} est de retour, avec ${some(contacts, "contact", "contacts")} et ${some(groups, "groupe", "groupes")}.`,
  coming: "Les conversations reviennent d’elles-mêmes tant que Pli tourne ici\u202f: pli listen",
  shutOut: "Vos clés sont neuves. Chaque contact qui l’apprend refuse les appareils que vous aviez avant.",
  messagesCome: (messages: number) =>
    `${some(messages, "message suit", "messages suivent")}\u202f: pli recovery messages`,
  copyUnread: "Il existe une copie de vos messages, mais cette version de Pli ne peut pas la lire.",
  copy: {
    on: "Le serveur garde une copie scellée de vos messages. Vos mots de récupération l’ouvrent, et les clés de vos appareils aussi.",
    off: "Vos messages ne sont que sur vos appareils\u202f: si vous les perdez tous, ils sont perdus.",
    last: (at: string, messages: number) => `Dernière copie\u202f: ${at}, ${some(messages, "message", "messages")}.`,
    leftOut: (messages: number) =>
      `${some(messages, "message plus ancien n’y est pas", "messages plus anciens n’y sont pas")}\u202f: elle garde les plus récents.`,
    elsewhere: "C’est un autre de vos appareils qui l’écrit.",
    none: "Il n’y a pas encore de copie. Elle s’écrit tant que Pli tourne\u202f: pli listen",
    underWay: "Une copie est en cours.",
    refused: (why: string) => `Le serveur ne la prend pas pour l’instant, Pli réessaiera\u202f: ${why}`,
    until: (at: string) => `Jusqu’au ${at}, le serveur peut encore avoir la dernière.`,
    coming: (done: number, all: number) => `${number(done)} sur ${some(all, "message", "messages")} de retour.`,
    missing: (messages: number) =>
      `${some(messages, "message de la copie est introuvable", "messages de la copie sont introuvables")}.`,
  },
  unconfirmed:
    "Personne n’a encore confirmé les mots de récupération\u202f: pli recovery show, puis pli recovery check",
  elsewhere: "Cet appareil n’a pas les mots de récupération.",
  confirmed: (day: string) => `Vous avez confirmé les mots de récupération le ${day}.`,
  backedUp: (moment: string) => `Dernière sauvegarde\u202f: ${moment}.`,
  notBackedUp: "Aucune sauvegarde n’est encore sur le serveur.",
  noCopy: "Il n’y a pas de copie dans une clé d’accès. Seul un navigateur peut en faire une.",
  copyKept: (made: string, until: string | undefined) =>
    until === undefined
      ? `Une clé d’accès ouvre une copie, faite le ${made}. Cet appareil ne l’a pas encore déposée.`
      : `Une clé d’accès ouvre une copie, faite le ${made}. Le serveur la garde au moins jusqu’au ${until}, et vos appareils la renouvellent. Pour la retirer\u202f: pli recovery remove-copy`,
  copyRemoved: (until: string) =>
    `La copie est retirée. Le serveur peut en avoir une jusqu’au ${until}, que la clé d’accès ouvre encore\u202f: supprimez cette clé là où elle est gardée.`,
  right: "Ce sont bien les mots de ce profil. Gardez le papier : aucun appareil ne peut plus les montrer.",
};
