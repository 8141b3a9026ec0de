/**
 * A profile on an empty device, from the words alone, or from a passkey that opens a copy of them:
 * all of the backup, or nothing. Conversations of two begin again by beacons, groups by the
 * contacts in them (docs/protocol.md, sections 8.1, 8.3, 8.4).
 */
import { toHex } from "@pli/protocol/crypto";
import { GENERATIONS, identityFromRecovery, parseCard, type RecoverySecret } from "@pli/protocol/identity";
import { secretFromWords, type BackedContact, type BackedGroup, type Backup } from "@pli/protocol/recovery";
import type { RestoredView, WordsProblem } from "../../api/views.ts";
import { insertConversation, noteActive, setGroupName, setMuted } from "../../epochs/conversations.table.ts";
import type { Kit } from "../../kit.ts";
import { insertContact, saveBlocked, saveGivenName, savePairwise, trustLevel } from "../../people/contacts.table.ts";
import { saveGeneration } from "../../people/generations.table.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { PliError } from "../../runtime/errors.ts";
import { damaged } from "../../runtime/storage/row.ts";
import type { DevicesFeature } from "../devices/feature.ts";
import type { Rejoining } from "../direct/rejoin.ts";
import { saveMember } from "../group/members.table.ts";
import type { GroupRejoining } from "../group/rejoin.ts";
import { findCopy, type FoundCopy } from "../message-copy/finding.ts";
import type { MessageCopy } from "../message-copy/feature.ts";
import { saveSetting, SETTINGS } from "../settings/settings.ts";
import { findBackup, type FoundBackup } from "./finding.ts";
import { findPasskeyCopy } from "./finding-copy.ts";
import { passkeyFrom } from "./passkey.ts";
import type { PasskeyCopies } from "./passkey-copy.ts";
import { createStoreTime } from "./store-time.ts";
import { confirmWords } from "./words.ts";
import { WEEK_MS, type BackupWriting } from "./writing.ts";

/** Conversations of two that begin again in one transaction. */
const AT_ONCE = 20;
/** How long the store is waited for. */
const PATIENCE_MS = 30_000;
const LOOK_MS = 100;
const DAYS_A_WEEK = 7;
/** Own devices that still run bring this one in by themselves: so long they are waited for. */
const OTHERS_FIRST_MS = 5_000;
const LOCAL_ID_BYTES = 16;

export interface RestoringParts {
  readonly rejoining: Rejoining;
  readonly groupRejoining: Pick<GroupRejoining, "start">;
  /** Tells the others of this person that this device was restored. */
  readonly restored: DevicesFeature["restored"];
  readonly writing: BackupWriting;
  readonly messageCopy: Pick<MessageCopy, "restoring" | "writing">;
  readonly copies: PasskeyCopies;
}

/** What is made again, by keys of which generation, and when by the store's clock, in seconds. */
interface Applied extends FoundBackup {
  readonly secret: RecoverySecret;
  readonly generation: number;
  readonly at: number;
}

type Transact = Context["transact"];

export interface Restoring {
  byWords(transact: Transact, asked: { words: string; stolen: boolean }): Promise<RestoredView | WordsProblem>;
  byPasskey(transact: Transact, asked: { passkey: string; stolen: boolean }): Promise<RestoredView>;
}

/** The time by the store's clock, in ms, and the weeks of which it can have something. */
interface Weeks {
  readonly now: number;
  readonly week: number;
  readonly weeks: number;
}

