/** Every word about the duress passphrase, in French. */
export const frDuress = {
  title: "Phrase de détresse",
  lead: "Si quelqu’un vous force à ouvrir Pli, tapez-la à la place de votre phrase secrète. Elle efface aussitôt ce profil, sa clé d’abord, et en ouvre un tout neuf, sans contacts ni messages. Rien n’est demandé avant.",
  where:
    "Elle agit partout où Pli demande la phrase secrète. Rien n’indique s’il y en a une, ni ici, ni dans les fichiers de Pli.",
  limitsTitle: "Ce qu’elle ne peut pas",
  limits:
    "Une copie de cet appareil faite avant s’ouvre toujours avec votre phrase secrète. Vos autres appareils ne perdent rien, et vos mots de récupération ramènent toujours votre profil. L’historique du navigateur garde des adresses de pages, et un disque peut garder d’anciens octets.",
  needed: "Il faut d’abord une phrase secrète pour ouvrir Pli.",
  toLock: "Ouvrir les réglages du verrou",
  confirm: "Donnez d’abord ce qui ouvre Pli à présent.",
  name: "Nom du profil tout neuf",
  nameHint: "C’est tout ce qu’il montrera.",
  new: "Nouvelle phrase de détresse",
  newHint:
    "Au moins 8 caractères. Qu’elle ne ressemble pas à votre phrase secrète, pour ne jamais la taper par erreur.",
  set: "Définir la phrase de détresse",
  isSet: "Phrase de détresse en place",
  removeTitle: "Ne plus en avoir",
  removeText: "S’il y en a une, elle n’ouvre plus rien.",
  remove: "Retirer la phrase de détresse",
  isRemoved: "Pas de phrase de détresse",
};

export type DuressWords = typeof frDuress;
