/** The record of everything that parts have under one name: of all commands, of all queries. */

/** Of `A | B` what is `A` and `B`. */
type All<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer I) => void ? I : never;
type Under<Part, Name extends string> = Part extends Readonly<Record<Name, infer Record>> ? Record : never;

export type Merged<Parts, Name extends string> = {
  readonly [K in keyof All<Under<Parts[keyof Parts], Name>>]: All<Under<Parts[keyof Parts], Name>>[K];
};

/** Throws when two parts have an entry of the same name: our own mistake. */
export function mergeOf<Parts extends object, Name extends string>(parts: Parts, name: Name): Merged<Parts, Name> {
  const entries = Object.values(parts as Record<string, Partial<Record<Name, object>>>).flatMap((part) =>
    Object.entries(part[name] ?? {}),
  );
  const merged = Object.fromEntries(entries) as Merged<Parts, Name>;
  if (Object.keys(merged).length < entries.length) throw new Error(`two of ${name} have the same name`);
  return merged;
}
