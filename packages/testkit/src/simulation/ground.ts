import {
  advanced,
  chainOf,
  chainsFromExport,
  chainSlot,
  createGroupEngine,
  type Epoch,
  type GroupEngine,
  type Slot,
} from "@pli/protocol/conversation";
import type { Crypto } from "@pli/protocol/crypto";
import { parseRules, type Rules } from "@pli/protocol/group";
import type { Put } from "@pli/protocol/object";
import { labelKey } from "@pli/protocol/wire";
import type { MemoryStore } from "../memory-store.ts";
import type { Device } from "./device.ts";
import type { Begun, Witness } from "./witness.ts";

/** What a member's keys give who has them: where a group stands, and its labels. */
export interface Ground {
  readonly crypto: Crypto;
  readonly groups: GroupEngine;
  readonly device: Device;
  readonly witness: Witness;
  /** The epoch this member is in, or the one `back` before it. */
  epochOf(group: string, back?: number): Begun | undefined;
  /** Each chain at its first free label, and the labels of commits. */
  slotsOf(begun: Begun): { epoch: Epoch; commits: readonly Slot[] };
  rulesOf(begun: Begun): Rules | undefined;
  isFree(slot: Slot): boolean;
  putAll(puts: readonly Put[]): void;
}

export const FEED = 0;

export function createGround(deps: { crypto: Crypto; device: Device; store: MemoryStore; witness: Witness }): Ground {
  const { crypto, device, store, witness } = deps;
  const groups = createGroupEngine(crypto);

  function epochOf(group: string, back = 0): Begun | undefined {
    return witness
      .begun(device.index)
      .filter((one) => one.group === group)
      .at(-1 - back);
  }

  function slotsOf(begun: Begun): { epoch: Epoch; commits: readonly Slot[] } {
    const leaves = groups.members(begun.state).map(({ leaf }) => leaf);
    const { chains, commits } = chainsFromExport(crypto, begun.exported, FEED, leaves);
    const epoch = { group: begun.state, ownLeaf: groups.ownLeaf(begun.state), chains, commits, callSecret: undefined };
    return { epoch: leaves.reduce(atFreeSlot, epoch), commits };
  }

  /** The epoch with a leaf's chain at its first label under which nothing stands. */
  function atFreeSlot(epoch: Epoch, leaf: number): Epoch {
    let next = epoch;
    while (!isFree(chainSlot(crypto, chainOf(next, leaf), FEED))) next = advanced(crypto, next, leaf, 1);
    return next;
  }

  function rulesOf({ state }: Begun): Rules | undefined {
    const bytes = groups.rules(state);
    const rules = bytes === undefined ? undefined : parseRules(bytes);
    return rules?.ok === true ? rules.value : undefined;
  }

  const isFree = ({ label }: Slot): boolean => !store.table.cells.has(labelKey(label));

  function putAll(puts: readonly Put[]): void {
    for (const put of puts) {
      if (put.kind === "cell") store.put({ type: "put", id: 0, label: put.label, cell: put.cell });
      else store.put({ type: "putBlock", id: 0, label: put.label, block: put.block });
    }
  }

  return { crypto, groups, device, witness, epochOf, slotsOf, rulesOf, isFree, putAll };
}
