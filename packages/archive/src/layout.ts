/** The files inside an export, in the order in which they stand there (docs/export.md). */

export const HEADER = "export.json";
export const README = "README.txt";
export const END = "end.json";

const CONVERSATIONS = "conversations";

export const contactsFile = (part: number): string => `contacts-${digits(part)}.jsonl`;
export const conversationFile = (nth: number): string => `${folderOf(nth)}/conversation.json`;
export const membersFile = (nth: number, part: number): string => `${folderOf(nth)}/members-${digits(part)}.jsonl`;
export const messagesFile = (nth: number, part: number): string => `${folderOf(nth)}/messages-${digits(part)}.jsonl`;

const folderOf = (nth: number): string => `${CONVERSATIONS}/${digits(nth)}`;
const digits = (n: number): string => String(n).padStart(6, "0");

/** What an export says at its end that it holds. */
export interface Counts {
  readonly contacts: number;
  readonly conversations: number;
  readonly members: number;
  readonly messages: number;
  /** Messages that disappear, and so are not in it. */
  readonly leftOut: number;
}

export const NOTHING: Counts = { contacts: 0, conversations: 0, members: 0, messages: 0, leftOut: 0 };

/** No export has more conversations: a list of them has to be shown. */
export const MOST_CONVERSATIONS = 20_000;

/** For somebody who has opened the file without Pli. */
export const README_TEXT = `Pli: everything that this profile could read, on the day of the export.
Pli : tout ce que ce profil pouvait lire, le jour de l’export.

export.json                             whose export this is, and from when
                                        de qui est cet export, et de quand
contacts-*.jsonl                        the contacts / les contacts
conversations/*/conversation.json       one conversation / une conversation
conversations/*/members-*.jsonl         who is in it / qui en fait partie
conversations/*/messages-*.jsonl        what was written, oldest first
                                        ce qui s’y est écrit, du plus ancien au plus récent
end.json                                how many of each / combien de chaque

One JSON object a line, in UTF-8. Times are milliseconds since 1970.
Un objet JSON par ligne, en UTF-8. Les dates sont en millisecondes depuis 1970.

There is no key in it: nobody can write in this person’s name with it.
Il ne contient aucune clé : personne ne peut écrire au nom de cette personne avec lui.
`;
