import type { PliApi } from "@pli/engine/api";
import type { Context } from "./context.ts";

/** How a command ends. */
export interface Parting {
  /** The command changed something. What has not left yet is then said with --json too. */
  acts?: boolean;
  /** How long to wait for what it brought about to leave. */
  ms?: number;
  /** How many messages the command itself has said to be waiting. */
  told?: () => number;
}

/** What has not left, and how many of each. */
export type Waiting = Awaited<ReturnType<PliApi["drain"]>>;

/** How long a command waits for that, unless it says otherwise. */
export const PARTING_MS = 10_000;

/**
 * Before a command ends: lets leave what can leave, for a while, and says what still waits.
 * Receipts have times of their own and are not waited for. Ctrl-C ends it, and so does an engine
 * that cannot say.
 */
export async function part(context: Context, api: PliApi, parting: Parting): Promise<void> {
  const ms = parting.ms ?? PARTING_MS;
  if (ms === 0) return;
  const waiting = await leaving(context, api, ms).catch(() => undefined);
  if (waiting === undefined || waitingThings(waiting) === 0) return;
  if (parting.acts === true) context.emit({ event: "waiting", ...waiting });
  if (waitingThings(waiting) > (parting.told?.() ?? 0))
    context.note(context.words.parting.said(waitingPhrase(context, waiting)));
}

/** Waits until all that can leave has left: what still waits, or undefined at Ctrl-C. */
export async function leaving({ world }: Context, api: PliApi, ms: number): Promise<Waiting | undefined> {
  const { promise: interrupted, resolve: interrupt } = Promise.withResolvers<undefined>();
  const stop = world.onInterrupt(() => interrupt(undefined));
  try {
    return await Promise.race([api.drain({ ms }), interrupted]);
  } finally {
    stop();
  }
}

/** How many things wait, receipts left aside. */
export const waitingThings = ({ messages, pairings, changes, notes }: Waiting): number =>
  messages + pairings + changes + notes;

/** Counts them in words, to begin a sentence: "2 messages and 1 change of a group". */
export function waitingPhrase({ words }: Context, { messages, pairings, changes, notes }: Waiting): string {
  const { things } = words.parting;
  const parts = Object.entries({ messages, pairings, changes, notes })
    .filter(([, count]) => count > 0)
    .map(([what, count]) => things[what as keyof typeof things](count));
  return new Intl.ListFormat(words.locale, { type: "conjunction" }).format(parts);
}
