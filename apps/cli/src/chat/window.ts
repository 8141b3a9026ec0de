import type { World } from "../world.ts";
import type { Picture } from "./draw.ts";

const ESC = "\u001b[";

/** A terminal's window while the chat has it. What was on it before is there again afterwards. */
export interface Window {
  show(picture: Picture): void;
  close(): void;
}

export function openWindow(world: World): Window {
  const { stdout } = world;
  stdout.write(`${ESC}?1049h`);
  return {
    show: ({ lines, cursor }) => {
      const rows = lines.map((line, i) => `${ESC}${i + 1};1H${ESC}2K${line}`).join("");
      const rest = `${ESC}${lines.length + 1};1H${ESC}J`;
      const place = cursor === undefined ? "" : `${ESC}${cursor.row + 1};${cursor.column + 1}H${ESC}?25h`;
      stdout.write(`${ESC}?25l${rows}${lines.length < stdout.rows() ? rest : ""}${place}`);
    },
    close: () => stdout.write(`${ESC}?25h${ESC}?1049l`),
  };
}
