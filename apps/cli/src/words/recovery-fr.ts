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
