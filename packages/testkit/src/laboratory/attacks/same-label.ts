import { type Attack, both } from "../attack.ts";
import { getsOf, isPut } from "../clues.ts";
import type { Seen, View } from "../view.ts";

/** Two addresses that know one label know each other. */
const sameLabel = (name: string, reads: string, pick: (view: View) => readonly Seen[]): Attack => ({
  name,
  kind: "asking",
  reads,
  run: (view) => {
    const users = new Map<string, Set<string>>();
    for (const { label = "", who } of pick(view)) users.set(label, (users.get(label) ?? new Set()).add(who));
    return [...users.values()].flatMap((names) => {
      const all = [...names];
      return all.flatMap((who, i) => all.slice(i + 1).flatMap((other) => both(who, other)));
    });
  },
});

export const commonAbsent = sameLabel("absent label that two asked for", "gets that find nothing", (view) =>
  getsOf(view).filter(({ present }) => present === false),
);
export const commonFetch = sameLabel("cell or block that two fetched", "gets that find something", (view) =>
  getsOf(view).filter(({ present }) => present === true),
);
export const commonPut = sameLabel("label that two put under", "puts", (view) => view.events.filter(isPut));
