import type { PliApi } from "@pli/engine/api";
import type { Context } from "./context.ts";

/** How a command takes its leave of the engine. */
export interface Parting {
  /** It changed something: programs are told, too, what has not left yet. */
  acts?: boolean;
  /** How long what it brought about may take to leave. */
  ms?: number;
  /** Messages of which it has said already that they wait. */
  told?: () => number;
}

/** What has not left, and how many of each. */
export type Waiting = Awaited<ReturnType<PliApi["drain"]>>;

/** How long that is waited for, unless somebody says. */
export const PARTING_MS = 10_000;

/**
 * Before a command ends: lets leave what can leave, for a while, and says what still waits. Receipts have times of their own
 * and are not waited for. Ctrl-C ends it, and so does an engine that cannot say.
 */
export async function part(context: Context, api: PliApi, parting: Parting): Promise<void> {
  const ms = parting.ms ?? PARTING_MS;
  if (ms === 0) return;
  const { promise: interrupted, resolve: interrupt } = Promise.withResolvers<undefined>();
  const stop = context.world.onInterrupt(() => interrupt(undefined));
  const waiting = await Promise.race([api.drain({ ms }).catch(() => undefined), interrupted]);
  stop();
  if (waiting === undefined || waitingThings(waiting) === 0) return;
  if (parting.acts === true) context.emit({ event: "waiting", ...waiting });
  if (waitingThings(waiting) > (parting.told?.() ?? 0))
    context.note(context.words.parting.said(waitingPhrase(context, waiting)));
}

/** How many things wait, receipts left aside. */
export const waitingThings = ({ messages, pairings, changes, notes }: Waiting): number =>
  messages + pairings + changes + notes;

/** They, counted, as the beginning of a sentence: "2 messages and 1 change of a group". */
export function waitingPhrase({ words }: Context, { messages, pairings, changes, notes }: Waiting): string {
  const { things } = words.parting;
  const parts = Object.entries({ messages, pairings, changes, notes })
    .filter(([, count]) => count > 0)
    .map(([what, count]) => things[what as keyof typeof things](count));
  return new Intl.ListFormat(words.locale, { type: "conjunction" }).format(parts);
}
