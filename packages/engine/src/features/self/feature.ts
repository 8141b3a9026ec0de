import { toHex } from "@pli/protocol/crypto";
import { encodeSelfEntries, parseSelfEntries, type SelfEntry } from "@pli/protocol/self";
import type { Kit } from "../../kit.ts";
import type { Tx } from "../../runtime/context.ts";
import type { Feature } from "../../runtime/feature.ts";
import { SELF_ENTRIES } from "../../people/self-entries.table.ts";
import type { DevicesFeature } from "../devices/feature.ts";
import type { Direct } from "../direct/feature.ts";
import type { Groups } from "../group/feature.ts";
import type { MessagesFeature } from "../messages/feature.ts";
import type { BlockingFeature } from "../blocking/feature.ts";
import type { Pairing } from "../pairing/feature.ts";
import type { SettingsFeature } from "../settings/feature.ts";
import { createContactKeys } from "./contact-keys.ts";
import { createConversationKeys } from "./conversation-keys.ts";
import { createDraftKeys } from "./draft-keys.ts";

/** So much of the map goes into one control. */
const MAX_SAID_BYTES = 32_000;
const MAX_CONTROL_BYTES = 32_768;

interface Others {
  readonly blocking: BlockingFeature;
  readonly devices: DevicesFeature;
  readonly direct: Direct;
  readonly groups: Groups;
  readonly messages: MessagesFeature;
  readonly pairing: Pairing;
  readonly settings: SettingsFeature;
}

/** What all devices of this person have, told from one to the others. */
export interface SelfFeature extends Feature {
  /** This program ends: what waits for its time leaves now. */
  tellNow(tx: Tx): Promise<void>;
}

export function createSelf(kit: Kit, others: Others): SelfFeature {
  const { blocking, devices, direct, pairing, settings } = others;
  const { contents, erasing, selfMap } = kit;
  const { talk, ownLeaves } = devices;
  const contactKeys = createContactKeys(kit.context, {
    ...kit,
    ...direct,
    blocking: blocking.blocking,
    block: blocking.commands.block,
  });
  const conversationKeys = createConversationKeys(kit);
  const draftKeys = createDraftKeys(kit.context, kit);
  const ofConversations = { ...conversationKeys.keys, ...draftKeys.keys };
  const served = { ...contactKeys.keys, ...ofConversations, settings: settings.shared };
  for (const [word, keys] of Object.entries(served)) selfMap.serve(word, keys);

  selfMap.wasSet.on(say);
  direct.rejoining.renewed.on((tx, contact) => contactKeys.met(tx, contact.id));
  pairing.met.on(async (tx, contact) => {
    await contactKeys.met(tx, contact.id);
    await ownLeaves.look(tx, contact.conversation);
  });
  others.messages.draftChanged.on(draftKeys.changed);
  others.groups.joined.on(async (tx, { conversation: { shared } }) => {
    for (const [word, keys] of Object.entries(ofConversations)) {
      const value = await selfMap.get(tx, `${word}/${toHex(shared)}`);
      if (value !== undefined) await keys.apply(tx, toHex(shared), value);
    }
  });
  contents.events.received.on((tx, message) => conversationKeys.received(tx, message));
  contents.events.writtenElsewhere.on(draftKeys.written);
  erasing.erasedHere.on((tx, body) => talk.say(tx, "erased", body));
  talk.hear("erased", (tx, _, body) => erasing.take(tx, body));
  talk.hear("self-entries", async (tx, _, body) => {
    const entries = parseSelfEntries(body, MAX_CONTROL_BYTES);
    if (entries.ok) await selfMap.take(tx, entries.value);
  });

  async function say(tx: Tx, entries: readonly SelfEntry[]): Promise<void> {
    let some: SelfEntry[] = [];
    for (const entry of entries) {
      if (some.length > 0 && encodeSelfEntries([...some, entry]).length > MAX_SAID_BYTES) {
        await talk.say(tx, "self-entries", encodeSelfEntries(some));
        some = [];
      }
      some.push(entry);
    }
    if (some.length > 0) await talk.say(tx, "self-entries", encodeSelfEntries(some));
  }

  return { tables: SELF_ENTRIES, tellNow: draftKeys.tell, resume: draftKeys.tell };
}
