/**
 * The objects that an invitation points at, fetched from the store: never more than the invitation
 * says, and no longer than the person wants to join.
 */
import { MAX_TREE_BYTES, MAX_WELCOME_BYTES } from "@pli/protocol/conversation";
import { MAX_ROSTER_BYTES } from "@pli/protocol/group";
import { unpadObject } from "@pli/protocol/object";
import type { Context, Tx } from "../../runtime/context.ts";
import { saveProgress } from "../../epochs/conversations.table.ts";
import type { Delivery } from "../../delivery/port.ts";
import type { Kept, KeptPlace } from "./invitations.ts";
import type { Talk } from "./talk.ts";

/** How many bytes must have come before people see again how far it is. */
const PROGRESS_STEP = 256 * 1024;
/** Padding at most doubles. */
const PADDED = 2;

/** The person has ended it: nothing more is fetched. */
class Stopped extends Error {}

/** What was found at each place of an invitation; undefined where the store has no such object. */
export type Fetched = { readonly [K in keyof Kept["places"]]: Uint8Array | undefined };

export interface WelcomeObjects {
  /** What this invitation into a conversation points at. Rejects when it is stopped meanwhile. */
  fetch(conversation: string, kept: Kept): Promise<Fetched>;
  /** Nothing more is fetched for this conversation. */
  stop(tx: Tx, conversation: string): void;
  /** What was stopped may be fetched again. */
  allow(tx: Tx, conversation: string): void;
}

export function createWelcomeObjects(
  context: Context,
  deps: { talk: Talk; delivery(store: string): Delivery },
): WelcomeObjects {
  const stopped = new Set<string>();

  async function fetch(id: string, kept: Kept): Promise<Fetched> {
    const { store, places } = kept;
    const progressed = progressOf(id, bytesOf(kept));
    const fetchOne = async ({ seed, length }: KeptPlace, max: number): Promise<Uint8Array | undefined> => {
      progressed(0);
      const place = { seed: deps.talk.bytes(seed), maxBytes: Math.min(PADDED * max, length) };
      const answer = await deps.delivery(store).get.object(place, { progressed });
      return answer.type === "object" ? unpadObject(answer.bytes) : undefined;
    };
    const welcome = await fetchOne(places.welcome, MAX_WELCOME_BYTES);
    const tree = await fetchOne(places.tree, MAX_TREE_BYTES);
    const roster = await fetchOne(places.roster, MAX_ROSTER_BYTES);
    return { welcome, tree, roster };
  }

  /** Tells people how far it is, now and then. */
  function progressOf(id: string, total: number): (bytes: number) => void {
    let done = 0;
    let shown = 0;
    return (bytes) => {
      if (stopped.has(id)) throw new Stopped();
      done += bytes;
      if (done - shown < PROGRESS_STEP) return;
      shown = done;
      void context
        .transact((tx) => saveProgress(tx, id, { done: Math.min(done, total), total }))
        .catch(() => undefined);
    };
  }

  return {
    fetch,
    stop: (tx, id) => tx.after(() => stopped.add(id)),
    allow: (tx, id) => tx.after(() => stopped.delete(id)),
  };
}

/** What an invitation points at, by its own word: no more is fetched. */
export const bytesOf = ({ places: { welcome, tree, roster } }: Kept): number =>
  welcome.length + tree.length + roster.length;
