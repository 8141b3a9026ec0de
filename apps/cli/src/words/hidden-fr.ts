import type { hiddenEn } from "./hidden-en.ts";

export const hiddenFr: typeof hiddenEn = {
  name: "Le nom du profil caché\u202f: ",
  keep: "Phrase secrète d’un profil caché à garder (rien s’il n’y en a pas)\u202f: ",
  risk: "Personne ne peut savoir si quelque chose est déjà caché ici. Un profil caché dont vous ne donnez pas la phrase secrète peut être perdu maintenant.",
  sure: "Ce qui serait caché ici sera perdu, et rien ne le ramènera. Tapez oui pour continuer\u202f: ",
  yes: "oui",
  made: "Il y a de la place pour deux profils cachés. Ajoutez-en un avec pli hidden add.",
  removed: "La place a été ôtée, avec ce qui pouvait y être caché.",
  notRemoved: "Rien n’a été ôté.",
  added:
    "Le profil caché est prêt. Sa phrase secrète l’ouvre. Ouvrez ensuite l’autre profil, pour qu’il soit le dernier à avoir servi.",
};
