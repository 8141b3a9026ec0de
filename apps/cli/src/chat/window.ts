/** The terminal's window, while the chat has it. */
import type { World } from "../world.ts";
import type { Picture } from "./draw/draw.ts";

const ESC = "\u001b[";

/** The alternate screen of xterm: what was on the screen before comes back afterwards. */
const WHOLE_WINDOW = "?1049";
/** Bracketed paste of xterm: what is pasted comes marked as such. */
const MARKED_PASTE = "?2004";

export interface Window {
  show(picture: Picture): void;
  /** Gives the terminal back as it was. A crash does so too. */
  close(): void;
}

export function openWindow(world: World): Window {
  const { stdout } = world;
  stdout.write(`${ESC}${WHOLE_WINDOW}h${ESC}${MARKED_PASTE}h`);
  const giveBack = (): void => stdout.write(`${ESC}${MARKED_PASTE}l${ESC}?25h${ESC}${WHOLE_WINDOW}l`);
  const stopWatching = world.onExit(giveBack);
  return {
    show: ({ lines, cursor }) => {
      const rows = lines.map((line, i) => `${ESC}${i + 1};1H${ESC}2K${line}`).join("");
      const rest = `${ESC}${lines.length + 1};1H${ESC}J`;
      const place = cursor === undefined ? "" : `${ESC}${cursor.row + 1};${cursor.column + 1}H${ESC}?25h`;
      stdout.write(`${ESC}?25l${rows}${lines.length < stdout.rows() ? rest : ""}${place}`);
    },
    close: () => {
      stopWatching();
      giveBack();
    },
  };
}
