import type { Block, Label } from "@pli/protocol/wire";
import type { Storage } from "../storage/storage.ts";
import { createTurns, type Turns } from "../base/turns.ts";

/**
 * Answers that carry a block, from being asked for until they have left: each holds a quarter of a
 * MiB, and whoever asks and does not read would hold as many as they like.
 */
export interface BlockAnswers {
  /**
   * Whether somebody of whose answers `own` have not left should be given another. Nobody is kept
   * from their first.
   */
  wantsMore(own: number): boolean;
  /**
   * Reads a block when there is a turn of its address, and one of all; its answer counts until
   * `left`, whatever comes of it.
   */
  get(label: Label, ofAddress: Turns): Promise<Block | undefined>;
  left(ofAddress: Turns): void;
  /** How many there are. */
  taken(): number;
}

const MOST_OF_ONE = 2;
/** Above so many of all together, each is given one at a time: 64 MiB. */
const EASY = 256;
/** Never more: 512 MiB. Who does not read is gone after two pings, and makes room. */
const MOST = 2048;

export const createBlockAnswers = (storage: Pick<Storage, "getBlock">): BlockAnswers => {
  const answers = createTurns(MOST);
  return {
    wantsMore: (own) => own === 0 || (own < MOST_OF_ONE && answers.taken() < EASY),
    get: async (label, ofAddress) => {
      await ofAddress.take();
      await answers.take();
      return storage.getBlock(label);
    },
    left: (ofAddress) => {
      answers.give();
      ofAddress.give();
    },
    taken: answers.taken,
  };
};
