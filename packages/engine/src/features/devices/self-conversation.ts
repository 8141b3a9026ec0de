/** The conversation of the own devices: how it begins, and how a further device comes into it. */
import type { GroupState } from "@pli/protocol/conversation";
import { createCommitCheck } from "@pli/protocol/group";
import { toHex } from "@pli/protocol/crypto";
import { FEED } from "../../delivery/port.ts";
import {
  findSelfConversation,
  insertConversation,
  setConversationState,
  setGeneration,
} from "../../epochs/conversations.table.ts";
import type { Epochs, HeldEpoch } from "../../epochs/epochs.ts";
import type { Contacts } from "../../people/contacts.ts";
import type { Profiles } from "../../people/profile.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import type { CatchUp } from "../group/catch-up.ts";
import { deleteKeyPackage, listOurs } from "../group/key-packages.table.ts";

const LOCAL_ID_BYTES = 16;
const SHARED_ID_BYTES = 32;
const GROUP_ID_BYTES = 32;

export interface SelfConversation {
  /** Begins it with this device and another. Undefined: its key package cannot be used. */
  found(
    tx: Tx,
    store: string,
    keyPackage: Uint8Array,
  ): Promise<{ readonly held: HeldEpoch; readonly shared: Uint8Array; readonly welcome: Uint8Array } | undefined>;
  /**
   * Comes into it, and looks for what was said there meanwhile. False: the welcome is for no key
   * package of this device.
   */
  enter(
    tx: Tx,
    place: { readonly shared: Uint8Array; readonly store: string; readonly feed: number; readonly welcome: Uint8Array },
  ): Promise<boolean>;
  /** Opens a welcome with one of the key packages that this device gave the others. */
  open(tx: Tx, welcome: Uint8Array): Promise<GroupState | undefined>;
}

export function createSelfConversation(
  { clock, crypto, groups }: Context,
  deps: { catchUp: CatchUp; contacts: Contacts; epochs: Epochs; profiles: Profiles },
): SelfConversation {
  const { catchUp, contacts, epochs, profiles } = deps;
  const seconds = (): number => Math.floor(clock.now() / 1000);

  async function found(tx: Tx, store: string, keyPackage: Uint8Array): ReturnType<SelfConversation["found"]> {
    const profile = await profiles.get(tx);
    const check = contacts.leafCheckOfOwn(profile);
    const own = await profiles.createKeyPackage(profile);
    const group = await groups.createGroup({ groupId: crypto.random(GROUP_ID_BYTES), ...own });
    const allows = createCommitCheck(crypto);
    const made = await groups.commit(group, { add: [keyPackage], now: seconds(), check, allows });
    if (!made.ok || made.value.welcome === undefined) return undefined;
    const shared = crypto.random(SHARED_ID_BYTES);
    const held = await begin(tx, { shared, store, feed: FEED }, made.value.state);
    return { held, shared, welcome: made.value.welcome };
  }

  async function begin(
    tx: Tx,
    place: { readonly shared: Uint8Array; readonly store: string; readonly feed: number },
    group: GroupState,
  ): Promise<HeldEpoch> {
    const before = await findSelfConversation(tx);
    const id = before?.id ?? toHex(crypto.random(LOCAL_ID_BYTES));
    const generation = (before?.generation ?? 0) + 1;
    const fresh = { id, kind: "self", contact: "", generation, state: "ready", ...place } as const;
    await insertConversation(tx, fresh, clock.now());
    await setGeneration(tx, id, generation);
    await setConversationState(tx, id, "ready");
    return epochs.start(tx, { conversation: id, generation, store: place.store, feed: place.feed, group });
  }

  async function enter(tx: Tx, { welcome, ...place }: Parameters<SelfConversation["enter"]>[1]): Promise<boolean> {
    const state = await open(tx, welcome);
    if (state === undefined || groups.rules(state) !== undefined) return false;
    await catchUp.look(tx, await begin(tx, place, state));
    return true;
  }

  async function open(tx: Tx, welcome: Uint8Array): Promise<GroupState | undefined> {
    const profile = await profiles.get(tx);
    const check = contacts.leafCheckOfAnyone();
    for (const { id, keyPackage, secret } of await listOurs(tx, profile.id)) {
      const joined = await groups.join(welcome, { keyPackage, secret, now: seconds(), check });
      if (!joined.ok && joined.error === "not_for_us") continue;
      await deleteKeyPackage(tx, id);
      return joined.ok ? joined.value : undefined;
    }
    return undefined;
  }

  return { found, enter, open };
}
