import { advanced, chainOf, chainSlot, chainWindow, type Epoch, type Slot } from "@pli/protocol/conversation";
import { concat } from "@pli/protocol/crypto";
import { profileOf } from "@pli/protocol/group";
import { sealCell } from "@pli/protocol/object";
import type { Cell } from "@pli/protocol/wire";
import { FEED, type Ground } from "./ground.ts";

/** Garbage under labels that only a member can know. Says what was done. */
export interface Noise {
  /**
   * Under labels that are free, the next ones or those `ahead` of them: of commits, of the member's
   * own messages, of everybody else's.
   */
  squat(group: string, p: { where: "commits" | "own" | "others"; ahead: number; count: number }): string;
  /** Under the next labels of one member. */
  flood(group: string, p: { whom: string; count: number }): string;
}

const CELL_BYTES = 4096;

export function createNoise({ crypto, groups, epochOf, slotsOf, isFree, putAll }: Ground): Noise {
  const fill = (slots: readonly Slot[]): void =>
    putAll(slots.map((slot) => ({ kind: "cell", label: slot.label, cell: garbage(slot) })));

  /** Noise, or noise that only a member can have sealed, in one of the forms that a message has. */
  function garbage({ key }: Slot): Cell {
    const kind = (["noise", "whole", "fragment", "pointer", "decoy"] as const)[(crypto.random(1)[0] ?? 0) % 5];
    if (kind === undefined || kind === "noise") return crypto.random(CELL_BYTES) as Cell;
    if (kind === "pointer") return sealCell(crypto, key, kind, concat(crypto.random(32), Uint8Array.of(0, 0, 0x20, 0)));
    const isFirst = kind === "fragment" ? Uint8Array.of(0, 2) : new Uint8Array(0);
    return sealCell(crypto, key, kind, concat(isFirst, crypto.random(kind === "fragment" ? 4_074 : 900)));
  }

  function squat(group: string, { where, ahead, count }: Parameters<Noise["squat"]>[1]): string {
    const begun = epochOf(group);
    if (begun === undefined) return "is not in it";
    const { epoch, commits } = slotsOf(begun);
    const slots =
      where === "commits"
        ? commits.filter(isFree).slice(ahead, ahead + count)
        : freeSlots(epoch, where, { ahead, count });
    fill(slots);
    return `${slots.length} labels of epoch ${begun.epoch}`;
  }

  function freeSlots(epoch: Epoch, where: "own" | "others", p: { ahead: number; count: number }): Slot[] {
    return epoch.chains
      .filter(({ leaf }) => (leaf === epoch.ownLeaf) === (where === "own"))
      .flatMap(({ leaf }) =>
        Array.from({ length: p.count }, (_, i) =>
          chainSlot(crypto, chainOf(advanced(crypto, epoch, leaf, p.ahead + i), leaf), FEED),
        ),
      );
  }

  function flood(group: string, { whom, count }: Parameters<Noise["flood"]>[1]): string {
    const begun = epochOf(group);
    if (begun === undefined) return "is not in it";
    const { epoch } = slotsOf(begun);
    const leaves = groups.members(begun.state).filter((member) => profileOf(member) === whom);
    const slots = leaves.flatMap(({ leaf }) => chainWindow(crypto, chainOf(epoch, leaf), FEED, count));
    fill(slots.filter(isFree));
    return `${slots.length} labels of epoch ${begun.epoch}`;
  }

  return { squat, flood };
}
