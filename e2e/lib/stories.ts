import type { Language } from "../../apps/web/src/words/index.ts";

interface Line {
  who: string;
  to: string;
  text: string;
}

/** Two weeks at work that never were, for the pictures. */
export interface Story {
  me: string;
  contacts: string[];
  /** Hours before the present at which everybody met. */
  meetings: number;
  scenes: { hoursAgo: number; lines: Line[] }[];
  /** A group that I make when all that was said, for work that several share. */
  group: {
    name: string;
    description: string;
    hoursAgo: number;
    /** Contacts by name, in the order of choosing. */
    members: string[];
    lines: { who: string; text: string }[];
    /** Who becomes an admin half-way. */
    admin: string;
    last: string;
  };
  /** What waits unread in the end. */
  waiting: { who: string; text: string }[];
  /** What I answer last, and what the first contact then writes. */
  last: string;
  typing: string;
}

/** Lines of two people who take turns by sign: `>` is me. */
function talk(me: string, other: string, ...lines: string[]): Line[] {
  return lines.map((line) => {
    const mine = line.startsWith(">");
    return { who: mine ? me : other, to: mine ? other : me, text: mine ? line.slice(1).trim() : line };
  });
}

const NADIA = "Nadia Benali";
const ELEANOR = "Eleanor Hayes";

export const STORIES: Record<Language, Story> = {
  fr: {
    me: NADIA,
    contacts: ["Camille Moreau", "Julien Ferrand", "Inès Caron", "Thomas Le Goff", "Service du protocole"],
    meetings: 72,
    scenes: [
      {
        hoursAgo: 71,
        lines: [
          ...talk(NADIA, "Service du protocole", "Les cartons d’invitation sont partis ce matin.", "> Parfait, merci."),
          ...talk(NADIA, "Thomas Le Goff", "> Le train de 8 h 12 te va ?", "Oui. Je réserve les deux places."),
        ],
      },
      {
        hoursAgo: 18,
        lines: talk(
          NADIA,
          "Camille Moreau",
          "Bonsoir Nadia. La note pour le Conseil est prête, il reste le chiffrage.",
          "> Merci Camille. Qui le relit ?",
          "Julien ce soir, puis moi demain à la première heure.",
          "> Très bien. **Rien par courriel**, on garde tout ici.",
        ),
      },
      { hoursAgo: 16, lines: talk(NADIA, "Inès Caron", "> Tu as la salle pour jeudi ?", "Oui, la 214, dès 9 h.") },
      {
        hoursAgo: 2,
        lines: talk(
          NADIA,
          "Camille Moreau",
          "Bonjour. Chiffrage relu, deux corrections :\n- l’annexe B reprend les montants de mars\n- le total passe à 41,2 M€",
          "> C’est cohérent avec ce que dit le Budget ?",
          "Oui, je viens de les avoir. Ils confirment.",
        ),
      },
      { hoursAgo: 1.2, lines: talk(NADIA, "Julien Ferrand", "> Bravo pour hier soir.", "Merci ! Court mais tendu.") },
      {
        hoursAgo: 0.4,
        lines: talk(
          NADIA,
          "Camille Moreau",
          "> Alors on peut l’envoyer. Je préviens le ministre avant 11 h.",
          "D’accord. Je reste joignable jusqu’à midi.",
        ),
      },
    ],
    group: {
      name: "Conseil de jeudi",
      description: "Préparation du Conseil : notes, ordre du jour, derniers arbitrages.",
      hoursAgo: 0.3,
      members: ["Camille Moreau", "Julien Ferrand", "Inès Caron", "Thomas Le Goff"],
      admin: "Camille Moreau",
      lines: [
        { who: NADIA, text: "Bonjour à tous. On garde ici **tout ce qui touche à jeudi**." },
        { who: "Camille Moreau", text: "Parfait. L’ordre du jour : la note, puis le calendrier." },
        { who: "Camille Moreau", text: "Je dépose la version finale à 11 h." },
        { who: "Inès Caron", text: "La salle 214 est confirmée, visio comprise." },
        { who: "Julien Ferrand", text: "Pour l’annexe B, on retient le tableau court ?" },
        { who: NADIA, text: "Oui, une page." },
      ],
      last: "Reçu, merci. J’imprime six exemplaires.",
    },
    waiting: [
      { who: "Thomas Le Goff", text: "Je suis arrivé, on commence quand tu veux." },
      { who: "Julien Ferrand", text: "Une question sur l’annexe B" },
      { who: "Julien Ferrand", text: "Le tableau 3, on le garde ?" },
    ],
    last: "Entendu.",
    typing: "Au fait : la version finale porte la date du 24.",
  },
  en: {
    me: ELEANOR,
    contacts: ["Marcus Whitfield", "Priya Nair", "Claire Donnelly", "Tom Ashworth", "Press office"],
    meetings: 72,
    scenes: [
      {
        hoursAgo: 71,
        lines: [
          ...talk(ELEANOR, "Press office", "The lines for Thursday are with your office.", "> Thank you, reading now."),
          ...talk(ELEANOR, "Tom Ashworth", "> Does the 8.12 train suit you?", "It does. I’ll book both seats."),
        ],
      },
      {
        hoursAgo: 18,
        lines: talk(
          ELEANOR,
          "Marcus Whitfield",
          "Evening, Eleanor. The cabinet paper is ready but for the costing.",
          "> Thank you. Who is checking it?",
          "Priya tonight, then me first thing tomorrow.",
          "> Good. **Nothing by e-mail**, let’s keep it all here.",
        ),
      },
      {
        hoursAgo: 16,
        lines: talk(ELEANOR, "Claire Donnelly", "> Do we have a room for Thursday?", "Yes, 214 from nine."),
      },
      {
        hoursAgo: 2,
        lines: talk(
          ELEANOR,
          "Marcus Whitfield",
          "Good morning. Costing checked, two corrections:\n- annex B repeats the March figures\n- the total is now £36.4m",
          "> Does that agree with what the Treasury says?",
          "Yes, just had them on the line. They confirm.",
        ),
      },
      { hoursAgo: 1.2, lines: talk(ELEANOR, "Priya Nair", "> Well done last night.", "Thanks! Short but tense.") },
      {
        hoursAgo: 0.4,
        lines: talk(
          ELEANOR,
          "Marcus Whitfield",
          "> Then we can send it. I’ll tell the minister before eleven.",
          "Agreed. You can reach me until noon.",
        ),
      },
    ],
    group: {
      name: "Thursday’s cabinet",
      description: "Getting ready for Thursday: papers, agenda, last decisions.",
      hoursAgo: 0.3,
      members: ["Marcus Whitfield", "Priya Nair", "Claire Donnelly", "Tom Ashworth"],
      admin: "Marcus Whitfield",
      lines: [
        { who: ELEANOR, text: "Good morning, all. **Everything about Thursday** stays in here." },
        { who: "Marcus Whitfield", text: "Good. The agenda: the paper first, then the timetable." },
        { who: "Marcus Whitfield", text: "The final version will be here at eleven." },
        { who: "Claire Donnelly", text: "Room 214 is confirmed, with the screen." },
        { who: "Priya Nair", text: "For annex B, do we take the short table?" },
        { who: ELEANOR, text: "Yes, one page." },
      ],
      last: "Got it, thank you. I’ll print six copies.",
    },
    waiting: [
      { who: "Tom Ashworth", text: "I’m here, start whenever you like." },
      { who: "Priya Nair", text: "A question about annex B" },
      { who: "Priya Nair", text: "Do we keep table 3?" },
    ],
    last: "Understood.",
    typing: "By the way: the final version is dated the 24th.",
  },
};
