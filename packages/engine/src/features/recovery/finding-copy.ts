/**
 * Looks for the copy of the recovery secret that a passkey opens. The store may have none, withhold
 * it, or give junk, and a thief of a device can write beside it: the work is bounded, and nothing
 * is changed here.
 */
import type { Crypto } from "@pli/protocol/crypto";
import type { RecoverySecret } from "@pli/protocol/identity";
import {
  BACKUPS_A_WEEK,
  backupSeed,
  openBackup,
  openPasskeyCopy,
  passkeyPlace,
  type BackupPlace,
  type PasskeyCopy,
} from "@pli/protocol/recovery";
import type { Delivery } from "../../delivery/port.ts";
import { PliError } from "../../runtime/errors.ts";

/** Eight cells, as many as a small backup has: no version of a copy takes more. */
const MAX_OBJECT_BYTES = 8 * 4_096;

export interface FoundCopy {
  readonly secret: RecoverySecret;
  readonly copy: PasskeyCopy;
}

/**
 * The newest one that this passkey opens. Rejects with `passkey_copy_not_found`, `recovery_newer`,
 * or `passkey_copy_unreadable` when none of those there opens.
 */
export async function findPasskeyCopy(p: {
  readonly crypto: Crypto;
  readonly delivery: Delivery;
  readonly passkey: Uint8Array;
  /** This week by the store's clock, and how many before it the store can have. */
  readonly week: number;
  readonly weeks: number;
}): Promise<FoundCopy> {
  const { crypto, delivery, passkey, week, weeks } = p;
  const secret = passkeyPlace(crypto, passkey);
  let problem: "passkey_copy_not_found" | "passkey_copy_unreadable" | "recovery_newer" = "passkey_copy_not_found";

  /** Undefined: nothing stands there. */
  async function read(place: BackupPlace): Promise<ReturnType<typeof openPasskeyCopy> | undefined> {
    const answer = await delivery.get.object({ seed: backupSeed(crypto, secret, place), maxBytes: MAX_OBJECT_BYTES });
    if (answer.type === "absent") return undefined;
    const sealed = answer.type === "object" ? openBackup(crypto, secret, place, answer.bytes) : undefined;
    return sealed?.ok === true ? openPasskeyCopy(crypto, passkey, sealed.value) : UNREADABLE;
  }

  // The next week too: a week may begin while it is written.
  for (let at = week + 1; at >= Math.max(0, week - weeks); at--)
    for (let n = 0; n < BACKUPS_A_WEEK; n++) {
      const opened = await read({ week: at, n });
      if (opened === undefined) break;
      if (opened.ok) return opened.value;
      if (opened.error === "passkey_copy_newer") problem = "recovery_newer";
      else if (problem === "passkey_copy_not_found") problem = "passkey_copy_unreadable";
    }
  throw new PliError(problem);
}

const UNREADABLE = { ok: false, error: "passkey_copy_sealed" } as const;
