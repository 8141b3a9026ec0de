/** The styles of Pli. They change nothing outside a terminal, or where NO_COLOR is set. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  accent(text: string): string;
  warning(text: string): string;
  reverse(text: string): string;
}

export function createStyle(enabled: boolean): Style {
  const paint = (on: number, off: number) => (text: string) =>
    enabled && text !== "" ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  return {
    bold: paint(1, 22),
    dim: paint(2, 22),
    accent: paint(36, 39),
    warning: paint(33, 39),
    reverse: paint(7, 27),
  };
}

export function wantsStyle(isTerminal: boolean, env: Record<string, string | undefined>): boolean {
  return isTerminal && (env["NO_COLOR"] ?? "") === "" && env["TERM"] !== "dumb";
}
