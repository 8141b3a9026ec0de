/**
 * Looks for the newest backup that the words open, and for the newest list of a copy of messages.
 * The store may have none, withhold some, or give junk: the work is bounded, and nothing is changed
 * here.
 */
import {
  BACKUPS_A_WEEK,
  backupSeed,
  MAX_BACKUP_OBJECT_BYTES,
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
/** Objects that are fetched whole: of junk no more. */
const MAX_FETCHED = 12;

/** The generation of the keys, the week and the how-manieth of it. */
export type FoundPlace = BackupPlace & { readonly generation: number };
/** Why an object at its place is not what is looked for. */
type Unread = "newer" | "unreadable";

/** Where things stand by generation and week, and what makes one of an object. */
export interface Places<T> {
  readonly crypto: Crypto;
  readonly delivery: Delivery;
  /** The latest first. */
  readonly generations: readonly number[];
  secretOf(generation: number): Uint8Array;
  /** This week by the store's clock, and how many before it the store can have. */
  readonly week: number;
  readonly weeks: number;
  readonly maxBytes: number;
  read(object: Uint8Array, place: FoundPlace): { readonly value: T } | Unread;
}

/** The one of the latest generation, of its newest week, that can be read. */
export async function findNewest<T>(
  places: Places<T>,
): Promise<{ readonly value: T; readonly place: FoundPlace } | "none" | Unread> {
  const { crypto, delivery, maxBytes, read, secretOf } = places;
  let fetched = 0;
  let problem: Unread = "unreadable";
  const seedAt = (place: FoundPlace): Uint8Array => backupSeed(crypto, secretOf(place.generation), place);

  /** Something stands there: its first chunk says that it is longer than nothing. */
  async function isThere(place: FoundPlace): Promise<boolean> {
    return (await delivery.get.object({ seed: seedAt(place), maxBytes: 0 })).type !== "absent";
  }

  /** The last of a week, and those before it, newest first. */
  async function inWeek(first: FoundPlace): Promise<FoundPlace[]> {
    const there = [first];
    for (let n = 1; n < BACKUPS_A_WEEK && (await isThere({ ...first, n })); n++) there.unshift({ ...first, n });
    return there;
  }

  const firsts = await filtered(everyWeek(places), isThere);
  for (const first of firsts) {
    for (const place of await inWeek(first)) {
      if (fetched++ >= MAX_FETCHED) return problem;
      const answer = await delivery.get.object({ seed: seedAt(place), maxBytes });
      const found = answer.type === "object" ? read(answer.bytes, place) : "unreadable";
      if (typeof found !== "string") return { value: found.value, place };
      if (found === "newer") problem = found;
    }
  }
  return firsts.length === 0 ? "none" : problem;
}

export interface FoundBackup {
  readonly backup: Backup;
  readonly place: FoundPlace;
}

/**
 * Rejects with `recovery_not_found`, `recovery_newer`, or `recovery_unreadable` when none of those
 * there opens.
 */
export async function findBackup(p: {
  readonly crypto: Crypto;
  readonly delivery: Delivery;
  readonly secret: RecoverySecret;
  /** The id that the words give. */
  readonly profile: string;
  readonly week: number;
  readonly weeks: number;
}): Promise<FoundBackup> {
  const { crypto, secret } = p;
  const secrets = Array.from({ length: GENERATIONS }, (_, g) => backupSecretFrom(crypto, secret, g));
  const secretOf = (generation: number): Uint8Array => secrets[generation] ?? new Uint8Array(32);
  const generations = Array.from(secrets.keys()).toReversed();

  function read(object: Uint8Array, place: FoundPlace): { readonly value: Backup } | Unread {
    const content = openBackup(crypto, secretOf(place.generation), place, object);
    const backup = content.ok ? parseBackup(content.value) : content;
    if (!backup.ok) return backup.error === "backup_newer" ? "newer" : "unreadable";
    const { profile, generation } = backup.value;
    return toHex(profile) === p.profile && generation === place.generation ? backup : "unreadable";
  }

  const found = await findNewest({ ...p, generations, secretOf, maxBytes: MAX_BACKUP_OBJECT_BYTES, read });
  if (found === "none") throw new PliError("recovery_not_found");
  if (typeof found === "string") throw new PliError(`recovery_${found}`);
  return { backup: found.value, place: found.place };
}

/**
 * The latest generation first, and of each the newest week. The next week too: a week may begin
 * while it is written.
 */
function everyWeek({
  generations,
  week,
  weeks,
}: Pick<Places<unknown>, "generations" | "week" | "weeks">): FoundPlace[] {
  const all: FoundPlace[] = [];
  for (const generation of generations)
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
