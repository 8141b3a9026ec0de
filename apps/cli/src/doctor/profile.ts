/** What is in the profile, and whether its stores answer. */
import type { StatusView, StorageView } from "@pli/engine/api";
import type { Context } from "../context.ts";
import { oneLine } from "../text/safe.ts";
import { createSizes } from "../text/size.ts";
import { failureSentence } from "../words/failures.ts";
import type { Check } from "./check.ts";

/** The only trouble that is reported of the profile. All others are reported of the storage. */
const OUT_OF_TIME = "profile_out_of_time";

export function checkStorage(
  { words, globals }: Context,
  storage: StorageView,
  { trouble }: StatusView,
  keyed: "keyfile" | "passphrase",
): Check {
  if (trouble !== undefined && trouble !== OUT_OF_TIME) {
    return { name: "storage", state: "fail", code: trouble, text: failureSentence(globals.language, trouble) };
  }
  const size = createSizes(globals.language)(storage.databaseBytes);
  const text = words.doctor.storage({ size, messages: storage.messages, keyed: words.doctor.keyed[keyed] });
  const { databaseBytes, messages, conversations } = storage;
  return { name: "storage", state: "ok", text, details: { databaseBytes, messages, conversations, keyed } };
}

export function checkProfile({ words, globals }: Context, { profile, trouble }: StatusView, contacts: number): Check {
  if (profile === undefined) {
    return { name: "profile", state: "warn", text: words.doctor.noProfile, advice: words.advice.makeProfile };
  }
  if (trouble === OUT_OF_TIME)
    return { name: "profile", state: "fail", code: trouble, text: failureSentence(globals.language, trouble) };
  return {
    name: "profile",
    state: "ok",
    text: words.doctor.profile({ name: oneLine(profile.name), contacts }),
    details: { contacts },
  };
}

export function checkConnection({ words, globals }: Context, { connection }: StatusView): Check {
  const { state, store } = connection;
  const details = { state, store, ...connection.catchUp };
  if (state === "online") return { name: "connection", state: "ok", text: words.doctor.online(store), details };
  const text = words.doctor.notOnline[state](store);
  const advice = connection.error === undefined ? undefined : failureSentence(globals.language, connection.error);
  return { name: "connection", state: "warn", text, advice, details };
}

/** The other stores than the home one at which conversations live. */
export function* checkOtherStores({ words }: Context, { storesAway = [], connection }: StatusView): Generator<Check> {
  const { storeAway, awayAdvice } = words.waiting.doctor;
  for (const { store, error, ...details } of storesAway) {
    const found = {
      text: storeAway(oneLine(store)),
      advice: awayAdvice(connection.store),
      details: { store, ...details },
    };
    yield { name: "connection", state: "warn", ...found, ...(error !== undefined && { code: error }) };
  }
}
