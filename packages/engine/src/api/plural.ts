/**
 * What a sentence says of a number, by the rules of the language: in French 0 agrees like 1. `say`
 * is given the number as the language writes it, and whether the words are those of one: the number
 * in the sentence is never another than the count.
 */
export type Plural = (count: number, say: (n: string, one: boolean) => string) => string;

export function createPlural(locale: string): Plural {
  const rules = new Intl.PluralRules(locale);
  const numbers = new Intl.NumberFormat(locale);
  return (count, say) => say(numbers.format(count), rules.select(count) === "one");
}
