/** What is saved of the history of a group, for the parts that read it and leave it as it is. */
import {
  forkCodec,
  forkTimers,
  ownForAll as ownSince,
  stepFork,
  type ForkEffect,
  type ForkEvent,
  type ForkState,
  type GroupControl,
  type Marks,
} from "@pli/protocol/group";
import { toHex } from "@pli/protocol/crypto";
import type { Tx } from "../../runtime/context.ts";
import { findState, type Reducer } from "../../runtime/reducers.ts";
import { listMembers } from "./members.table.ts";

export const FORK: Reducer<ForkState, ForkEvent, ForkEffect> = {
  name: "fork",
  codec: forkCodec,
  step: stepFork,
  timers: forkTimers,
};

export const findForkState = (tx: Tx, conversation: string): Promise<ForkState | undefined> =>
  findState(tx, FORK, conversation);

/** The marks that somebody told. */
export const marksFrom = ({ epochs }: GroupControl & { readonly name: "group-state" }): Marks =>
  epochs.map(({ epoch, mark }) => [epoch, toHex(mark)] as const);

/**
 * Behind which own message all were in the group who are in it now: nobody who came later has a
 * right to what was written before.
 */
export async function ownForAll(tx: Tx, conversation: string): Promise<number> {
  const members = (await listMembers(tx, conversation)).map(({ profile }) => profile);
  return ownSince({ came: (await findForkState(tx, conversation))?.came ?? [] }, members);
}
