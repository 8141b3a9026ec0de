/** What is saved of the history of a group, for the parts that read it and leave it as it is. */
import {
  forkCodec,
  forkTimers,
  forAllOf,
  stepFork,
  type EpochMark,
  type ForAll,
  type ForkEffect,
  type ForkEvent,
  type ForkState,
  type GroupControl,
  type Marks,
  type ToldState,
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
export const marksFrom = ({ epochs = [] }: { readonly epochs?: readonly EpochMark[] }): Marks =>
  epochs.map(({ epoch, mark }) => [epoch, toHex(mark)] as const);

/** The history that somebody told. */
export function toldFrom(state: GroupControl & { readonly name: "group-state" }): ToldState {
  const { since, group } = state;
  return { group: toHex(group), marks: marksFrom(state), ...(since !== undefined && { since }) };
}

/**
 * What all who are in the group have a right to, of own messages: nobody who came later has one to
 * what was said before.
 */
export async function findForAll(tx: Tx, conversation: string): Promise<ForAll> {
  const members = (await listMembers(tx, conversation)).map(({ profile }) => profile);
  return forAllOf({ came: (await findForkState(tx, conversation))?.came ?? [] }, members);
}
