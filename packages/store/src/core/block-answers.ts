import type { Block, Label } from "@pli/protocol/wire";
import { createSemaphore, type Semaphore } from "../base/semaphore.ts";
import type { Storage } from "../storage/storage.ts";

/**
 * Bounds the answers that carry a block, from the request until they have left. Each holds a
 * quarter of a MiB, and a client that asks and does not read would hold any number of them.
 */
export interface BlockAnswers {
  /**
   * Whether a connection that holds `own` answers may have another. Every connection may have its
   * first.
   */
  wantsMore(own: number): boolean;
  /**
   * Reads a block when its address and the whole store may hold one more. The answer counts until
   * `left`, also when it fails.
   */
  get(label: Label, ofAddress: Semaphore): Promise<Block | undefined>;
  left(ofAddress: Semaphore): void;
  /** How many there are. */
  held(): number;
}

const MAX_OF_CONNECTION = 2;
/** Above this many in all, a connection holds one at a time: 64 MiB. */
const MANY = 256;
/** In all: 512 MiB. A client that does not read is closed after two pings, and frees its own. */
const MAX = 2048;

export const createBlockAnswers = (storage: Pick<Storage, "getBlock">): BlockAnswers => {
  const answers = createSemaphore(MAX);
  return {
    wantsMore: (own) => own === 0 || (own < MAX_OF_CONNECTION && answers.held() < MANY),
    get: async (label, ofAddress) => {
      await ofAddress.acquire();
      await answers.acquire();
      return storage.getBlock(label);
    },
    left: (ofAddress) => {
      answers.release();
      ofAddress.release();
    },
    held: answers.held,
  };
};
