import { parseLeafWanted, encodeLeafWanted, type DeviceList } from "@pli/protocol/devices";
import { toHex } from "@pli/protocol/crypto";
import type { DeviceView } from "../../api/views.ts";
import type { CommandHandlers, QueryHandlers } from "../../api/handlers.ts";
import type { Said } from "../../epochs/contents.ts";
import { findShared } from "../../epochs/conversations.table.ts";
import type { HeldEpoch } from "../../epochs/epochs.ts";
import type { Kit } from "../../kit.ts";
import { findContactView } from "../../people/contacts.table.ts";
import { saveContactDevices, takeDevicesChanges } from "../../people/contact-devices.ts";
import type { Tx } from "../../runtime/context.ts";
import { PliError } from "../../runtime/errors.ts";
import type { Feature } from "../../runtime/feature.ts";
import { nameOfOnesOwn } from "../../people/allowed-name.ts";
import type { Direct } from "../direct/feature.ts";
import { createCatchUp } from "../group/catch-up.ts";
import { createDeviceKeys } from "./device-keys.ts";
import { createKeyGrants } from "./key-grants.ts";
import { createDeviceNames, type DeviceNames } from "./device-names.ts";
import { DEVICE_KEYS } from "./device-keys.table.ts";
import { createComingDevices, type ComingDevices } from "./coming-devices.ts";
import { createLettingBack } from "./letting-back.ts";
import { createLastSeen, type LastSeen } from "./last-seen.ts";
import { createLeafRemoved } from "./leaf-removed.ts";
import { createLinking, type Linking } from "./linking.ts";
import { LINKING } from "./links.ts";
import { createOwnEntering } from "./own-entering.ts";
import { createOwnLeaves, type OwnLeaves } from "./own-leaves.ts";
import { OWN_LEAVES } from "./own-ways.ts";
import { createOwnTalk, type OwnTalk } from "./own-talk.ts";
import { createReturnAnswers } from "./return-answers.ts";
import { createReturning, type Returning } from "./returning.ts";
import { createRestoredAsking, type RestoredAsking } from "./restored-asking.ts";
import { createRestoredHearing } from "./restored-hearing.ts";
import { createSelfConversation } from "./self-conversation.ts";

/** A contact's devices are looked at so long after they have changed. */
const CHANGES_MS = 60_000;
/** A new contact's own devices come in one after the other: that is no change. */
const NEW_CONTACT_MS = 3_600_000;

/** This person's devices: their list, their leaves in every conversation, and one more of them. */
export interface DevicesFeature extends Feature {
  readonly commands: ReturnType<typeof createCommands>;
  readonly queries: ReturnType<typeof createQueries>;
  readonly linking: Linking;
  readonly ownLeaves: OwnLeaves;
  readonly talk: OwnTalk;
  /** The words made this device: it asks the others to let it in. */
  readonly restored: Pick<RestoredAsking, "begin" | "cameIn">;
  /** Key packages of these devices are by keys that others refuse from now on. */
  forgetKeys(tx: Tx, list: DeviceList): Promise<void>;
}

