/** The glossary: few words, in order, each explained by one sentence. */
const MOST = 60;
const ROW = /^\| (.+?) \| (.+?) \|$/gm;

/** What is wrong with the glossary, as sentences. */
export function glossaryProblems(text: string): string[] {
  const [, ...rows] = [...text.matchAll(ROW)].map(([, word = "", meaning = ""]) => ({ word, meaning }));
  const words = rows.map(({ word }) => word.replaceAll("`", "").toLowerCase());
  const misplaced = words.find((word, i) => i > 0 && word < (words[i - 1] ?? ""));
  return [
    ...(rows.length > MOST ? [`it has ${rows.length} entries, more than ${MOST}`] : []),
    ...(misplaced === undefined ? [] : [`“${misplaced}” is not in its place`]),
    ...rows.filter(({ meaning }) => !isOneSentence(meaning)).map(({ word }) => `“${word}” is not one sentence`),
  ];
}

const isOneSentence = (meaning: string): boolean => /^[A-Z][^]*\.$/.test(meaning) && !/\.\s+[A-Z]/.test(meaning);
