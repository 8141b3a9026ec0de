import { createPlural } from "@pli/engine/words";

const plural = createPlural("fr");

/** Every word about groups, in French. */
export const frGroup = {
  title: "Groupe",
  about: (name: string) => `Fiche du groupe ${name}`,
  new: "Nouveau groupe",
  newText: "Une conversation à plusieurs, avec vos contacts.",
  create: "Créer le groupe",
  creating: "Création du groupe…",
  createWith: (count: number) =>
    plural(count, (n, one) => (one ? `Créer le groupe avec ${n} personne` : `Créer le groupe avec ${n} personnes`)),
  name: "Nom du groupe",
  nameHint: "Ses membres le voient. Le serveur, non.",
  description: "Description",
  descriptionHint: "Facultative : à quoi sert ce groupe, en une phrase ou deux.",
  noContacts: "Un groupe se fait avec des contacts",
  noContactsText:
    "Invitez d’abord quelqu’un : un lien, quatre chiffres, et cette personne pourra entrer dans vos groupes.",
  membersCount: (count: number) => plural(count, (n, one) => (one ? `${n} membre` : `${n} membres`)),
  picture: {
    label: "Image du groupe",
    choose: "Choisir une image",
    change: "Changer l’image",
    remove: "Retirer l’image",
    working: "Préparation de l’image…",
    hint: "Elle est réduite et débarrassée de toute information cachée avant de partir.",
    unreadable: "Cette image ne peut pas être lue. Choisissez-en une autre, en JPEG ou en PNG.",
  },
  people: {
    you: "vous",
    two: (a: string, b: string) => `${a} et ${b}`,
    three: (a: string, b: string, c: string) => `${a}, ${b} et ${c}`,
    more: (a: string, b: string, others: number) =>
      plural(others, (n, one) => (one ? `${a}, ${b} et ${n} autre` : `${a}, ${b} et ${n} autres`)),
  },
  choose: {
    legend: "Qui en fait partie",
    search: "Chercher un contact",
    chosen: (count: number) => plural(count, (n, one) => (one ? `${n} personne choisie` : `${n} personnes choisies`)),
    nothing: (text: string) => `Aucun contact ne correspond à « ${text} ».`,
    drop: "ne plus choisir",
    shown: (count: number) => plural(count, (n, one) => (one ? `${n} nom affiché` : `${n} noms affichés`)),
    more: (count: number) =>
      plural(count, (n, one) => (one ? `Afficher ${n} nom de plus` : `Afficher ${n} noms de plus`)),
  },
  members: {
    title: "Membres",
    search: "Chercher un membre",
    nothing: (text: string) => `Aucun membre ne correspond à « ${text} ».`,
    add: "Ajouter",
    addTitle: "Ajouter des contacts",
    addDo: "Ajouter au groupe",
    addSome: (count: number) => plural(count, (n, one) => (one ? `Ajouter ${n} personne` : `Ajouter ${n} personnes`)),
    addNobody: "Tous vos contacts sont déjà dans ce groupe",
    addNobodyText: "Seuls vos contacts peuvent y être ajoutés. Invitez d’abord la personne.",
    addAsked: "Ajout demandé",
    actions: (name: string) => `Actions pour ${name}`,
    write: "Ouvrir la conversation",
    contact: "Voir sa fiche",
    invite: "Inviter, pour se vérifier",
    remove: "Retirer du groupe",
    removeAsk: (name: string) => `Retirer ${name} du groupe ?`,
    removeText: "Ce qui sera écrit ensuite ne pourra plus être lu de ce côté. Ce qui a déjà été reçu y reste.",
    removed: "Retrait demandé",
    ownerAsk: (name: string) => `Donner à ${name} le rôle de propriétaire ?`,
    ownerText: "Un propriétaire peut tout changer dans le groupe, et même vous en retirer.",
  },
  roles: { owner: "Propriétaire", admin: "Admin", member: "Membre", reader: "Lecture seule" },
  give: {
    owner: "Donner le rôle de propriétaire",
    admin: "Donner le rôle d’admin",
    member: "Donner le rôle de membre",
    reader: "Donner l’accès en lecture seule",
  },
  given: {
    owner: "le rôle de propriétaire",
    admin: "le rôle d’admin",
    member: "le rôle de membre",
    reader: "l’accès en lecture seule",
  },
  yourRole: "Votre rôle",
  roleAsked: "Changement de rôle demandé",
  edit: {
    title: "Modifier le groupe",
    open: "Modifier",
    asked: "Changement demandé",
  },
  rules: {
    title: "Règles",
    open: "Changer les règles",
    readOnly: "Seuls les propriétaires changent ces règles.",
    whoAdds: "Qui ajoute des membres",
    whoWrites: "Qui écrit",
    timer: "Disparition des messages",
    newcomers: "Ce que lisent les nouveaux membres",
    adds: { admins: "Propriétaires et admins", members: "Tous les membres" },
    writes: { everyone: "Tous les membres", admins: "Propriétaires et admins seulement" },
    writesTexts: { everyone: "Une conversation.", admins: "Un canal d’annonces : les autres lisent." },
    newcomersRead: { nothing: "Rien d’avant leur arrivée", week: "Les sept derniers jours" },
    never: "Jamais",
    hour: "au bout d’une heure",
    day: "au bout d’un jour",
    week: "au bout d’une semaine",
    month: "au bout de quatre semaines",
    after: (duration: string) => `au bout de ${duration}`,
    timerText: "Sur chaque appareil, à partir de l’envoi. Qui veut garder un message le peut toujours.",
  },
  pending: {
    title: "Changements en attente",
    cancel: (what: string) => `Annuler : ${what}`,
    cancelled: "Changement annulé",
    store: "Attend le retour du serveur.",
    turn: "Attend son tour : un autre changement passe d’abord.",
    answer: "Attend la réponse de la personne invitée.",
    clock: "Attend une mise à l’heure : cet appareil et celui de l’autre personne ont plus d’un jour d’écart.",
    contact: "Attend qu’un appareil réponde : il faut qu’il se connecte.",
    rejoining: "Attend que le groupe soit rétabli sur cet appareil.",
  },
  operation: {
    add: (who: string) => `Ajouter ${who}`,
    remove: (who: string) => `Retirer ${who}`,
    role: (who: string, given: string) => `Donner à ${who} ${given}`,
    rules: "Modifier le groupe",
    keys: "Renouveler les clés",
    leave: "Quitter le groupe",
    successorGroup: "Relancer le groupe",
    successorGroupWithout: (who: string) => `Relancer le groupe sans ${who}`,
  },
  history: {
    title: "Historique des changements",
    none: "Rien n’a encore changé.",
    older: "Changements plus anciens",
  },
  security: {
    title: "Sécurité",
    level: "Niveau de confiance",
    levelText: "Celui du membre que vous connaissez le moins.",
    keys: "Renouveler les clés maintenant",
    keysText:
      "Pli le fait de lui-même, régulièrement. Faites-le si vous craignez que quelqu’un ait eu accès à cet appareil.",
    keysAsked: "Renouvellement demandé",
  },
  leave: {
    do: "Quitter le groupe",
    ask: (name: string) => `Quitter ${name} ?`,
    text: "Vous ne recevrez plus rien de ce groupe. Ce que vous avez déjà reçu reste ici, tant que vous ne le supprimez pas.",
    rejoiningText:
      "Ce qui n’est pas encore parti ne partira pas. Cet appareil ne peut pas prévenir les autres membres : demandez-leur de vous retirer aussi du groupe.",
    successorText:
      "Ce groupe n’a pas d’autre propriétaire que vous. Choisissez qui le sera après vous : cette personne pourra tout changer.",
    successor: "Qui devient propriétaire",
    leaving: "Départ…",
    left: "Vous ne faites plus partie de ce groupe. Vous pouvez encore le lire.",
    delete: "Supprimer la conversation",
    deleteAsk: "Supprimer cette conversation ?",
    deleteText: "Tous ses messages disparaissent de cet appareil. Rien ne peut les faire revenir.",
    deleteDo: "Supprimer",
  },
  blocked: {
    title: "Les changements de ce groupe sont bloqués",
    text: "Quelqu’un empêche tout changement : ajouts, retraits et clés n’avancent plus. Vos messages passent toujours.",
    suspects: (who: string) => `Cela semble venir de ${who}.`,
    owner: "Un propriétaire peut relancer le groupe.",
    do: "Relancer le groupe…",
    ask: "Relancer le groupe",
    askText:
      "Le groupe repart à neuf avec tous ses membres, sauf ceux que vous laissez de côté. La conversation continue, rien n’en est perdu.",
    without: "Qui laisser de côté",
    confirm: "Relancer",
    asked: "Relance demandée",
  },
  composer: {
    reader: "Vous lisez ce groupe, sans y écrire.",
    announcements: "Seuls les propriétaires et les admins écrivent ici.",
    joining: "Vous entrez dans le groupe…",
    waitsInviter: (name: string) => `Vous avez accepté. Il reste à attendre l’appareil de ${name}.`,
    waitsStore: (store: string) => `En attente du serveur ${store}, qui n’a pas encore répondu.`,
    giveUp: "Renoncer",
    gaveUp: "Vous n’entrez plus dans ce groupe",
    joiningText: (done: string, total: string) => `${done} sur ${total} reçus`,
    leaving: "Vous quittez ce groupe…",
    left: "Vous ne faites plus partie de ce groupe.",
    none: "Vous ne pouvez pas écrire ici pour le moment.",
  },
  questions: {
    title: "À vous de décider",
    plain: "Invitation dans un groupe",
    offered: (from: string, name: string) => `${from} vous invite dans le groupe « ${name} »`,
    added: (from: string) => `${from} vous a mis dans un groupe sans vous le demander`,
    listed: (from: string) => `${from} dit que vous faites partie d’un groupe que cet appareil ne connaît pas`,
    moved: (from: string) => `${from} dit qu’un de vos groupes continue sur un autre serveur`,
    texts: {
      offered: (from: string) =>
        `Le nom du groupe et le nombre de membres sont ceux que donne ${from}. Tant que vous n’avez pas accepté, les autres membres n’en savent rien, et cet appareil ne reçoit rien du groupe.`,
      added: (_from: string) =>
        "Le nom du groupe et ses membres se verront à l’intérieur. Si vous refusez, vous en sortez pour tout le monde.",
      listed: (from: string) =>
        `Si vous acceptez, Pli demande à ${from} de vous y faire entrer. Si vous refusez, vous en sortez pour tout le monde.`,
      moved: (_from: string) =>
        "Si vous refusez, cet appareil reste là où il est, et demande aux autres membres comment continuer.",
    },
    members: "Membres",
    until: "Réponse possible jusqu’au",
    store:
      "Si vous acceptez, cet appareil se connectera à ce serveur, qu’il ne connaît pas. Celui-ci verra votre adresse sur le réseau.",
    isPrivate:
      "Le groupe se trouve sur ce serveur, dont l’adresse n’a de sens qu’à l’intérieur d’un réseau. Cet appareil ne s’y connecte pas sur la demande de quelqu’un d’autre : vous ne pouvez pas accepter.",
    accept: "Entrer dans le groupe",
    acceptStore: "Entrer et se connecter à ce serveur",
    decline: "Refuser",
    block: (name: string) => `Bloquer ${name}`,
    accepted: (from: string) => `C’est accepté : vous y serez dès que l’appareil de ${from} aura répondu`,
    declined: "C’est refusé",
    isOver: "Close",
    over: {
      unanswered: "Sans réponse au bout de deux semaines, la proposition est close.",
      withdrawn: "La proposition a été retirée.",
      failed: "Vous aviez accepté, mais le groupe est resté injoignable. La proposition est close.",
    },
    putAway: "Retirer de la liste",
    gone: "Cette proposition n’existe plus",
    goneText: "Elle a changé, ou elle est close.",
  },
  joining: "Entrée dans le groupe…",
  disappears: (when: string) => `Disparaît ${when}`,
  disappearing: (after: string) => `Les messages disparaissent ${after}`,
  toldBy: (teller: string) => `transmis par ${teller}`,
  toldAuthor: (author: string, teller: string) => `${author}, transmis par ${teller}`,
  toldBefore: (teller: string) =>
    `D’avant votre arrivée, transmis par ${teller}, qui vous a fait entrer. Les auteurs ne vous l’ont pas envoyé eux-mêmes.`,
  rejoining: {
    title: "Le groupe est en train d’être rétabli sur cet appareil",
    stuck: "Cet appareil ne peut pas continuer dans ce groupe",
    since: (when: string) => `Depuis le ${when}.`,
    sinceBy: (when: string, author: string) => `Depuis le ${when}, après un changement fait par ${author}.`,
    waits: (who: string, count: number) =>
      plural(count, (_n, one) => (one ? `Pli attend ${who}.` : `En attente de l’un d’entre eux : ${who}.`)),
    opens: (count: number) =>
      plural(count, (_n, one) =>
        one ? "Il suffit que cette personne ouvre Pli." : "Il suffit que l’une de ces personnes ouvre Pli.",
      ),
    answered: (who: string, count: number) =>
      plural(count, (_n, one) =>
        one
          ? `${who} a répondu. Pli continue de lui-même dès que possible.`
          : `${who} ont répondu. Pli continue de lui-même dès que possible.`,
      ),
    nobody:
      "Vous ne connaissez personne dans ce groupe à qui Pli puisse demander. Dès qu’un de ses membres sera parmi vos contacts, il pourra vous y ramener. Vous pouvez aussi quitter le groupe.",
    refused: (who: string, count: number) =>
      plural(count, (_n, one) =>
        one
          ? `${who} dit que vous ne faites plus partie de ce groupe.`
          : `${who} disent que vous ne faites plus partie de ce groupe.`,
      ),
    wayOut: "Si c’est exact, quittez le groupe ; vous pourrez ensuite supprimer la conversation.",
    messages: "Vos messages partiront ensuite, dans l’ordre.",
    messagesWait: "Ce que vous écrivez attend sur cet appareil.",
  },
  deliveredTo: (count: number) => plural(count, (n) => `remis à ${n}`),
  readBy: (count: number) => plural(count, (n) => `lu par ${n}`),
  change: {
    created: {
      by: (author: string, name: string) => `${author} a créé le groupe « ${name} ».`,
      self: (name: string) => `Vous avez créé le groupe « ${name} ».`,
      none: (name: string) => `Le groupe « ${name} » a été créé.`,
    },
    joined: {
      by: (author: string) => `Vous êtes dans le groupe, à l’invitation de ${author}.`,
      self: () => "Vous êtes dans le groupe.",
      none: () => "Vous êtes dans le groupe.",
    },
    added: {
      by: (author: string, who: string) => `${author} a ajouté ${who}.`,
      self: (who: string) => `Vous avez ajouté ${who}.`,
      none: (who: string) => `Ajout au groupe : ${who}.`,
    },
    removed: {
      by: (author: string, who: string) => `${author} a retiré ${who} du groupe.`,
      self: (who: string) => `Vous avez retiré ${who} du groupe.`,
      none: (who: string) => `Retrait du groupe : ${who}.`,
    },
    removedYou: {
      by: (author: string) => `${author} a mis fin à votre participation. Vous ne recevez plus ce qui s’écrit ici.`,
      self: () => "Vous avez quitté le groupe.",
      none: () => "Vous ne faites plus partie du groupe. Vous ne recevez plus ce qui s’écrit ici.",
    },
    left: (who: string, count: number) =>
      plural(count, (_n, one) => (one ? `${who} a quitté le groupe.` : `${who} ont quitté le groupe.`)),
    leftYou: "Vous avez quitté le groupe.",
    named: {
      by: (author: string, name: string) => `${author} a renommé le groupe : « ${name} ».`,
      self: (name: string) => `Vous avez renommé le groupe : « ${name} ».`,
      none: (name: string) => `Le groupe s’appelle maintenant « ${name} ».`,
    },
    described: {
      by: (author: string) => `${author} a changé la description du groupe.`,
      self: () => "Vous avez changé la description du groupe.",
      none: () => "La description du groupe a changé.",
    },
    pictured: {
      by: (author: string) => `${author} a changé l’image du groupe.`,
      self: () => "Vous avez changé l’image du groupe.",
      none: () => "L’image du groupe a changé.",
    },
    role: {
      by: (author: string, who: string, given: string) => `${author} a donné à ${who} ${given}.`,
      self: (who: string, given: string) => `Vous avez donné à ${who} ${given}.`,
      none: (who: string, given: string) => `${who} a maintenant ${given}.`,
    },
    roleYou: {
      by: (author: string, given: string) => `${author} vous a donné ${given}.`,
      self: (given: string) => `Vous avez maintenant ${given}.`,
      none: (given: string) => `Vous avez maintenant ${given}.`,
    },
    rule: {
      by: (author: string, rule: string) => `${author} a changé une règle : ${rule}.`,
      self: (rule: string) => `Vous avez changé une règle : ${rule}.`,
      none: (rule: string) => `Une règle a changé : ${rule}.`,
    },
    rules: {
      addsAdmins: "seuls les propriétaires et les admins ajoutent des membres",
      addsMembers: "tous les membres peuvent ajouter leurs contacts",
      writesEveryone: "tous les membres écrivent",
      writesAdmins: "seuls les propriétaires et les admins écrivent",
      newcomersNothing: "les nouveaux membres ne lisent rien d’avant leur arrivée",
      newcomersWeek: "les nouveaux membres lisent les sept derniers jours",
      timerOff: "les messages ne disparaissent plus",
      timer: (after: string) => `les messages disparaissent ${after}`,
    },
    refounded: {
      by: (author: string) => `${author} a relancé le groupe, dont les changements étaient bloqués. Rien n’est perdu.`,
      self: () => "Vous avez relancé le groupe, dont les changements étaient bloqués. Rien n’est perdu.",
      none: () => "Le groupe a été relancé : ses changements étaient bloqués. Rien n’est perdu.",
    },
    refoundedWithout: {
      by: (author: string, who: string) =>
        `${author} a relancé le groupe sans ${who} : ses changements étaient bloqués. Rien n’est perdu.`,
      self: (who: string) =>
        `Vous avez relancé le groupe sans ${who} : ses changements étaient bloqués. Rien n’est perdu.`,
      none: (who: string) => `Le groupe a été relancé sans ${who} : ses changements étaient bloqués. Rien n’est perdu.`,
    },
    forkRepaired:
      "Un serveur montrait deux versions de ce groupe. Pli est revenu à celle des autres. Vous n’avez rien à faire.",
    ignored: {
      by: (author: string) => `Un changement que les règles ne permettent pas a été ignoré (par ${author}).`,
      self: () => "Un changement que les règles ne permettent pas a été ignoré (par vous).",
      none: () => "Un changement que les règles ne permettent pas a été ignoré.",
    },
    unopened: {
      by: (author: string) =>
        `${author} a fait un changement que cet appareil n’a pas pu lire. Pli s’est tourné vers les autres membres pour continuer.`,
      self: () =>
        "Vous avez fait un changement que cet appareil n’a pas pu lire. Pli s’est tourné vers les autres membres pour continuer.",
      none: () =>
        "Cet appareil n’a pas pu lire un changement du groupe. Pli s’est tourné vers les autres membres pour continuer.",
    },
    notRemoved: {
      by: (author: string) =>
        `${author} a voulu vous retirer du groupe, mais les autres n’ont pas pu lire ce changement : il ne compte pas. Vous faites toujours partie du groupe.`,
      self: () =>
        "Vous avez voulu vous retirer du groupe, mais les autres n’ont pas pu lire ce changement : il ne compte pas. Vous faites toujours partie du groupe.",
      none: () =>
        "Un changement devait vous retirer du groupe, mais les autres n’ont pas pu le lire : il ne compte pas. Vous faites toujours partie du groupe.",
    },
    dropped: (wanted: string, why: string) => `Sans effet : « ${wanted} ». ${why}`,
  },
};

export type GroupWords = typeof frGroup;
