/** Lower case without accents: what people type when they search. */
export function folded(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

/** Whether every word typed begins a word of the name. */
export function matches(name: string, typed: string): boolean {
  const words = folded(name).split(/[^\p{L}\p{N}]+/u);
  const wanted = folded(typed).split(/\s+/u).filter(Boolean);
  return wanted.every((start) => words.some((word) => word.startsWith(start)));
}
