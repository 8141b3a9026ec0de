import { type Attack, both } from "../attack.ts";
import { getsOf, putsOf } from "../clues.ts";

/** Who asks for a label at which nothing stands yet waits for whoever puts it. */
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
