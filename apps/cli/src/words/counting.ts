import { createPlural } from "@pli/engine/words";

/** How sentences of a language say numbers. */
function createCounting(locale: string) {
  const plural = createPlural(locale);
  return {
    plural,
    /** A number as the language writes it. */
    number: (count: number): string => plural(count, (n) => n),
    /** A number and what it is of. */
    some: (count: number, one: string, other: string): string =>
      plural(count, (n, isOne) => `${n} ${isOne ? one : other}`),
  };
}

export const countingEn = createCounting("en-GB");
export const countingFr = createCounting("fr");
