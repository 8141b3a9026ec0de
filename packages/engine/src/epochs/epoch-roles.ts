import { mayWrite, parseRules, seatFrom, type Rules, type Seat } from "@pli/protocol/group";
import type { Context } from "../runtime/context.ts";
import { damaged } from "../runtime/storage/row.ts";
import type { HeldEpoch } from "./epochs.table.ts";

/** Epochs whose people are kept in memory. */
const MAX_KNOWN = 64;

/**
 * Who the people of an epoch are, and what its rules let them do: the same as long as the epoch
 * lasts.
 */
export interface EpochRoles {
  /** The profile a leaf belongs to, in hexadecimal. */
  authorAt(held: HeldEpoch, leaf: number): string | undefined;
  /** Whose the leaves are, and by which keys, by leaf. */
  seats(held: HeldEpoch): ReadonlyMap<number, Seat>;
  /** The device of that profile, in hexadecimal. */
  deviceAt(held: HeldEpoch, leaf: number): string | undefined;
  /** None in a conversation of two. */
  rules(held: HeldEpoch): Rules | undefined;
  mayWrite(held: HeldEpoch, profile: string): boolean;
  /** The leaves of `before` whose people might write there and may not in `after`. */
  revoked(before: HeldEpoch, after: HeldEpoch): number[];
}

interface Standing {
  readonly seats: ReadonlyMap<number, Seat>;
  readonly rules: Rules | undefined;
}

export function createEpochRoles(context: Context): EpochRoles {
  const { groups } = context;
  const known = new Map<number, Standing>();

  context.onReload(async () => known.clear());

  function of(held: HeldEpoch): Standing {
    const before = known.get(held.id);
    if (before !== undefined) return before;
    const { group } = held.epoch;
    const seats = new Map<number, Seat>();
    for (const { leaf, credential } of groups.members(group)) {
      const seat = seatFrom(credential);
      if (seat !== undefined) seats.set(leaf, seat);
    }
    const standing = { seats, rules: parsed(groups.rules(group)) };
    known.set(held.id, standing);
    const oldest = known.keys().next();
    if (known.size > MAX_KNOWN && oldest.done !== true) known.delete(oldest.value);
    return standing;
  }

  function parsed(bytes: Uint8Array | undefined): Rules | undefined {
    if (bytes === undefined) return undefined;
    const rules = parseRules(bytes);
    return rules.ok ? rules.value : damaged("rules");
  }

  function writes(held: HeldEpoch, profile: string): boolean {
    const { rules } = of(held);
    return rules === undefined || mayWrite(rules, profile);
  }

  function revoked(before: HeldEpoch, after: HeldEpoch): number[] {
    const all = [...of(before).seats];
    return all.filter(([, { profile }]) => writes(before, profile) && !writes(after, profile)).map(([leaf]) => leaf);
  }

  return {
    seats: (held) => of(held).seats,
    authorAt: (held, leaf) => of(held).seats.get(leaf)?.profile,
    deviceAt: (held, leaf) => of(held).seats.get(leaf)?.device,
    rules: (held) => of(held).rules,
    mayWrite: writes,
    revoked,
  };
}
