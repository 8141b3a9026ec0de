/**
 * Backups of this profile, in its home store: after a change that matters, once a day at most, and
 * again long before the store drops the last one. docs/protocol.md, section 8.3.
 */
import { restFirst } from "@pli/protocol/conversation";
import { toHex } from "@pli/protocol/crypto";
import { sealObject } from "@pli/protocol/object";
import {
  backupSeed,
  encodeBackup,
  nextPlace,
  placeBehind,
  sealBackup,
  type Backup,
  type BackupPlace,
} from "@pli/protocol/recovery";
import { FEED } from "../../delivery/port.ts";
import { listReferences, withdrawItems } from "../../delivery/queue/send-queue.table.ts";
import type { Kit } from "../../kit.ts";
import type { Profile } from "../../people/profile.ts";
import { fractionFrom } from "../../runtime/chance.ts";
import type { Tx } from "../../runtime/context.ts";
import { createOneWait } from "../../runtime/one-wait.ts";
import { findMeta, saveMeta } from "../../runtime/storage/meta.ts";
import { readSettings } from "../settings/settings.ts";
import { listBackedContacts, listBackedGroups } from "./backup.views.table.ts";
import { createStoreTime } from "./store-time.ts";

const BACKUP = "backup";
const [MINUTE_MS, DAY_MS] = [60_000, 86_400_000];
export const WEEK_MS = 7 * DAY_MS;
/** A first change waits for others for a random part of this, and nobody sees when it was made. */
const GATHER_MS = 10 * MINUTE_MS;
/** The pause between two is a day and a random part of this. */
const JITTER_MS = 6 * 3_600_000;
/** Until the store has said how long it keeps what it has. */
export const LEAST_RETENTION_DAYS = 7;

/** The last one that the store has: when, of what, and where. Times are the store's, in ms. */
interface Kept {
  readonly at: number;
  readonly hash: string;
  readonly week: number;
  readonly n: number;
  readonly generation: number;
}

export interface BackupWriting {
  /** Writes one if it is time for it; otherwise looks again when it is. */
  look(tx: Tx): Promise<void>;
  /** Writes one now, unless one is on its way, or this week has all that it may have. */
  begin(tx: Tx): Promise<void>;
  /** The secret of backups is another: what was to leave under the former one does not. */
  renew(tx: Tx): Promise<void>;
  /** One was found there: what this device writes goes behind it. */
  found(tx: Tx, place: BackupPlace & { readonly generation: number }): Promise<void>;
  /** When the store took the last one, in ms. */
  lastAt(tx: Tx): Promise<number | undefined>;
}

export function createBackupWriting(kit: Kit): BackupWriting {
  const { context, ownDevices, profiles, queue, stores } = kit;
  const { clock, crypto } = context;
  const time = createStoreTime(kit);
  const lookIn = createOneWait(context, look);
  const chance = (): number => fractionFrom(crypto.random(4));

  queue.serve(BACKUP, {
    created: async (tx, { reference }) => {
      await saveMeta(tx, "backup", keptFrom(reference, time.now() ?? clock.now()));
      tx.changed("recovery");
      tx.after(queue.kick);
    },
    taken: async (tx, { reference }) => {
      const place = placeBehind(keptFrom(reference, 0));
      if (place !== undefined) await write(tx, place);
    },
  });
  stores.onReady((address) => {
    if (address === stores.home) context.later(0, look);
  });

  async function look(tx: Tx): Promise<void> {
    const now = time.now();
    if (context.options.backups === "never" || now === undefined || (await isOnItsWay(tx))) return;
    const profile = await profiles.find(tx);
    if (profile === undefined) return;
    const due = await dueAt(tx, profile, now);
    if (due === undefined) return;
    if (due <= now) return begin(tx);
    tx.after(() => lookIn(due - now));
  }

  /** Undefined: the last one says all, and is young. */
  async function dueAt(tx: Tx, profile: Profile, now: number): Promise<number | undefined> {
    const kept = await findMeta<Kept>(tx, BACKUP);
    const days = time.retentionDays(LEAST_RETENTION_DAYS);
    if (kept !== undefined && Math.abs(now - kept.at) >= (days * DAY_MS) / 2) return now;
    const planned = await findMeta<number>(tx, "backup-due");
    // A time that is far off was planned by another clock.
    const isPlanned = planned !== undefined && planned > 0 && planned - now < DAY_MS + JITTER_MS;
    // To see whether something differs all contacts are read: not before it counts.
    if (isPlanned && planned > now) return planned;
    if (kept !== undefined && kept.hash === hashOf(await contentOf(tx, profile))) return undefined;
    if (isPlanned) return planned;
    const since = kept === undefined ? now : kept.at + DAY_MS;
    const due = Math.max(now, since) + chance() * (kept === undefined ? GATHER_MS : JITTER_MS);
    await saveMeta(tx, "backup-due", Math.floor(due));
    return due;
  }

  async function begin(tx: Tx): Promise<void> {
    const now = time.now() ?? clock.now();
    if (context.options.backups === "never" || (await isOnItsWay(tx))) return;
    const profile = await profiles.get(tx);
    const kept = await findMeta<Kept>(tx, BACKUP);
    const week = Math.floor(now / WEEK_MS);
    const place = nextPlace(week, kept?.generation === profile.identity.generation ? kept : undefined);
    if (place !== undefined) await write(tx, place);
  }

  async function write(tx: Tx, place: BackupPlace): Promise<void> {
    const profile = await profiles.get(tx);
    const content = await contentOf(tx, profile);
    const store = stores.home;
    const seed = backupSeed(crypto, profile.backup, place);
    const bytes = sealBackup(crypto, profile.backup, place, encodeBackup({ ...content, madeAt: clock.now() }));
    const reference = [place.week, place.n, profile.identity.generation, hashOf(content)].join(" ");
    await saveMeta(tx, "backup-due", 0);
    await queue.add(tx, {
      stream: `${BACKUP} `,
      store,
      reference,
      puts: restFirst(sealObject(crypto, seed, FEED, bytes)),
    });
  }

  const isOnItsWay = async (tx: Tx): Promise<boolean> => (await listReferences(tx, `${BACKUP} `)).length > 0;

  /** Without the time: what is the same gives the same. */
  async function contentOf(tx: Tx, { card, createdAt, identity }: Profile): Promise<Backup> {
    const { name, id: profile, issuedAt } = card;
    const { devices, removed } = await ownDevices.list(tx);
    const settings = Object.entries(await readSettings(tx)).flatMap(([setting, isOn]) => (isOn ? [setting] : []));
    return {
      madeAt: 0,
      profile,
      name,
      issuedAt,
      createdAt,
      generation: identity.generation,
      devices: devices.map(({ id, key }) => ({ id, key })),
      removed,
      contacts: await listBackedContacts(tx),
      groups: await listBackedGroups(tx),
      settings,
    };
  }

  const hashOf = (content: Backup): string => toHex(crypto.sha256(encodeBackup(content)));

  return {
    look,
    begin,
    renew: async (tx) => {
      await withdrawItems(tx, `${BACKUP} `, () => true);
      await begin(tx);
    },
    found: (tx, { week, n, generation }) =>
      saveMeta(tx, BACKUP, { at: 0, hash: "", week, n, generation } satisfies Kept),
    lastAt: async (tx) => (await findMeta<Kept>(tx, BACKUP))?.at || undefined,
  };
}

function keptFrom(reference: string, at: number): Kept {
  const [week = 0, n = 0, generation = 0] = reference.split(" ").map(Number);
  return { at, hash: reference.split(" ")[3] ?? "", week, n, generation };
}