export function createRestoring(kit: Kit, parts: RestoringParts): Restoring {
  const { rejoining, groupRejoining, restored: asking, writing, copies, messageCopy } = parts;
  const { contacts, context, delivery, ownDevices, profiles, stores } = kit;
  const { clock, crypto } = context;
  const time = createStoreTime(kit);

  const byWords: Restoring["byWords"] = async (transact, { words, stolen }) => {
    await transact(refuseIfThere);
    const read = secretFromWords(crypto, words);
    if (!read.ok) return read.error;
    return restore(transact, { ...read.value, ...(await weeksOfStore()), stolen });
  };

  const byPasskey: Restoring["byPasskey"] = async (transact, { passkey, stolen }) => {
    await transact(refuseIfThere);
    const key = passkeyFrom(passkey);
    const weeks = await weeksOfStore();
    const { secret, copy } = await findPasskeyCopy({
      crypto,
      delivery: delivery(stores.home),
      passkey: key,
      ...weeks,
    }).finally(() => crypto.wipe(key));
    return restore(transact, { secret, ...weeks, stolen, saved: (tx) => copies.keep(tx, copy) });
  };

  async function restore(
    transact: Transact,
    p: Weeks & { secret: RecoverySecret; stolen: boolean; saved?: (tx: Tx) => Promise<void> },
  ): Promise<RestoredView> {
    const { secret, stolen, now, week, weeks } = p;
    const profile = toHex(identityFromRecovery(crypto, secret, 0).id);
    const where = { crypto, delivery: delivery(stores.home), secret, profile, week, weeks };
    const found = await findBackup(where);
    const generation = found.place.generation + (stolen ? 1 : 0);
    if (generation >= GENERATIONS) throw new PliError("recovery_used_up");
    const copy = await findCopy({ ...where, generation: found.place.generation });
    const restored = await transact(async (tx) => {
      await refuseIfThere(tx);
      const asked = { secret, generation, at: Math.floor(now / 1000), ...found };
      const { conversations, ...counts } = await apply(tx, asked);
      await p.saved?.(tx);
      return { conversations, ...counts, ...(await applyCopy(tx, copy, messageCopy)) };
    });
    context.later(OTHERS_FIRST_MS, (tx) => beginSome(tx, restored.conversations));
    const { conversations: _, ...view } = restored;
    return view;
  }

  async function refuseIfThere(tx: Tx): Promise<void> {
    if ((await profiles.find(tx)) !== undefined) throw new PliError("profile_exists");
  }

  /** Rejects with `store_unreachable`. */
  async function weeksOfStore(): Promise<Weeks> {
    stores.hurry(stores.home);
    const home = stores.session(stores.home);
    for (let waited = 0; waited < PATIENCE_MS && !clock.closed; waited += LOOK_MS) {
      const now = time.now();
      if (home.reach().state === "online" && now !== undefined)
        return { now, week: Math.floor(now / WEEK_MS), weeks: Math.ceil(time.retentionDays() / DAYS_A_WEEK) + 1 };
      await clock.pause(LOOK_MS);
    }
    throw new PliError("store_unreachable");
  }

  async function apply(
    tx: Tx,
    { secret, generation, at, backup, place }: Applied,
  ): Promise<ReturnType<typeof countsOf> & { readonly conversations: string[] }> {
    await profiles.restore(tx, secret, { ...backup, generation });
    await stateSelf(tx, { secret, generation, at, backup, place });
    await confirmWords(tx, clock.now());
    const conversations: string[] = [];
    for (const contact of backup.contacts) conversations.push(await addContact(tx, contact));
    for (const group of backup.groups) await addGroup(tx, group);
    for (const setting of SETTINGS) await saveSetting(tx, setting, backup.settings.includes(setting));
    await writing.found(tx, place);
    await stores.open(tx);
    if (generation !== place.generation) await writing.begin(tx);
    tx.changed("status", "contacts", "conversations", "settings", "recovery");
    return { ...countsOf(backup), conversations };
  }

  /** By later keys older devices are out, and need not be told anything. */
  async function stateSelf(tx: Tx, { secret, generation, at, backup, place }: Applied): Promise<void> {
    const isSame = generation === place.generation;
    await ownDevices.restore(tx, { at, removed: isSame ? backup.removed : [] });
    if (isSame) await asking.begin(tx, { secret, at, former: backup.devices });
  }

  async function addContact(tx: Tx, backed: BackedContact): Promise<string> {
    const card = parseCard(crypto, backed.card);
    if (!card.ok) throw new PliError("recovery_unreadable");
    const { id: profile, name: ownName, bytes } = card.value;
    const [id, contact] = [toHex(crypto.random(LOCAL_ID_BYTES)), toHex(profile)];
    const { shared, store, feed, pairwise, former, role, level, pairedAt } = backed;
    const place = { shared, store, feed, generation: 0, state: "rejoining" } as const;
    await insertConversation(tx, { id, kind: "direct", contact, ...place }, clock.now());
    await insertContact(tx, {
      id: contact,
      card: bytes,
      certificate: new Uint8Array(0),
      ownName,
      level: trustLevel(level),
      pairwise,
      role,
      conversation: id,
      pairedAt,
    });
    await savePairwise(tx, contact, pairwise, former ?? undefined);
    if (backed.givenName !== "") await saveGivenName(tx, contact, backed.givenName);
    if (backed.blocked) await saveBlocked(tx, contact, true);
    if (backed.muted) await setMuted(tx, id, true);
    if (backed.generation > 0) await saveGeneration(tx, contact, backed.generation);
    await noteActive(tx, id, clock.now());
    await rejoining.hold(tx, id, OTHERS_FIRST_MS);
    return id;
  }

  async function addGroup(tx: Tx, { shared, store, feed, name, muted, members }: BackedGroup): Promise<void> {
    const id = toHex(crypto.random(LOCAL_ID_BYTES));
    const place = { shared, store, feed, generation: 0, state: "rejoining" } as const;
    await insertConversation(tx, { id, kind: "group", contact: "", ...place }, clock.now());
    await setGroupName(tx, id, name);
    for (const { profile, role, devices } of members)
      await saveMember(tx, id, { profile: toHex(profile), role, devices });
    if (muted) await setMuted(tx, id, true);
    await noteActive(tx, id, clock.now());
    // It knows no epoch: who is asked names the leaf that this device takes the place of.
    await groupRejoining.start(tx, id, "old");
  }

  /** What is left undone by a stop begins at the next start, and from hour to hour. */
  async function beginSome(tx: Tx, conversations: readonly string[]): Promise<void> {
    for (const id of conversations.slice(0, AT_ONCE)) {
      const contact = (await contacts.ofConversation(tx, id)) ?? damaged("contact");
      await rejoining.expectOf(tx, contact);
      if (!(await ownDevices.isFirst(tx))) await rejoining.leaveToOwn(tx, id);
      else if (!contact.blocked) await rejoining.resume(tx, contact);
    }
    const rest = conversations.slice(AT_ONCE);
    if (rest.length > 0) tx.after(() => context.later(0, (later) => beginSome(later, rest)));
  }

  return { byWords, byPasskey };
}

const countsOf = ({
  name,
  madeAt,
  contacts,
  groups,
}: Backup): Pick<RestoredView, "name" | "madeAt" | "contacts" | "groups"> => ({
  name,
  madeAt,
  contacts: contacts.length,
  groups: groups.length,
});

async function applyCopy(
  tx: Tx,
  copy: FoundCopy,
  messageCopy: RestoringParts["messageCopy"],
): Promise<Pick<RestoredView, "messages" | "copyProblem">> {
  const found = typeof copy === "string" ? undefined : copy;
  const messages = await messageCopy.restoring.begin(tx, found?.list);
  if (found !== undefined) await messageCopy.writing.found(tx, found.place);
  return { messages, ...(typeof copy === "string" && copy !== "none" && { copyProblem: copy }) };
}