export function createDevices(kit: Kit, { direct }: { direct: Direct }): DevicesFeature {
  const { commits, context, contents, epochRoles, ownDevices, profiles, queue } = kit;
  const talk = createOwnTalk(context, kit);
  const deviceKeys = createDeviceKeys(context, { ...kit, talk });
  const catchUp = createCatchUp(context, kit);
  const selfConversation = createSelfConversation(context, { ...kit, catchUp });
  const grants = createKeyGrants(context, { ...kit, deviceKeys, talk });
  const deviceNames = createDeviceNames(kit);
  const lastSeen = createLastSeen(context, kit);
  const coming = createComingDevices(context, kit);
  const linking = createLinking(context, { ...kit, coming, deviceKeys, deviceNames, grants, selfConversation, talk });
  const ownLeaves = createOwnLeaves(context, { ...kit, ...linking, deviceKeys, talk });
  const returns = createReturns(kit, linking);
  const { rejoining } = direct;
  const entering = createOwnEntering(context, { ...kit, catchUp, rejoining, selfConversation });
  const leafRemoved = createLeafRemoved(context, { ...kit, linking, rejoining: direct.rejoining });

  queue.serve(LINKING, { created: async (tx) => tx.after(queue.kick) });
  queue.serve(OWN_LEAVES, { created: ownLeaves.stored });
  ownLeaves.entered.on((tx, { devices, held, welcome }) => linking.entered(tx, devices, held, welcome));
  deviceKeys.came.on((tx) => ownLeaves.look(tx));
  commits.events.settled.on(async (tx, event) => {
    await ownLeaves.settled(tx, event);
    if (epochRoles.rules(event.after) !== undefined) return;
    await catchUp.epochStarted(tx, event.after);
    await countOf(tx, event.after, event.before);
  });
  direct.rejoining.begun.on(async (tx, { conversation }) => {
    await ownLeaves.look(tx, conversation);
    const held = await kit.epochs.current(tx, conversation);
    if (held !== undefined) await countOf(tx, held);
  });
  direct.rejoining.ownAsked.on((tx, { shared }) =>
    talk.say(tx, "leaf-wanted", encodeLeafWanted({ conversation: shared })),
  );
  ownDevices.changed.on(async (tx, { list, isTold }) => {
    if (!isTold) await talk.say(tx, "devices", list.bytes);
    for (const device of await ownDevices.removed(tx)) await deviceKeys.forget(tx, device);
    await leafRemoved.look(tx);
    await ownLeaves.look(tx);
  });
  commits.events.removed.on(async (tx, { conversation, before }) => {
    if (epochRoles.rules(before) === undefined) await leafRemoved.removed(tx, conversation);
  });

  /** How many devices the contact has, by the leaves of the two. */
  async function countOf(tx: Tx, after: HeldEpoch, before = after): Promise<void> {
    const contact = await kit.contacts.ofConversation(tx, after.conversation);
    if (contact === undefined) return;
    const theirsIn = (held: HeldEpoch): string[] =>
      [...epochRoles.seats(held).values()].flatMap(({ profile, device }) => (profile === contact.id ? [device] : []));
    const isChanged = await saveContactDevices(tx, contact.id, theirsIn(after), theirsIn(before));
    if (isChanged) tx.after(() => context.later(CHANGES_MS, noteChanges));
  }

  /**
   * One discreet line, once the devices have stayed so for a while: a repair takes one out and in.
   */
  async function noteChanges(tx: Tx): Promise<void> {
    for (const { contact, ...change } of await takeDevicesChanges(tx)) {
      const known = await kit.contacts.find(tx, contact);
      const pairedAt = (await findContactView(tx, contact))?.pairedAt ?? 0;
      if (known === undefined || known.blocked || context.clock.since(pairedAt) < NEW_CONTACT_MS) continue;
      await kit.messages.noteDevices(tx, known.conversation, contact, { kind: "devices", ...change });
    }
  }

  async function leafWanted(tx: Tx, { held, leaf }: Said, body: Uint8Array): Promise<void> {
    const wanted = parseLeafWanted(body);
    const device = epochRoles.deviceAt(held, leaf);
    const conversation = wanted && (await findShared(tx, wanted.conversation));
    if (conversation?.state !== "ready" || device === undefined) return;
    const current = await kit.epochs.current(tx, conversation.id);
    if (current === undefined) return;
    if (conversation.kind === "direct") await ownLeaves.replace(tx, current, device);
    if (conversation.kind === "group") await ownLeaves.putAgain(tx, current, device);
  }

  /**
   * A past epoch is kept for late senders: who took a device out would otherwise still hear what it
   * writes there.
   */
  async function isOfRemoved(tx: Tx, { held, leaf }: Said): Promise<boolean> {
    if (!held.retired) return false;
    const now = await kit.epochs.current(tx, held.conversation);
    if (now === undefined || now.generation !== held.generation) return false;
    const author = epochRoles.deviceAt(held, leaf);
    return ![...epochRoles.seats(now).values()].some(({ device }) => device === author);
  }

  /** A thief's leaf is in the own conversation until the commit that takes it out is stored. */
  async function isOfThief(tx: Tx, { conversation, held, leaf }: Said): Promise<boolean> {
    if (conversation.kind !== "self") return false;
    const { devices, generation } = await ownDevices.list(tx);
    const seat = epochRoles.seats(held).get(leaf);
    if (seat === undefined || seat.generation >= generation) return false;
    return !devices.some(({ id }) => toHex(id) === seat.device);
  }

  contents.filter({ isOut: isOfRemoved });
  contents.filter({ isOut: isOfThief });
  contents.onOwnControl("self", "device-grant", grants.take);
  ownLeaves.settledIn.on(grants.give);
  kit.scheduler.hold(async (tx, { id }) => ((await ownLeaves.isEarlier(tx, id)) ? "succession" : undefined));
  talk.hear("devices", (tx, _, list) => ownDevices.take(tx, list));
  contents.onOwnControl("self", "device-keys", deviceKeys.said);
  contents.onOwnControl("self", "device-keys-wanted", deviceKeys.wanted);
  contents.onOwnControl("self", "own-leaf", entering.told);
  contents.onOwnControl("self", "leaf-wanted", leafWanted);
  talk.hear("card", (tx, _, card) => profiles.takeCard(tx, card));

  return {
    commands: createCommands(kit, { coming, deviceNames }),
    queries: createQueries(kit, { coming, deviceNames, lastSeen, returning: returns.state }),
    linking,
    ownLeaves,
    talk,
    restored: returns.restored,
    forgetKeys: async (tx, { devices }) => {
      for (const { id } of devices) await deviceKeys.forget(tx, toHex(id));
    },
    tables: DEVICE_KEYS,
    resume: async (tx) => {
      await entering.resume(tx);
      await profiles.renew(tx);
      await ownLeaves.look(tx);
    },
    tick: async (tx) => {
      await linking.tick(tx);
      await returns.tick(tx);
      await noteChanges(tx);
      await profiles.renew(tx);
      await ownLeaves.look(tx);
    },
    expire: async (tx) => {
      await lastSeen.note(tx);
      await linking.expire(tx);
    },
  };
}

