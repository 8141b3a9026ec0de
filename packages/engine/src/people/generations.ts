/**
 * Which generation of keys each person has (docs/protocol.md, section 6.1). Keys of a later one
 * prove themselves, and only who has the recovery secret makes them: what is signed by earlier ones
 * may be a thief's, and is refused from then on.
 */
import { seatFrom, type Seat } from "@pli/protocol/group";
import type { Member } from "@pli/protocol/conversation";
import type { Tx } from "../runtime/context.ts";
import { createTxEvent, type TxEvent } from "../runtime/tx-event.ts";
import { findGeneration, saveGeneration } from "./generations.table.ts";

export interface Generations {
  /** The highest that was seen of this person. */
  of(tx: Tx, profile: string): Promise<number>;
  /** Keys of this person that have proved themselves. */
  saw(tx: Tx, profile: string, generation: number): Promise<void>;
  /** The same for all leaves of a group. */
  sawAll(tx: Tx, members: readonly Member[]): Promise<void>;
  /** Keys of a person have a later generation than any that was seen. */
  readonly risen: TxEvent<{ readonly profile: string; readonly generation: number }>;
}

/** Whether a leaf of this person is certified by keys of an earlier generation. */
export const hasEarlier = (seats: Iterable<Seat>, person: string, generation: number): boolean =>
  [...seats].some((seat) => seat.profile === person && seat.generation < generation);

export function createGenerations(): Generations {
  const risen: Generations["risen"] = createTxEvent();

  async function saw(tx: Tx, profile: string, generation: number): Promise<void> {
    if (generation <= (await findGeneration(tx, profile))) return;
    await saveGeneration(tx, profile, generation);
    await risen.emit(tx, { profile, generation });
  }

  async function sawAll(tx: Tx, members: readonly Member[]): Promise<void> {
    for (const { credential } of members) {
      const seat = seatFrom(credential);
      if (seat !== undefined && seat.generation > 0) await saw(tx, seat.profile, seat.generation);
    }
  }

  return { of: findGeneration, saw, sawAll, risen };
}
