/** Looks for the newest list of a copy that the words open. */
import type { Crypto } from "@pli/protocol/crypto";
import { toHex } from "@pli/protocol/crypto";
import { backupSecretFrom, type RecoverySecret } from "@pli/protocol/identity";
import {
  COPY_OBJECT_LEAST,
  copySecretFrom,
  MAX_BACKUP_OBJECT_BYTES,
  openBackup,
  parseCopyList,
  type CopyList,
} from "@pli/protocol/recovery";
import type { Delivery } from "../../delivery/port.ts";
import { findNewest, type FoundPlace } from "../recovery/finding.ts";

export type FoundCopy =
  | { readonly list: CopyList; readonly place: FoundPlace }
  | "none"
  | "recovery_newer"
  | "recovery_unreadable";

/**
 * Of one generation alone, that of the backup: who has the keys of an earlier one, a thief, could
 * have written a list there.
 */
export async function findCopy(p: {
  readonly crypto: Crypto;
  readonly delivery: Delivery;
  readonly secret: RecoverySecret;
  readonly profile: string;
  readonly generation: number;
  readonly week: number;
  readonly weeks: number;
}): Promise<FoundCopy> {
  const { crypto } = p;
  const secret = copySecretFrom(crypto, backupSecretFrom(crypto, p.secret, p.generation));

  function read(object: Uint8Array, place: FoundPlace): { readonly value: CopyList } | "newer" | "unreadable" {
    const content = openBackup(crypto, secret, place, object, COPY_OBJECT_LEAST);
    const list = content.ok ? parseCopyList(content.value) : content;
    if (!list.ok) return list.error === "copy_newer" || list.error === "backup_newer" ? "newer" : "unreadable";
    const { profile, generation } = list.value;
    return toHex(profile) === p.profile && generation === place.generation ? list : "unreadable";
  }

  const maxBytes = MAX_BACKUP_OBJECT_BYTES;
  const found = await findNewest({ ...p, generations: [p.generation], secretOf: () => secret, maxBytes, read });
  if (found === "none") return found;
  return typeof found === "string" ? `recovery_${found}` : { list: found.value, place: found.place };
}
