import { plural, some } from "./counting-fr.ts";
import type { GroupWords } from "./group-en.ts";

export const groupFr: GroupWords = {
  none: "Pas encore de groupe. Pour en fonder un\u202f: pli group create NOM CONTACT…",
  you: "vous",
  roles: { owner: "propriétaire", admin: "admin", member: "membre", reader: "lecture seule" },
  given: {
    owner: "le rôle de propriétaire",
    admin: "le rôle d’admin",
    member: "le rôle de membre",
    reader: "l’accès en lecture seule",
  },
  members: (count) => some(count, "membre", "membres"),
  others: (count) => some(count, "autre", "autres"),
  facts: {
    description: "Description",
    members: "Membres",
    rules: "Règles",
    pending: "En route",
    picture: (bytes) => `une image de ${bytes}`,
  },
  rules: {
    addsAdmins: "seuls les propriétaires et les admins ajoutent des membres",
    addsMembers: "tous les membres peuvent ajouter leurs contacts",
    writesEveryone: "tous les membres écrivent",
    writesAdmins: "seuls les propriétaires et les admins écrivent",
    newcomersNothing: "les nouveaux membres ne lisent rien d’avant leur arrivée",
    newcomersWeek: "les nouveaux membres lisent les sept derniers jours",
    timerOff: "les messages ne disparaissent pas",
    timer: (after) => `les messages disparaissent au bout ${after}`,
  },
  time: {
    weeks: (count) => (count === 1 ? "d’une semaine" : `de ${some(count, "semaine", "semaines")}`),
    days: (count) => (count === 1 ? "d’un jour" : `de ${some(count, "jour", "jours")}`),
    hours: (count) => (count === 1 ? "d’une heure" : `de ${some(count, "heure", "heures")}`),
    minutes: (count) => (count === 1 ? "d’une minute" : `de ${some(count, "minute", "minutes")}`),
    seconds: (count) => (count === 1 ? "d’une seconde" : `de ${some(count, "seconde", "secondes")}`),
  },
  states: {
    ready: "",
    rejoining: "en cours de rétablissement\u202f; ce que vous écrivez attend",
    joining: "vous y entrez",
    left: "vous n’en faites plus partie",
  },
  progress: (done, total) => `${done} sur ${total} reçus`,
  rejoining: {
    silent: "en cours de rétablissement",
    since: (when) => `depuis le ${when}`,
    sinceBy: (when, author) => `depuis le ${when}, après un changement fait par ${author}`,
    waits: (who, count) => (count === 1 ? `Pli attend ${who}.` : `En attente de l’un d’entre eux\u202f: ${who}.`),
    opens: (count) =>
      count === 1 ? "Il suffit que cette personne ouvre Pli." : "Il suffit que l’une de ces personnes ouvre Pli.",
    answered: (who, count) => `${who} ${count === 1 ? "a" : "ont"} répondu. Pli continue de lui-même dès que possible.`,
    nobody: "Vous ne connaissez personne dans ce groupe à qui Pli puisse demander.",
    nobodyAdvice:
      "Dès qu’un de ses membres sera parmi vos contacts, il pourra vous y ramener. Vous pouvez aussi le quitter\u202f: pli group leave GROUPE",
    refused: (who, count) => `${who} ${count === 1 ? "dit" : "disent"} que vous ne faites plus partie de ce groupe.`,
    refusedAdvice:
      "Si c’est exact, quittez-le\u202f: pli group leave GROUPE. Vous pourrez ensuite le supprimer\u202f: pli group delete GROUPE",
  },
  blocked: "Quelqu’un empêche les changements de ce groupe. Les messages passent toujours.",
  suspects: (who) => `Cela semble venir de ${who}.`,
  successorAdvice: "Un propriétaire peut le refonder\u202f: pli group refound GROUPE --without MEMBRE",
  reading: "Vous lisez ce groupe, sans y écrire.",
  operation: {
    add: (who) => `ajouter ${who}`,
    remove: (who) => `retirer ${who}`,
    role: (who, given) => `donner à ${who} ${given}`,
    rules: "modifier le groupe",
    keys: "renouveler les clés",
    leave: "quitter le groupe",
    successorGroup: "refonder le groupe",
    successorGroupWithout: (who) => `refonder le groupe sans ${who}`,
  },
  waits: {
    store: "En route\u202f: on attend le serveur…",
    turn: "En route\u202f: on attend son tour…",
    rejoining: "En route\u202f: on attend que le groupe soit rétabli ici…",
    answer: "On attend la réponse\u202f: c’est à la personne invitée d’accepter ou de refuser. Ctrl-C n’y met pas fin.",
    clock:
      "On attend une mise à l’heure\u202f: cet appareil et celui de l’autre personne ont plus d’un jour d’écart. Ctrl-C n’y met pas fin.",
    contact:
      "On attend qu’un appareil se connecte\u202f: il le faut pour entrer dans le groupe. Ctrl-C n’y met pas fin.",
  },
  questions: {
    none: "Personne ne vous propose d’entrer dans un groupe.",
    list: "Voir ce qu’on vous propose\u202f: pli group questions",
    offered: (from, name) => `${from} vous propose d’entrer dans le groupe «\u202f${name ?? ""}\u202f».`,
    added: (from) => `${from} vous a mis dans un groupe sans vous le demander.`,
    listed: (from) => `${from} dit que vous faites partie d’un groupe que cet appareil ne connaît pas.`,
    moved: (from) => `${from} dit qu’un de vos groupes continue sur un autre serveur.`,
    members: (from, count) =>
      count === 1
        ? `Selon ${from}, il n’y a encore personne d’autre.`
        : plural(count, (n) => `Selon ${from}, on y est ${n}.`),
    store: (address) => `Si vous acceptez, cet appareil se connectera à ${address}, qu’il ne connaît pas.`,
    isPrivate:
      "Cette adresse n’a de sens qu’à l’intérieur d’un réseau. Cet appareil ne s’y connecte pas\u202f: vous ne pouvez pas accepter.",
    how: (id) => `pli group accept ${id}, ou pli group decline ${id}`,
    chatHow: (id) => `/group accept ${id}, ou /group decline ${id}`,
    chatOnlyNo: (id) => `/group decline ${id}`,
    more: (count) =>
      count === 1
        ? "Une autre proposition attend."
        : `${some(count, "autre proposition attend", "autres propositions attendent")}.`,
    onlyNo: (id) => `pli group decline ${id}`,
    over: {
      unanswered: "Sans réponse au bout de deux semaines, la proposition est close.",
      withdrawn: "La proposition a été retirée.",
      failed: "Vous aviez accepté, mais le groupe est resté injoignable. La proposition est close.",
    },
    accepted: (from) => `C’est accepté. Vous y serez dès que l’appareil de ${from} aura répondu.`,
    in: (name) => `Vous êtes dans le groupe «\u202f${name}\u202f».`,
    declined: "C’est refusé.",
    asking: {
      on: "Vos contacts vous demandent avant de vous ajouter à un groupe.",
      off: "Vos contacts vous ajoutent à des groupes sans vous le demander.",
    },
    waitsInviter: (from) => `en attente de l’appareil de ${from}, qui vous fait entrer`,
    waitsStore: (address) => `en attente du serveur ${address}`,
  },
  asked: "C’est en route.",
  stillWanted: "Cela reste demandé, et continue quand Pli tourne.",
  done: {
    add: "C’est fait\u202f: le groupe a de nouveaux membres.",
    remove: "C’est fait\u202f: le groupe a des membres en moins.",
    role: "Le rôle a changé.",
    rules: "Le groupe a changé.",
    keys: "Les clés de cet appareil dans ce groupe sont nouvelles.",
    leave: "Vous ne faites plus partie du groupe. Il reste lisible\u202f: pli messages GROUPE",
    successorGroup: "Le groupe est refondé.",
    cancel: "Le changement est annulé.",
    delete: "La conversation est supprimée de cet appareil.",
  },
  successor:
    "Vous en êtes seul propriétaire. Dites qui le sera ensuite\u202f: pli group leave GROUPE --successor MEMBRE",
  readPicture: (path) => `L’image est illisible\u202f: ${path}`,
  deliveredTo: (count) => plural(count, (n) => `remis à ${n}`),
  readBy: (count) => plural(count, (n) => `lu par ${n}`),
  change: {
    created: {
      by: (author, name) => `${author} a créé le groupe «\u202f${name}\u202f».`,
      self: (name) => `Vous avez créé le groupe «\u202f${name}\u202f».`,
      none: (name) => `Le groupe «\u202f${name}\u202f» a été créé.`,
    },
    joined: {
      by: (author) => `Vous êtes dans le groupe, à l’invitation de ${author}.`,
      self: () => "Vous êtes dans le groupe.",
      none: () => "Vous êtes dans le groupe.",
    },
    added: {
      by: (author, who) => `${author} a ajouté ${who}.`,
      self: (who) => `Vous avez ajouté ${who}.`,
      none: (who) => `Ajout au groupe\u202f: ${who}.`,
    },
    removed: {
      by: (author, who) => `${author} a retiré ${who} du groupe.`,
      self: (who) => `Vous avez retiré ${who} du groupe.`,
      none: (who) => `Retrait du groupe\u202f: ${who}.`,
    },
    removedYou: {
      by: (author) => `${author} a mis fin à votre participation. Vous ne recevez plus ce qui s’écrit ici.`,
      self: () => "Vous avez quitté le groupe.",
      none: () => "Vous ne faites plus partie du groupe. Vous ne recevez plus ce qui s’écrit ici.",
    },
    left: (who, count) => (count === 1 ? `${who} a quitté le groupe.` : `${who} ont quitté le groupe.`),
    leftYou: "Vous avez quitté le groupe.",
    named: {
      by: (author, name) => `${author} a renommé le groupe\u202f: «\u202f${name}\u202f».`,
      self: (name) => `Vous avez renommé le groupe\u202f: «\u202f${name}\u202f».`,
      none: (name) => `Le groupe s’appelle maintenant «\u202f${name}\u202f».`,
    },
    described: {
      by: (author) => `${author} a changé la description du groupe.`,
      self: () => "Vous avez changé la description du groupe.",
      none: () => "La description du groupe a changé.",
    },
    pictured: {
      by: (author) => `${author} a changé l’image du groupe.`,
      self: () => "Vous avez changé l’image du groupe.",
      none: () => "L’image du groupe a changé.",
    },
    role: {
      by: (author, who, given) => `${author} a donné à ${who} ${given}.`,
      self: (who, given) => `Vous avez donné à ${who} ${given}.`,
      none: (who, given) => `${who} a maintenant ${given}.`,
    },
    roleYou: {
      by: (author, given) => `${author} vous a donné ${given}.`,
      self: (given) => `Vous avez maintenant ${given}.`,
      none: (given) => `Vous avez maintenant ${given}.`,
    },
    rule: {
      by: (author, rule) => `${author} a changé une règle\u202f: ${rule}.`,
      self: (rule) => `Vous avez changé une règle\u202f: ${rule}.`,
      none: (rule) => `Une règle a changé\u202f: ${rule}.`,
    },
    refounded: {
      by: (author) => `${author} a refondé le groupe, dont les changements étaient bloqués. Rien n’est perdu.`,
      self: () => "Vous avez refondé le groupe, dont les changements étaient bloqués. Rien n’est perdu.",
      none: () => "Le groupe a été refondé\u202f: ses changements étaient bloqués. Rien n’est perdu.",
    },
    refoundedWithout: {
      by: (author, who) =>
        `${author} a refondé le groupe sans ${who}\u202f: ses changements étaient bloqués. Rien n’est perdu.`,
      self: (who) =>
        `Vous avez refondé le groupe sans ${who}\u202f: ses changements étaient bloqués. Rien n’est perdu.`,
      none: (who) => `Le groupe a été refondé sans ${who}\u202f: ses changements étaient bloqués. Rien n’est perdu.`,
    },
    forkRepaired:
      "Un serveur montrait deux versions de ce groupe. Pli est revenu à celle des autres. Il n’y a rien à faire.",
    ignored: {
      by: (author) => `Un changement que les règles ne permettent pas a été ignoré (par ${author}).`,
      self: () => "Un changement que les règles ne permettent pas a été ignoré (par vous).",
      none: () => "Un changement que les règles ne permettent pas a été ignoré.",
    },
    unopened: {
      by: (author) =>
        `${author} a fait un changement que cet appareil n’a pas pu lire. Pli s’est tourné vers les autres membres pour continuer.`,
      self: () =>
        "Vous avez fait un changement que cet appareil n’a pas pu lire. Pli s’est tourné vers les autres membres pour continuer.",
      none: () =>
        "Cet appareil n’a pas pu lire un changement du groupe. Pli s’est tourné vers les autres membres pour continuer.",
    },
    notRemoved: {
      by: (author) =>
        `${author} a voulu vous retirer du groupe, mais les autres n’ont pas pu lire ce changement\u202f: il ne compte pas. Vous faites toujours partie du groupe.`,
      self: () =>
        "Vous avez voulu vous retirer du groupe, mais les autres n’ont pas pu lire ce changement\u202f: il ne compte pas. Vous faites toujours partie du groupe.",
      none: () =>
        "Un changement devait vous retirer du groupe, mais les autres n’ont pas pu le lire\u202f: il ne compte pas. Vous faites toujours partie du groupe.",
    },
    dropped: (wanted, why) => `Sans effet\u202f: ${wanted}. ${why}`,
  },
};
