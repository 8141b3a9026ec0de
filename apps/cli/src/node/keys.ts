/** Reads keys from the bytes of a terminal. */
import type { Key } from "../world.ts";

const ESC = "\u001b";
const PASTE_BEGINS = `${ESC}[200~`;
const PASTE_ENDS = `${ESC}[201~`;
/**
 * A control sequence (ECMA-48), one of the Linux console or one of a keypad: whole, or its start.
 */
// oxlint-disable-next-line no-control-regex -- what a terminal sends for keys begins with a control character
const SEQUENCE = /^\u001b(?:\[\[?[0-?]*[ -/]*[@-~]|O[ -~])/u;
// oxlint-disable-next-line no-control-regex -- what a terminal sends for keys begins with a control character
const PARTIAL = /^\u001b(?:\[\[?[0-?]*[ -/]*|O)?$/u;

const BY_LETTER: Readonly<Record<string, string>> = {
  A: "up",
  B: "down",
  C: "right",
  D: "left",
  H: "home",
  F: "end",
  Z: "tab",
};
const BY_NUMBER: Readonly<Record<string, string>> = {
  1: "home",
  3: "delete",
  4: "end",
  5: "pageup",
  6: "pagedown",
  7: "home",
  8: "end",
};
const BY_CHARACTER: Readonly<Record<string, string>> = {
  "\r": "return",
  "\n": "enter",
  "\t": "tab",
  "\b": "backspace",
  "\u007f": "backspace",
};

/**
 * The first key of a text, and how many characters of the text it takes. No key: the sequence of a
 * key that Pli does not use.
 */
interface Found {
  readonly key: Key | undefined;
  readonly length: number;
}

export interface KeyReader {
  /** Reads what a terminal sent: any number of keys, the last one perhaps incomplete. */
  take(text: string): void;
  /** Stops, and gives back what was not read. */
  stop(): string;
}

/**
 * Reads keys from what a terminal sends. Escape can be a key or the beginning of another: `wait`
 * runs its work once the rest of a key would have come. A paste is one key, however long it takes.
 */
export function createKeyReader(press: (key: Key) => void, wait: (work: () => void) => () => void): KeyReader {
  let rest = "";
  let stopped = false;
  let stopWaiting = (): void => {};

  function take(text: string): void {
    stopWaiting();
    rest += text;
    readWhole();
    if (!stopped && isEscape(rest)) stopWaiting = wait(escapeAlone);
  }

  function readWhole(): void {
    for (let found = firstKey(rest); found !== undefined && !stopped; found = firstKey(rest)) {
      rest = rest.slice(found.length);
      if (found.key !== undefined) press(found.key);
    }
  }

  function escapeAlone(): void {
    rest = rest.slice(1);
    press(named("escape"));
    readWhole();
  }

  return {
    take,
    stop: () => {
      stopped = true;
      stopWaiting();
      return rest;
    },
  };
}

/** Whether a person can have typed this. The rest of a longer sequence will come. */
const isEscape = (text: string): boolean => text === ESC || text === `${ESC}[` || text === `${ESC}O`;

/** Undefined when the text ends before its first key does. */
function firstKey(text: string): Found | undefined {
  if (text === "") return undefined;
  if (text.startsWith(PASTE_BEGINS)) return paste(text);
  if (text.startsWith(ESC)) return escaped(text);
  const character = String.fromCodePoint(text.codePointAt(0) ?? 0);
  return { key: typed(character), length: character.length };
}

function paste(text: string): Found | undefined {
  const end = text.indexOf(PASTE_ENDS);
  if (end === -1) return undefined;
  const key = { ...named("paste"), text: text.slice(PASTE_BEGINS.length, end) };
  return { key, length: end + PASTE_ENDS.length };
}

/** Alt with another key than Enter counts as Escape and that key, so that nothing typed is lost. */
function escaped(text: string): Found | undefined {
  if (PARTIAL.test(text)) return undefined;
  if (text[1] === "\r") return { key: { ...named("return"), meta: true }, length: 2 };
  const sequence = SEQUENCE.exec(text)?.[0];
  return sequence === undefined
    ? { key: named("escape"), length: 1 }
    : { key: ofSequence(sequence), length: sequence.length };
}

/** `ESC [ number ; modifiers ~`, `ESC [ 1 ; modifiers letter`, `ESC O letter`. */
function ofSequence(sequence: string): Key | undefined {
  const [number = "", modifiers = "1"] = sequence.slice(2, -1).split(";");
  const letter = sequence.slice(-1);
  const name = letter === "~" ? BY_NUMBER[number] : number === "" || number === "1" ? BY_LETTER[letter] : undefined;
  const held = Math.max(0, Number(modifiers) - 1);
  if (name === undefined) return undefined;
  const shift = letter === "Z" || (held & 1) !== 0;
  return { ...named(name), shift, meta: (held & 2) !== 0, ctrl: (held & 4) !== 0 };
}

function typed(character: string): Key | undefined {
  const name = BY_CHARACTER[character];
  if (name !== undefined) return named(name);
  const code = character.codePointAt(0) ?? 0;
  if (code >= 1 && code <= 26) return { ...named(String.fromCodePoint(code + 96)), ctrl: true };
  return code < 32 ? undefined : { ...named(""), text: character };
}

const named = (name: string): Key => ({ name, ctrl: false, meta: false, shift: false, text: "" });
