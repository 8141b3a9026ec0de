import { createPlural } from "@pli/engine/words";

const plural = createPlural("fr");

/** Every word about the recovery words, in French. */
export const frRecovery = {
  row: "Mots de récupération",
  toWrite: "À noter",
  written: "Notés",
  title: "Mots de récupération",
  lead: "Si tous vos appareils sont perdus, dix-neuf mots notés sur papier vous rendent votre profil, vos contacts et vos groupes. Pli ne les connaît pas, et personne ne peut les retrouver pour vous.",
  show: "Afficher les mots",
  showText: "Mettez-vous à l’abri des regards et des caméras. Prenez du papier et un stylo.",
  language: "Langue des mots",
  french: "Français",
  english: "Anglais",
  either: "C’est la même clé dans les deux langues.",
  list: "Vos dix-neuf mots, dans l’ordre",
  keep: "Ne les photographiez pas, ne les enregistrez nulle part. Ne les donnez à personne\u202f: qui vous les demande veut prendre votre place. Pli ne vous les demandera jamais dans une conversation.",
  print: "Imprimer",
  printTitle: "Pli\u202f: mots de récupération",
  printText: (name: string, date: string) =>
    `Profil ${name}, imprimé le ${date}. Ces mots rendent tout le profil à qui les détient\u202f: gardez cette page comme une clé.`,
  hide: "Cacher les mots",
  next: "Je les ai notés",
  check: "Vérifier les mots",
  checkLead:
    "Tapez les dix-neuf mots depuis votre papier. Les majuscules et les accents ne comptent pas, et quatre lettres suffisent pour chaque mot.",
  checkAgain: "Vérifier que je les ai encore",
  field: "Les dix-neuf mots",
  checkDo: "Vérifier",
  checking: "Vérification…",
  gone: "Après la vérification, cet appareil efface les mots\u202f: votre papier sera le seul endroit où ils sont.",
  place: (sentence: string, place: number) => plural(place, (n) => `${sentence} C’est le mot nº ${n}.`),
  count: (sentence: string, words: number) => plural(words, (n) => `${sentence} Vous en avez tapé ${n}.`),
  right: "Ce sont bien vos mots",
  rightText: "Gardez le papier en lieu sûr. Aucun appareil ne peut plus les afficher.",
  confirmed: (date: string) => `Vous avez montré que vous les avez le ${date}.`,
  backedUp: (when: string) => `Dernière sauvegarde, chiffrée, sur votre serveur\u202f: ${when}`,
  notBackedUp: "Aucune sauvegarde n’est encore sur votre serveur\u202f: elle part d’elle-même.",
  confirmText: "Ces mots rendent tout le profil\u202f: donnez encore une fois ce qui déverrouille Pli.",
  elsewhere:
    "Cet appareil n’a pas les mots\u202f: seul celui où le profil a commencé peut les afficher, tant qu’ils ne sont pas vérifiés.",
  offerWrite: "Notez vos mots de récupération\u202f: sans eux, un appareil perdu est un profil perdu.",
  offerCheck: "Avez-vous toujours vos mots de récupération\u202f? Une vérification par an suffit.",
  offerYes: "Voir",
  offerLater: "Plus tard",
  have: "J’ai mes mots de récupération",
  restore: "Retrouver votre profil",
  restoreLead:
    "Vos dix-neuf mots rendent votre profil, vos contacts et vos groupes à cet appareil. Les messages déjà échangés reviennent si vous en gardiez une copie.",
  stolen: "Un de mes appareils a été volé",
  stolenText:
    "Vos clés changent\u202f: qui détient un ancien appareil ne pourra plus rien lire ni écrire en votre nom. Vos contacts verront une ligne.",
  restoreDo: "Retrouver mon profil",
  restoring: "Recherche de la sauvegarde…",
  restored: (name: string, date: string) =>
    `Bon retour, ${name}. Sauvegarde du ${date}\u202f: vos conversations reviennent une à une.`,
  restoredUnread: "Il existe une copie de vos messages, mais cette version de Pli ne peut pas la lire.",
  copyTitle: "Vos messages",
  copySwitch: "Garder une copie de mes messages",
  copyText:
    "Votre serveur garde vos messages, scellés, pour le jour où tous vos appareils sont perdus\u202f: vos mots de récupération les rendent. La copie part une fois par jour au plus. Le serveur voit à peu près combien vous gardez, et qui a les clés d’un de vos appareils peut l’ouvrir.",
  copyNone: "Il n’y a pas encore de copie\u202f: elle part d’elle-même.",
  copyLast: (when: string, messages: number) =>
    plural(messages, (n, one) => `Dernière copie\u202f: ${when}, ${n} ${one ? "message" : "messages"}`),
  copyOlder: (messages: number) =>
    plural(
      messages,
      (n, one) =>
        `${n} ${one ? "message plus ancien n’y est pas" : "messages plus anciens n’y sont pas"}\u202f: elle garde les plus récents.`,
    ),
  copyElsewhere: "C’est un autre de vos appareils qui l’écrit.",
  copyUntil: (when: string) =>
    `Rien n’est plus ajouté à la copie. Le serveur peut encore avoir la dernière jusqu’au ${when}.`,
  copyRefused: (why: string) => `Le serveur ne prend pas la copie pour l’instant, Pli réessaiera. ${why}`,
  copyUnderWay: "La copie est en cours.",
  copyComing: (done: number, all: number) =>
    plural(all, (n) => `Vos messages reviennent\u202f: ${plural(done, (d) => d)} sur ${n}.`),
  copyMissing: (messages: number) =>
    plural(
      messages,
      (n, one) => `${n} ${one ? "message de la copie est introuvable" : "messages de la copie sont introuvables"}.`,
    ),
  passkey: {
    title: "Une copie dans une clé d’accès",
    lead: "Une clé d’accès peut ouvrir une copie de vos mots, chiffrée sur votre serveur. Si vous perdez tous vos appareils, une empreinte, un visage ou un code suffit alors à retrouver votre profil.",
    trust:
      "Vous faites alors confiance à ce qui garde vos clés d’accès\u202f: Apple, Google, un gestionnaire de mots de passe, ou une clé de sécurité que vous gardez sur vous. Toute personne qui déverrouille ce compte et connaît l’adresse de votre serveur peut prendre votre profil.",
    make: "Garder une copie dans une clé d’accès",
    wordsLead: "Tapez d’abord vos dix-neuf mots\u202f: aucun appareil ne les garde.",
    create: "Créer la clé d’accès",
    waiting: "En attente de la clé d’accès…",
    keyName: (date: string) => `Pli, récupération (${date})`,
    made: "Copie gardée. Vos mots restent valables.",
    kept: (date: string) => `Une clé d’accès ouvre une copie de vos mots, faite le ${date}.`,
    until: (date: string) =>
      `Le serveur la garde au moins jusqu’au ${date}, et vos appareils la renouvellent d’eux-mêmes.`,
    late: (date: string) =>
      `Cet appareil n’a pas pu la renouveler\u202f: depuis le ${date}, le serveur ne l’a peut-être plus. Laissez Pli ouvert en ligne, ou refaites la copie.`,
    notStored: "Cet appareil ne l’a pas encore déposée sur le serveur\u202f: il le fait de lui-même.",
    stolen:
      "Si la personne qui a volé un appareil peut se servir de cette clé d’accès, retirez la copie\u202f: changer de clés ne l’arrête pas, car vos mots restent les mêmes.",
    remove: "Retirer la copie",
    removeTitle: "Retirer la copie\u202f?",
    removeText:
      "Vos appareils cessent de la renouveler, et le serveur l’efface quand son temps est passé. D’ici là, la clé d’accès l’ouvre encore\u202f: supprimez-la aussi là où vos clés sont gardées. Vos mots restent valables.",
    removed: (date: string) =>
      `La copie est retirée. Le serveur peut en avoir une jusqu’au ${date}, que la clé d’accès ouvre encore\u202f: supprimez cette clé là où vos clés sont gardées.`,
    have: "J’ai une copie dans une clé d’accès",
    use: "Utiliser une clé d’accès",
    restoreLead:
      "La clé d’accès qui ouvre la copie de vos mots rend votre profil, vos contacts et vos groupes à cet appareil. Les messages déjà échangés reviennent si vous en gardiez une copie.",
  },
};

export type RecoveryWords = typeof frRecovery;