/** This device comes back, and lets others back. */
function createReturns(
  kit: Kit,
  linking: Linking,
): { readonly restored: RestoredAsking } & Pick<Returning, "state" | "tick"> {
  const { context, losses, ownDevices } = kit;
  const returning = createReturning(context, { ...kit, linking });
  const answers = createReturnAnswers(context, { ...kit, linking });
  const lettingBack = createLettingBack(context, { ...kit, answers, linking, returning });
  const restored = createRestoredAsking(context, { ...kit, linking });
  const hearing = createRestoredHearing(context, { ...kit, answers, linking });
  linking.begun.on((tx) => lettingBack.expect(tx));
  ownDevices.changed.on((tx) => lettingBack.expect(tx));
  losses.cells.on(async (tx, { conversation: { kind }, why }) => {
    if (kind !== "self") return;
    // All have lost the same: the oldest lets the others in again, with all that it has.
    if (why === "expired") await returning.lost(tx);
    else if (!(await ownDevices.isFirst(tx))) await returning.ask(tx);
  });
  losses.stale.on(async (tx, { kind }) => {
    if (kind === "self") await returning.lost(tx);
  });
  return {
    restored,
    state: returning.state,
    tick: async (tx) => {
      await returning.tick(tx);
      await restored.tick(tx);
      await lettingBack.tick(tx);
      await hearing.tick(tx);
    },
  };
}

function createCommands(
  { ownDevices }: Kit,
  { coming, deviceNames }: { coming: ComingDevices; deviceNames: DeviceNames },
) {
  return {
    renameDevice: async (tx, { device, name }) => {
      const { devices } = await ownDevices.list(tx);
      if (!devices.some(({ id }) => toHex(id) === device)) throw new PliError("device_unknown");
      await deviceNames.set(tx, device, nameOfOnesOwn(name));
    },
    removeDevice: (tx, { device }) => ownDevices.remove(tx, device),
    cancelDevice: async (tx, { device }) => {
      if (!(await coming.list(tx)).some(({ id }) => id === device)) throw new PliError("device_unknown");
      await coming.cancel(tx, device);
    },
  } satisfies Partial<CommandHandlers>;
}

function createQueries(
  { ownDevices, profiles }: Kit,
  deps: { coming: ComingDevices; deviceNames: DeviceNames; lastSeen: LastSeen; returning: Returning["state"] },
) {
  const { coming, deviceNames, lastSeen } = deps;
  return {
    comingDevices: (tx) => coming.list(tx),
    devices: async (tx) => {
      if ((await profiles.find(tx)) === undefined) return [];
      const { devices } = await ownDevices.list(tx);
      const self = await ownDevices.self(tx);
      const isRemoved = (await ownDevices.removed(tx)).has(self);
      const views: DeviceView[] = [];
      for (const { id, addedAt, addedBy } of devices) {
        const device = toHex(id);
        const name = await deviceNames.of(tx, device);
        const added = { addedAt: addedAt * 1000, addedBy: toHex(addedBy) };
        const seen = await lastSeen.of(tx, { id: device, addedAt: added.addedAt });
        const isThis = device === self;
        const returning = isThis && !isRemoved ? await deps.returning(tx) : undefined;
        const own = { isThis, isRemoved: isThis && isRemoved, ...(returning && { returning }) };
        views.push({ id: device, name, ...added, ...seen, ...own });
      }
      const isListed = views.some(({ isThis }) => isThis);
      if (isListed) return views;
      const seen = await lastSeen.of(tx, { id: self, addedAt: 0 });
      return [...views, { id: self, name: "", addedAt: 0, addedBy: "", ...seen, isThis: true, isRemoved }];
    },
  } satisfies Partial<QueryHandlers>;
}
