import { type Attack, both } from "../attack.ts";
import { getsOf, writersOf } from "../clues.ts";

/** Who fetches a cell or a block by its label is who it was written for. */
export const fetchedFrom: Attack = {
  name: "writer of what was fetched",
  kind: "asking",
  reads: "gets that find something",
  run: (view) => {
    const writers = writersOf(view);
    return getsOf(view).flatMap(({ who, label, present }) =>
      present === true ? both(who, writers.get(label) ?? who) : [],
    );
  },
};
