/**
 * Looks for the newest backup that the words open. The store may have none, withhold some, or give
 * junk: the work is bounded, and nothing is changed here.
 */
import {
  BACKUPS_A_WEEK,
  MAX_BACKUP_OBJECT_BYTES,
  backupSeed,
  openBackup,
  parseBackup,
  type Backup,
  type BackupPlace,
} from "@pli/protocol/recovery";
import { GENERATIONS, backupSecretFrom, type RecoverySecret } from "@pli/protocol/identity";
import type { Crypto } from "@pli/protocol/crypto";
import { toHex } from "@pli/protocol/crypto";
import type { Delivery } from "../../delivery/port.ts";
import { PliError } from "../../runtime/errors.ts";

/** Questions asked of the store at once. */
const AT_ONCE = 16;
/** Backups that are fetched whole: of junk no more. */
const MAX_FETCHED = 12;

export interface FoundBackup {
  readonly backup: Backup;
  readonly place: BackupPlace & { readonly generation: number };
}

type Place = FoundBackup["place"];

/**
 * The one of the latest generation, of its newest week, that opens. Rejects with
 * `recovery_not_found`, `recovery_newer`, or `recovery_unreadable` when none of those there opens.
 */
export async function findBackup(p: {
  readonly crypto: Crypto;
  readonly delivery: Delivery;
  readonly secret: RecoverySecret;
  /** The id that the words give. */
  readonly profile: string;
  /** This week by the store's clock, and how many before it the store can have. */
  readonly week: number;
  readonly weeks: number;
}): Promise<FoundBackup> {
  const { crypto, delivery, secret, week, weeks } = p;
  const secrets = Array.from({ length: GENERATIONS }, (_, g) => backupSecretFrom(crypto, secret, g));
  const secretAt = ({ generation }: Place): Uint8Array => secrets[generation] ?? new Uint8Array(32);
  let fetched = 0;
  let problem: "recovery_unreadable" | "recovery_newer" = "recovery_unreadable";

  /** Something stands there: its first chunk says that it is longer than nothing. */
  async function isThere(place: Place): Promise<boolean> {
    const seed = backupSeed(crypto, secretAt(place), place);
    return (await delivery.get.object({ seed, maxBytes: 0 })).type !== "absent";
  }

  async function open(place: Place): Promise<Backup | undefined> {
    const seed = backupSeed(crypto, secretAt(place), place);
    const answer = await delivery.get.object({ seed, maxBytes: MAX_BACKUP_OBJECT_BYTES });
    if (answer.type !== "object") return undefined;
    const content = openBackup(crypto, secretAt(place), place, answer.bytes);
    const backup = content.ok ? parseBackup(content.value) : content;
    if (!backup.ok) {
      if (backup.error === "backup_newer") problem = "recovery_newer";
      return undefined;
    }
    const isOwn = toHex(backup.value.profile) === p.profile && backup.value.generation === place.generation;
    return isOwn ? backup.value : undefined;
  }

  /** The last of a week, and those before it, newest first. */
  async function inWeek(first: Place): Promise<Place[]> {
    const there = [first];
    for (let n = 1; n < BACKUPS_A_WEEK && (await isThere({ ...first, n })); n++) there.unshift({ ...first, n });
    return there;
  }

  const firsts = await filtered(everyWeek(week, weeks), isThere);
  for (const first of firsts) {
    for (const place of await inWeek(first)) {
      if (fetched++ >= MAX_FETCHED) throw new PliError(problem);
      const backup = await open(place);
      if (backup !== undefined) return { backup, place };
    }
  }
  throw new PliError(firsts.length === 0 ? "recovery_not_found" : problem);
}

/**
 * The latest generation first, and of each the newest week. The next week too: a week may begin
 * while it is written.
 */
function everyWeek(week: number, weeks: number): Place[] {
  const all: Place[] = [];
  for (let generation = GENERATIONS - 1; generation >= 0; generation--)
    for (let at = week + 1; at >= Math.max(0, week - weeks); at--) all.push({ generation, week: at, n: 0 });
  return all;
}

/** In their order, some at a time. */
async function filtered<T>(all: readonly T[], test: (one: T) => Promise<boolean>): Promise<T[]> {
  const kept: T[] = [];
  for (let at = 0; at < all.length; at += AT_ONCE) {
    const some = all.slice(at, at + AT_ONCE);
    const verdicts = await Promise.all(some.map(test));
    kept.push(...some.filter((_, i) => verdicts[i] === true));
  }
  return kept;
}
