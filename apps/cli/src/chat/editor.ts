/** A text being written, as a value, and what each key does to it. */
import { characters } from "../text/width.ts";
import type { Key } from "../world.ts";

/** The text before the cursor and behind it. */
export interface Editor {
  readonly before: string;
  readonly after: string;
}

export const EMPTY: Editor = { before: "", after: "" };

export const editorOf = (text: string): Editor => ({ before: text, after: "" });

export const textOf = ({ before, after }: Editor): string => before + after;

/** The text after a key. Undefined when it is not an editing key. */
export function edit(editor: Editor, key: Key): Editor | undefined {
  const { before, after } = editor;
  const move = MOVES[key.ctrl ? `ctrl-${key.name}` : key.name];
  if (move !== undefined) return move(editor);
  if ((key.meta && key.name === "return") || (key.ctrl && key.name === "j") || key.name === "enter")
    return { before: `${before}\n`, after };
  if (key.name === "paste") return { before: before + pasted(key.text), after };
  if (key.ctrl || key.meta || key.text === "" || /^\p{Cc}/u.test(key.text)) return undefined;
  return { before: before + key.text, after };
}

/** A pasted text keeps its line breaks and loses other control characters. */
const pasted = (text: string): string =>
  text.replaceAll(/\r\n?/gu, "\n").replaceAll(/\p{Cc}/gu, (char) => (char === "\n" || char === "\t" ? char : ""));

const MOVES: Readonly<Record<string, (editor: Editor) => Editor>> = {
  left: ({ before, after }) => moved(before, after, characters(before).length - 1),
  right: ({ before, after }) => moved(before, after, characters(before).length + 1),
  home: ({ before, after }) => ({ before: "", after: before + after }),
  end: ({ before, after }) => ({ before: before + after, after: "" }),
  "ctrl-a": ({ before, after }) => ({ before: "", after: before + after }),
  "ctrl-e": ({ before, after }) => ({ before: before + after, after: "" }),
  "ctrl-u": ({ after }) => ({ before: "", after }),
  "ctrl-k": ({ before }) => ({ before, after: "" }),
  "ctrl-w": ({ before, after }) => ({ before: before.replace(/\S+\s*$/u, ""), after }),
  backspace: ({ before, after }) => ({ before: characters(before).slice(0, -1).join(""), after }),
  delete: ({ before, after }) => ({ before, after: characters(after).slice(1).join("") }),
};

function moved(before: string, after: string, to: number): Editor {
  const all = characters(before + after);
  return { before: all.slice(0, Math.max(0, to)).join(""), after: all.slice(Math.max(0, to)).join("") };
}
