import type { Named } from "@pli/engine/api";
import type { Wording } from "../../wording.ts";

/** Several people in a few words: at most three are named, and oneself is never left out. */
export function peopleOf(
  who: readonly Named[],
  { self, words, nameOf }: Pick<Wording, "self" | "words" | "nameOf">,
): string {
  const say = words.group.people;
  const others = who.filter(({ id }) => id !== self).map(nameOf);
  const names = others.length === who.length ? others : [...others.slice(0, 1), say.you, ...others.slice(1)];
  const [a = "", b = "", c = ""] = names;
  if (names.length < 2) return a;
  if (names.length === 2) return say.two(a, b);
  return names.length === 3 ? say.three(a, b, c) : say.more(a, b, names.length - 2);
}
