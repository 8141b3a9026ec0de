import type { Named, RejoiningView } from "@pli/engine/api";
import type { Context } from "../context.ts";
import type { Reader } from "../naming.ts";
import { people } from "./history.ts";

/** At most this many people are listed one by one. */
const LISTED = 12;

/** What is said of a group that this device is setting up again. */
export interface RejoiningSaid {
  /** Since when, and after whose change, as the end of a sentence. */
  since: string;
  /** For whom it waits, or why it waits for nobody. */
  hope: string[];
  /** What the person can do. */
  advice: string | undefined;
}

export function rejoiningSaid({ words, when }: Context, rejoining: RejoiningView, reader: Reader): RejoiningSaid {
  const say = words.group.rejoining;
  const { waitsFor, answered, refusedBy, by } = rejoining;
  const at = when.moment(rejoining.since);
  const since = by === undefined || by.name === "" ? say.since(at) : say.sinceBy(at, reader.nameOf(by));
  const hope: string[] = [];
  if (refusedBy.length > 0) hope.push(say.refused(people(words, refusedBy, reader), refusedBy.length));
  if (waitsFor.length > 0) hope.push(say.waits(listed(words, waitsFor, reader), waitsFor.length));
  if (hope.length === 0 && answered.length > 0)
    hope.push(say.answered(people(words, answered, reader), answered.length));
  if (hope.length === 0) hope.push(say.nobody);
  return { since, hope, advice: adviceOf(words, rejoining) };
}

function adviceOf({ group }: Context["words"], { waitsFor, answered, refusedBy }: RejoiningView): string | undefined {
  const say = group.rejoining;
  if (refusedBy.length > 0) return say.refusedAdvice;
  if (waitsFor.length > 0) return say.opens(waitsFor.length);
  return answered.length > 0 ? undefined : say.nobodyAdvice;
}

const listed = (words: Context["words"], who: readonly Named[], reader: Reader): string =>
  who.length > LISTED ? people(words, who, reader) : who.map(reader.nameOf).join(", ");

/** The state of setting a group up again, in JSON: the shape of docs/cli.md. */
export const rejoiningFields = ({ since, by, waitsFor, answered, refusedBy }: RejoiningView) => ({
  since,
  by: by ?? null,
  waitsFor,
  answered,
  refusedBy,
});
