/**
 * The delivery port: how the engine's parts reach a store. They write, read and follow; they know
 * no socket, no connection and no address of this client, so that a relay can stand behind it.
 */
import type { Put } from "@pli/protocol/object";
import type { Cell, Form, Label } from "@pli/protocol/wire";
import type { ConnectionState } from "../api/views.ts";
import type { Tx } from "../runtime/context.ts";
import type { ErrorCode } from "../runtime/errors.ts";
import type { Expectation } from "./feed/expectations.ts";

/** The feed everybody uses until a store has several. */
export const FEED = 0;

export type ObjectAnswer =
  | { readonly type: "object"; readonly bytes: Uint8Array }
  | { readonly type: "absent" }
  | { readonly type: "broken" };

/** An object in the store: what its labels and keys come from, and how long it may be. */
export interface ObjectPlace {
  readonly seed: Uint8Array;
  readonly maxBytes: number;
}

export interface GetOptions {
  /** An object whose first chunk the feed has not shown is absent: the store is not asked. */
  readonly feedOnly?: boolean;
  /** Hears the number of bytes of each chunk that has come. */
  readonly progressed?: (bytes: number) => void;
}

/** One store. */
export interface Delivery {
  /**
   * Stores a cell or a block under its label. `created`: it is durable, also for the second time;
   * `taken`: another stands there. Rejects with `PliError`: `store_unreachable` when the store
   * cannot be asked, `store_slow` when it is not known whether the put took effect, or what the
   * store refused with.
   */
  put(put: Put): Promise<"created" | "taken">;
  readonly get: {
    /**
     * The cell that the feed has shown under a label. Undefined: it has shown none as far as this
     * device remembers; the store is not asked, and what is written there later comes by the feed.
     * Waits for the store as long as it takes. Rejects with `engine_gone` at the end.
     */
    cell(label: Label): Promise<Cell | undefined>;
    /**
     * Chunks that the feed showed are taken from there, the store is asked for the others. Waits
     * for the store as long as it takes. Rejects with `engine_gone` at the end.
     */
    object(place: ObjectPlace, how?: GetOptions): Promise<ObjectAnswer>;
  };
  /** Begins to follow the feed. Whatever it brings goes to this one follower. */
  follow(follower: Follower): void;
}

/** What is done with what a feed brings. */
export interface Follower {
  /** An expected cell, inside the transaction that also saves the position. */
  arrived(tx: Tx, expectation: Expectation, cell: Cell): Promise<void>;
  /**
   * Cells were missed: this device was away longer than the store keeps them, or the store's data
   * is another.
   */
  missed(tx: Tx, store: string, why: "expired" | "replaced"): Promise<void>;
  /** The store can be reached and everything stored so far has been read. */
  ready(store: string): void;
}

/** Whether a store can be reached. */
export interface Reach {
  readonly state: ConnectionState;
  readonly since: number;
  readonly error: ErrorCode | undefined;
  /** When the store answered last, or this began: by the clock that people see. */
  readonly answeredAt: number;
  /** While it cannot be reached: when it is called next. */
  readonly nextTry: number | undefined;
}

/** What is known of a store, read only. */
export interface StoreFacts {
  readonly store: string;
  reach(): Reach;
  /** How long it keeps cells; undefined until it has said so. */
  retentionDays(): number | undefined;
  /** This device's clock minus the store's when it said hello, in seconds. */
  skew(): number;
  /**
   * The same by now, as far as is known: while the store is reached, moved as much as this clock
   * was since. Undefined while the store has not answered the first call yet; 0 when it did not.
   */
  clockOff(): number | undefined;
  /** Reached, and all of its feed so far is read. */
  isReady(): boolean;
  /** The position at which the feed ends, as far as the store has told: the same for everybody. */
  end(): number;
  /** In which form the feed came last; undefined: none did yet. */
  form(): Form | undefined;
  catchUp(): { done: number; total: number } | undefined;
}
