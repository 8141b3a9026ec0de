import type { duressEn } from "./duress-en.ts";

export const duressFr: typeof duressEn = {
  what: "Tapée partout où Pli demande la phrase secrète, la phrase de détresse efface ce profil, sa clé d’abord, et en ouvre un autre, tout neuf et vide. Rien n’est demandé avant. Seuls vos mots de récupération ramènent le profil, sans ses messages.",
  name: "Le nom du profil tout neuf\u202f: ",
  set: "La phrase de détresse est en place. Choisissez-en une que vous ne taperez pas par erreur. Rien n’indique qu’il y en a une.",
  removed: "Il n’y a pas de phrase de détresse.",
};
