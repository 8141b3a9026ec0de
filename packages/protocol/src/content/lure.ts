/**
 * What a thief writes who cannot break anything: a link that adds a device of theirs, or a request
 * for the words or codes of a person. A text that looks so gets a mark. It is a help and no guard:
 * somebody who knows the rules below can write around them.
 */

/** `link`: it has a link that adds a device. `secret`: it asks for words or codes of Pli's. */
export type Lure = "link" | "secret";

/** More than any message that is read to its end. */
const MAX_CHARS = 16_384;
const INVISIBLE = /\u034f|[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/gu;
const PERCENT = /%(?:2f|23|64)/giu;

/** Whether a text looks like one of a thief. */
export function lureIn(text: string): Lure | undefined {
  const visible = text.slice(0, MAX_CHARS).normalize("NFKD").replaceAll(INVISIBLE, "");
  if (hasDeviceLink(visible)) return "link";
  return asksForSecret(plain(visible)) ? "secret" : undefined;
}

/** The path of a linking link, and its code: base64url whose first byte is 17 (section 7). */
const DEVICE_PATH = /\/\s{0,4}d\s{0,4}#/giu;
const DEVICE_CODE = /^E[Q-Za-f][\w-]{38}/u;
/** As far as a code is looked for, with the line breaks in it. */
const CODE_REACH = 120;

function hasDeviceLink(text: string): boolean {
  const decoded = text.replaceAll(PERCENT, decodeURIComponent);
  return [...decoded.matchAll(DEVICE_PATH)].some(({ 0: path, index }) => {
    const start = index + path.length;
    return DEVICE_CODE.test(decoded.slice(start, start + CODE_REACH).replaceAll(/[\s>|]/gu, ""));
  });
}

const SECRETS = [
  "(?:recovery|backup|seed|secret) (?:key|words?|phrases?|codes?|passphrase)",
  "passphrases?",
  "(?:the|your|these|those|all) (?:1[89]|eighteen|nineteen) (?:recovery |secret )?words",
  "(?:verification|linking|pairing|pli) codes?",
  "(?:the|your|these|those) (?:4|four)[- ]digits?(?: code)?",
  "(?:cle|phrase|mots?|codes?) (?:de|pli de) (?:recuperation|secours|sauvegarde|restauration)",
  "(?:les|tes|vos|ces) (?:1[89]|dix-huit|dix-neuf) mots",
  "(?:phrases? secretes?|mots secrets|phrases? de passe)",
  "codes? (?:de liaison|de verification|d'appairage|pli)",
  "(?:les|tes|vos|ces) (?:4|quatre) chiffres",
].join("|");

/** What begins a request wherever it stands. */
const ASKED = [
  // to me, to us
  "(?:send|give|tell|text|forward|show|read)(?: it| them)?(?: out)?(?: to)? (?:me|us)",
  "(?:envoie|envoyez|donne|donnez|dis|dites|communique|communiquez|transmets|transmettez|montre|montrez|rappelle|rappelez|lis|lisez)[- ](?:moi|nous)",
  // politely, or as a duty
  "(?:can|could|would|will) you (?:please )?(?:send|give|tell|share|confirm|provide|forward)",
  "you (?:must|have to|need to|should) (?:send|give|tell|share|confirm|provide|forward)",
  "(?:(?:peux|pourrais|dois)-?[ ]?tu|(?:pouvez|pourriez|devez)-?[ ]?vous|tu (?:dois|peux)|vous (?:devez|pouvez)|il faut|merci de|veuillez|priere de) (?:me |nous |m'|nous l')?(?:envoyer|donner|dire|communiquer|transmettre|confirmer|fournir|montrer|partager)",
  // a need, a question
  "(?:i|we) (?:will |just |only |still )?need (?:your|the|those|these|all)",
  "what(?:'s| is| are) your",
  "(?:besoin (?:de|des|du)|il (?:me|nous) (?:faut|faudrait))",
  "(?:quel(?:le)?s? (?:est|sont)|c'est quoi) (?:ton|ta|tes|votre|vos)",
].join("|");

/** Orders, which are orders only where a clause begins: "she sends" is none. */
const ORDERS = [
  "(?:send|give|share|forward|provide|confirm|submit|reply with|tell)",
  "(?:envoie|envoyez|donne|donnez|partage|partagez|communique|communiquez|transmets|transmettez|confirme|confirmez|fournis|fournissez)",
].join("|");
const BEFORE_ORDER = "(?:please|now|then|and|just|alors|maintenant|vite|puis|et|stp|svp|s'il (?:te|vous) plait) ?";

const SECRET = new RegExp(`(?<![\\w])(?:${SECRETS})(?![\\w])`, "gu");
const REQUEST = new RegExp(`(?<![\\w])(?:${ASKED})(?![\\w])|^ *(?:${BEFORE_ORDER}){0,2}(?:${ORDERS})(?![\\w])`, "u");
/** After the words themselves: "your recovery words, send them". */
const REQUEST_BEHIND =
  /^[^.!?\n]{0,40}(?:(?:send|give|tell) (?:it|them)|(?:envoie|envoyez|donne|donnez|dis|dites)-(?:la|le|les))(?!\w)/u;
/** Alone with a question mark: "your passphrase?" */
const BARE_BEFORE = /(?:^|[.!?\n,]) *(?:et |and )?(?:ta|tes|ton|votre|vos|your) $/u;
const BARE_BEHIND = /^ *\?/u;
const DENIED = /(?<!\w)(?:ne|n'\w*|never|not|nobody|no one|jamais|personne|sans|without|\w+n't)(?!\w)/u;
/** Before a secret, how far a request for it is looked for. */
const REACH = 100;

function asksForSecret(text: string): boolean {
  return [...text.matchAll(SECRET)].some(({ 0: secret, index }) => {
    const before = text.slice(Math.max(0, index - REACH), index);
    const behind = text.slice(index + secret.length, index + secret.length + REACH);
    return (
      isRequested(before) ||
      (REQUEST_BEHIND.test(behind) && !DENIED.test(clauseOf(behind))) ||
      (BARE_BEFORE.test(before) && BARE_BEHIND.test(behind))
    );
  });
}

/** Whether one of the clauses of this sentence, up to here, asks for what comes next. */
function isRequested(before: string): boolean {
  const sentence = before.split(/[.!?\n]/u).at(-1) ?? "";
  return sentence.split(/[,;:()]/u).some((clause) => REQUEST.test(clause) && !DENIED.test(clause));
}

const clauseOf = (text: string): string => text.split(/[.!?\n]/u)[0] ?? "";

/** In small letters without accents, with one kind of apostrophe and of space. */
const plain = (text: string): string =>
  text
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll(/[’‘ʼ`´]/gu, "'")
    .replaceAll(/[*_~]/gu, "")
    .replaceAll(/[^\S\n]+/gu, " ");
