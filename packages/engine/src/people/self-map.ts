import { isLaterEntry, stampAfter, type SelfEntry } from "@pli/protocol/self";
import type { Context, Tx } from "../runtime/context.ts";
import { createTxEvent, type TxEvent } from "../runtime/tx-event.ts";
import type { OwnDevices } from "./own-devices.ts";
import type { Profiles } from "./profile.ts";
import { findSelfEntry, latestSelfStamp, listSelfEntries, saveSelfEntry } from "./self-entries.table.ts";

/** What a feature does with the values whose keys begin with one word. */
export interface SelfKeys {
  /** Another device of this person has set it. `of`: what stands behind the word and a slash. */
  apply(tx: Tx, of: string, value: Uint8Array): Promise<void>;
  /** The values of this moment: what a person set while they had one device. */
  collect(tx: Tx): Promise<readonly (readonly [of: string, value: Uint8Array])[]>;
}

/**
 * What all devices of this person have: values by key, of which the latest counts. A person with
 * one device keeps none of it.
 */
export interface SelfMap {
  /** This device has set some: the others have yet to hear of them. */
  readonly wasSet: TxEvent<readonly SelfEntry[]>;
  /** Names who acts on the keys that begin with this word. */
  serve(word: string, keys: SelfKeys): void;
  /** This person has done so here. */
  set(tx: Tx, key: string, value: Uint8Array): Promise<void>;
  /** The same of several: the others hear of all at once. */
  setAll(tx: Tx, values: readonly (readonly [key: string, value: Uint8Array])[]): Promise<void>;
  /** What counts now; undefined: nothing was set. */
  get(tx: Tx, key: string): Promise<Uint8Array | undefined>;
  /** What another device has set. */
  take(tx: Tx, entries: readonly SelfEntry[]): Promise<void>;
  /** All of them, for a device that has none yet. */
  snapshot(tx: Tx): Promise<readonly SelfEntry[]>;
  /**
   * Says again what another device lacks, or has an earlier value of. `theirs`: all that it has.
   */
  sayLacking(tx: Tx, theirs: readonly SelfEntry[]): Promise<void>;
}

export function createSelfMap(
  { clock, crypto }: Context,
  { ownDevices, profiles }: { ownDevices: OwnDevices; profiles: Profiles },
): SelfMap {
  const wasSet: SelfMap["wasSet"] = createTxEvent();
  const served = new Map<string, SelfKeys>();

  async function setAll(tx: Tx, values: Parameters<SelfMap["setAll"]>[1]): Promise<void> {
    if ((await ownDevices.others(tx)).length === 0) return;
    const entries: SelfEntry[] = [];
    for (const [key, value] of values) {
      const before = await findSelfEntry(tx, key);
      if (before === undefined || !crypto.equal(before.value, value)) entries.push(await keep(tx, key, value));
    }
    if (entries.length > 0) await wasSet.emit(tx, entries);
  }

  async function keep(tx: Tx, key: string, value: Uint8Array): Promise<SelfEntry> {
    const { deviceId: device } = (await profiles.get(tx)).certificate;
    const entry = { key, value, ...stampAfter(await latestSelfStamp(tx), clock.now()), device };
    await saveSelfEntry(tx, entry);
    return entry;
  }

  async function take(tx: Tx, entries: readonly SelfEntry[]): Promise<void> {
    // Names and settings of a conversation come after the contact it is with.
    for (const entry of entries.toSorted((a, b) => rankOf(a.key) - rankOf(b.key))) {
      const known = await findSelfEntry(tx, entry.key);
      if (known !== undefined && !isLaterEntry(entry, known)) continue;
      await saveSelfEntry(tx, entry);
      const [word = "", ...of] = entry.key.split("/");
      await served.get(word)?.apply(tx, of.join("/"), entry.value);
    }
  }

  async function snapshot(tx: Tx): Promise<readonly SelfEntry[]> {
    for (const [word, { collect }] of served)
      for (const [of, value] of await collect(tx)) {
        const key = `${word}/${of}`;
        const known = await findSelfEntry(tx, key);
        if (known === undefined || !crypto.equal(known.value, value)) await keep(tx, key, value);
      }
    return listSelfEntries(tx);
  }

  async function sayLacking(tx: Tx, theirs: readonly SelfEntry[]): Promise<void> {
    const known = new Map(theirs.map((entry) => [entry.key, entry]));
    const lacking = (await snapshot(tx)).filter((entry) => {
      const their = known.get(entry.key);
      return their === undefined || isLaterEntry(entry, their);
    });
    if (lacking.length > 0) await wasSet.emit(tx, lacking);
  }

  return {
    wasSet,
    serve: (word, keys) => void served.set(word, keys),
    set: (tx, key, value) => setAll(tx, [[key, value]]),
    setAll,
    get: async (tx, key) => (await findSelfEntry(tx, key))?.value,
    take,
    snapshot,
    sayLacking,
  };
}

const rankOf = (key: string): number => (key.startsWith("contact/") ? 0 : 1);
