/** How the sentences of a language say numbers. */
import { createPlural } from "@pli/engine/words";

export function createCounting(locale: string) {
  const plural = createPlural(locale);
  return {
    plural,
    /** A number as the language writes it. */
    number: (count: number): string => plural(count, (n) => n),
    /** A number and what it counts. */
    some: (count: number, one: string, other: string): string =>
      plural(count, (n, isOne) => `${n} ${isOne ? one : other}`),
  };
}
