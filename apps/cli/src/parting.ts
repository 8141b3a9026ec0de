/** The end of a command: what it brought about should leave this device first. */
import type { PliApi } from "@pli/engine/api";
import type { Context } from "./context.ts";

/** How a command ends. */
export interface Parting {
  /** The command changed something. With `--json` it then prints what has not left yet. */
  acts?: boolean;
  /** How long to wait until everything has left, in ms. */
  ms?: number;
  /** How many waiting messages the command has reported itself. */
  reported?: () => number;
}

/** How many things of each kind have not left. */
export type Waiting = Awaited<ReturnType<PliApi["drain"]>>;

/** How long a command waits for that by default. */
export const PARTING_MS = 10_000;

/**
 * Waits before a command ends until everything that can leave has left, and prints what still
 * waits. Receipts leave at times of their own and are not waited for. Ctrl-C ends the waiting, and
 * so does a failure of the engine.
 */
export async function part(context: Context, api: PliApi, parting: Parting): Promise<void> {
  const ms = parting.ms ?? PARTING_MS;
  if (ms === 0) return;
  const waiting = await leaving(context, api, ms).catch(() => undefined);
  if (waiting === undefined || waitingThings(waiting) === 0) return;
  if (parting.acts === true) context.emit({ event: "waiting", ...waiting });
  if (waitingThings(waiting) > (parting.reported?.() ?? 0))
    context.note(context.words.parting.said(waitingPhrase(context, waiting)));
}

/** Waits until everything that can leave has left. Gives what still waits; undefined at Ctrl-C. */
export async function leaving({ world }: Context, api: PliApi, ms: number): Promise<Waiting | undefined> {
  const { promise: interrupted, resolve: interrupt } = Promise.withResolvers<undefined>();
  const stop = world.onInterrupt(() => interrupt(undefined));
  try {
    return await Promise.race([api.drain({ ms }), interrupted]);
  } finally {
    stop();
  }
}

/** How many things wait, without receipts. */
export const waitingThings = ({ messages, pairings, changes, notes }: Waiting): number =>
  messages + pairings + changes + notes;

/** What waits, in words: "2 messages and 1 change of a group". */
export function waitingPhrase({ words }: Context, { messages, pairings, changes, notes }: Waiting): string {
  const { things } = words.parting;
  const parts = Object.entries({ messages, pairings, changes, notes })
    .filter(([, count]) => count > 0)
    .map(([what, count]) => things[what as keyof typeof things](count));
  return new Intl.ListFormat(words.locale, { type: "conjunction" }).format(parts);
}
