/** The form of a phrase that agrees with a number, by the rules of the language. `other` when a form is not given. */
export function createPlural(locale: string): (count: number, one: string, other: string) => string {
  const rules = new Intl.PluralRules(locale);
  return (count, one, other) => (rules.select(count) === "one" ? one : other);
}
