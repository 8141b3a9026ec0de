/**
 * What is measured, and beside what: each system is one Peer, and does the same work through the
 * same few calls.
 */
import type { ServerProcess } from "./server-process.ts";

export const WORKS = ["puts", "gets", "delivery", "catch-up", "restart"] as const;
export type Work = (typeof WORKS)[number];

export interface Peer {
  readonly name: string;
  /** What of the work it can do; `how` says why not the rest. */
  readonly works: readonly Work[];
  /** Debian packages it needs. */
  readonly packages: readonly string[];
  /** What one put is, when it is answered, and what drives it: a sentence for the table. */
  readonly how: string;
  /**
   * The most values it is filled with, where it cannot hold or cannot take more in reasonable time.
   */
  readonly most?: number;
  /** What a reader has taken is gone from it. */
  readonly consumes?: boolean;
  /** It answers before the value is on the disk, and SIGKILL may lose what it had not written. */
  readonly mayLose?: boolean;
  /**
   * Starts it on loopback with its data in `place.folder`, which may hold the data of an earlier
   * start; ready when it resolves.
   */
  start(place: Place): Promise<RunningPeer>;
}

export interface Place {
  readonly folder: string;
  readonly port: number;
}

export interface RunningPeer {
  readonly process: ServerProcess;
  /**
   * A client for one writer; several may share a connection. A `followed` one also tells followers
   * of what it puts.
   */
  connect(options?: { readonly followed: boolean }): Promise<PeerClient>;
  /**
   * Calls back with each value, or at least its first 16 bytes, from the oldest kept or from now
   * on.
   */
  follow?(from: "start" | "now", each: (value: Uint8Array) => void): Promise<Follower>;
  /**
   * Reads that many values, from the oldest on, in its fastest way. Used where there is no feed to
   * follow.
   */
  readMany?(count: number, keys: readonly Buffer[]): Promise<void>;
}

/** Each call may be made again before the last has resolved. */
export interface PeerClient {
  /** Resolves when the system says that it has the value; rejects when it does not take it. */
  put(key: Buffer, value: Buffer): Promise<void>;
  get?(key: Buffer): Promise<Uint8Array>;
  close(): Promise<void>;
}

export interface Follower {
  stop(): Promise<void>;
}
