import { type Attack, both } from "../attack.ts";
import { getsOf, putsOf } from "../clues.ts";

/** Somebody who asks for a label before anything stands there waits for its writer. */
export const askedBeforePut: Attack = {
  name: "label asked for before it is put",
  kind: "asking",
  reads: "gets that find nothing",
  run: (view) => {
    const asked = new Map<string, Set<string>>();
    for (const { label, who, present } of getsOf(view)) {
      if (present === false) asked.set(label, (asked.get(label) ?? new Set()).add(who));
    }
    return putsOf(view).flatMap(({ label, who }) => [...(asked.get(label) ?? [])].flatMap((other) => both(who, other)));
  },
};
