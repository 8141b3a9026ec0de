/** People whose messages the store has a copy of. */
import type { MessageCopyView } from "@pli/engine/api";
import { createCrypto } from "@pli/protocol/crypto";
import { backupSecretFrom } from "@pli/protocol/identity";
import { sealObject } from "@pli/protocol/object";
import {
  backupSeed,
  COPY_OBJECT_LEAST,
  copySecretFrom,
  encodeCopyList,
  openBackup,
  parseCopyList,
  sealBackup,
  secretFromWords,
  type CopyList,
} from "@pli/protocol/recovery";
import type { Person, World } from "@pli/testkit";

export const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
const crypto = await createCrypto();

export const copyOf = (person: Person): Promise<MessageCopyView> => person.read("messageCopy", {});

/** A copy that is later than this moment. */
export async function copied(world: World, person: Person, since = 0, patience = 60_000): Promise<MessageCopyView> {
  return world.until(
    async () => {
      const view = await copyOf(person);
      return !view.isUnderWay && (view.last?.at ?? 0) > since && view;
    },
    "a copy",
    patience,
  );
}

export async function keepCopy(world: World, person: Person): Promise<MessageCopyView> {
  await person.engine.changeSettings({ messageCopy: true });
  return copied(world, person);
}

/** A day passes, and the next copy is there. */
export async function nextCopy(world: World, person: Person): Promise<MessageCopyView> {
  const before = (await copyOf(person)).last?.at ?? 0;
  await world.clock.advance(31 * 3_600_000);
  return copied(world, person, before);
}

/** All of the copy is on the device that was restored, or as much as there is. */
export const complete = (world: World, person: Person): Promise<MessageCopyView["restoring"]> =>
  world.until(
    async () => {
      const { restoring } = await copyOf(person);
      return restoring?.doneAt !== undefined && restoring;
    },
    "all of the copy",
    600_000,
  );

function secretOf(words: string, generation: number): Uint8Array {
  const read = secretFromWords(crypto, words);
  if (!read.ok) throw new Error(read.error.code);
  return copySecretFrom(crypto, backupSecretFrom(crypto, read.value.secret, generation));
}

const weekOf = (world: World): number => Math.floor(world.clock.now() / WEEK_MS);

/** Puts these bytes where the how-manieth list of this week stands. */
export function putAt(world: World, words: string, n: number, bytes: Uint8Array, generation = 0): void {
  const seed = backupSeed(crypto, secretOf(words, generation), { week: weekOf(world), n });
  for (const one of sealObject(crypto, seed, 0, bytes))
    world.store.put(one.kind === "cell" ? { ...one, type: "put", id: 0 } : { ...one, type: "putBlock", id: 0 });
}

/** The object of a list, as who has the keys of a device can make it. */
export const sealedList = (world: World, words: string, n: number, list: CopyList | Uint8Array, generation = 0) =>
  sealBackup(
    crypto,
    secretOf(words, generation),
    { week: weekOf(world), n },
    list instanceof Uint8Array ? list : encodeCopyList(list),
    COPY_OBJECT_LEAST,
  );

export { crypto as copyCrypto, openBackup, parseCopyList };
