/** How the leaves of this person in a conversation stand beside their keys and their list. */
import { toHex } from "@pli/protocol/crypto";
import type { Seat } from "@pli/protocol/group";
import { parseCredential, type LeafCredential } from "@pli/protocol/identity";
import { findConversation, findSelfConversation } from "../../epochs/conversations.table.ts";
import type { EpochRoles } from "../../epochs/epoch-roles.ts";
import type { Epochs, HeldEpoch } from "../../epochs/epochs.ts";
import type { OwnDevices } from "../../people/own-devices.ts";
import type { Profile, Profiles } from "../../people/profile.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { deleteMeta, findMeta, saveMeta } from "../../runtime/storage/meta.ts";

/** What is kept of a group: the leaves of own devices there that lead nowhere. */
const LOST = "lost-leaves";

export interface OwnStanding {
  /** The other devices; into what is not their own conversation, those that are in that one. */
  mayCome(tx: Tx, conversation: string): Promise<readonly string[]>;
  /** A person with one device and their first certificate has nothing to change. */
  mayDiffer(tx: Tx): Promise<boolean>;
  /** The devices of this person that are in it, by leaf. */
  leavesIn(tx: Tx, held: HeldEpoch): Promise<ReadonlyMap<number, Seat>>;
  /** Those of these leaves that a commit of this device takes out. `now`: its generation. */
  goingOf(
    tx: Tx,
    held: HeldEpoch,
    leaves: readonly (readonly [number, Seat])[],
    now: number,
  ): Promise<readonly number[]>;
  /** The leaf of this device in a group leads nowhere: it is to go. */
  lose(tx: Tx, held: HeldEpoch, device: string): Promise<void>;
  /** Those of these leaves that lead nowhere, and whose they are. */
  lostOf(tx: Tx, held: HeldEpoch, leaves: readonly (readonly [number, Seat])[]): Promise<ReadonlyMap<number, string>>;
  /**
   * The credential of this moment, where this device's leaf shows one that it takes the place of.
   */
  renewalOf(profile: Profile, held: HeldEpoch): Uint8Array | undefined;
  /** This device's leaf there is by keys of an earlier generation than it has by now. */
  isEarlier(tx: Tx, conversation: string): Promise<boolean>;
}

export function createOwnStanding(
  { groups }: Context,
  {
    epochRoles,
    epochs,
    ownDevices,
    profiles,
  }: { epochRoles: EpochRoles; epochs: Epochs; ownDevices: OwnDevices; profiles: Profiles },
): OwnStanding {
  async function leavesIn(tx: Tx, held: HeldEpoch): Promise<ReadonlyMap<number, Seat>> {
    const self = (await profiles.get(tx)).id;
    return new Map([...epochRoles.seats(held)].filter(([, { profile }]) => profile === self));
  }

  /**
   * The leaves of removed devices. What keys of an earlier generation certify may be a thief's: no
   * such leaf stays where others are, and in the own conversation none that is not listed.
   */
  async function goingOf(
    tx: Tx,
    held: HeldEpoch,
    leaves: readonly (readonly [number, Seat])[],
    now: number,
  ): Promise<readonly number[]> {
    const removed = await ownDevices.removed(tx);
    const listed = new Set((await ownDevices.list(tx)).devices.map(({ id }) => toHex(id)));
    const isSelf = (await findConversation(tx, held.conversation))?.kind === "self";
    const isStale = ({ device, generation }: Seat): boolean => generation < now && (!isSelf || !listed.has(device));
    return leaves.flatMap(([leaf, seat]) => (removed.has(seat.device) || isStale(seat) ? [leaf] : []));
  }

  /** By their keys: a leaf that has come since is another. */
  const lostIn = async (tx: Tx, { conversation }: HeldEpoch): Promise<Readonly<Record<string, string>>> =>
    (await findMeta<Record<string, string>>(tx, `${LOST} ${conversation}`)) ?? {};

  const keysIn = ({ epoch: { group } }: HeldEpoch): ReadonlyMap<number, string> =>
    new Map(groups.members(group).map(({ leaf, encryptionKey }) => [leaf, toHex(encryptionKey)]));

  async function lose(tx: Tx, held: HeldEpoch, device: string): Promise<void> {
    const [leaf] = [...(await leavesIn(tx, held))].find(([, seat]) => seat.device === device) ?? [];
    const key = leaf === undefined || leaf === held.epoch.ownLeaf ? undefined : keysIn(held).get(leaf);
    if (key === undefined) return;
    await saveMeta(tx, `${LOST} ${held.conversation}`, { ...(await lostIn(tx, held)), [device]: key });
  }

  async function lostOf(
    tx: Tx,
    held: HeldEpoch,
    leaves: readonly (readonly [number, Seat])[],
  ): Promise<ReadonlyMap<number, string>> {
    const lost = await lostIn(tx, held);
    if (Object.keys(lost).length === 0) return new Map();
    const keys = keysIn(held);
    const there = leaves.filter(([leaf, { device }]) => lost[device] !== undefined && lost[device] === keys.get(leaf));
    if (there.length === 0) await deleteMeta(tx, `${LOST} ${held.conversation}`);
    return new Map(there.map(([leaf, { device }]) => [leaf, device]));
  }

  function renewalOf(profile: Profile, held: HeldEpoch): Uint8Array | undefined {
    const shown = ownCredential(held);
    const { generation, notAfter } = shown ?? {};
    if (generation === undefined || notAfter === undefined) return undefined;
    const { certificate } = profile;
    const isEarlier = generation < certificate.generation;
    const isShorter = generation === certificate.generation && notAfter < certificate.notAfter;
    return isEarlier || isShorter ? profiles.credential(profile) : undefined;
  }

  function ownCredential({ epoch: { group, ownLeaf } }: HeldEpoch): LeafCredential | undefined {
    const own = groups.members(group).find(({ leaf }) => leaf === ownLeaf);
    const shown = own && parseCredential(own.credential);
    return shown?.ok === true ? shown.value : undefined;
  }

  /** Asked before anything leaves: who never had other keys reads no epoch for it. */
  async function isEarlier(tx: Tx, conversation: string): Promise<boolean> {
    const { generation } = (await profiles.get(tx)).identity;
    const held = generation === 0 ? undefined : await epochs.current(tx, conversation);
    return held !== undefined && (ownCredential(held)?.generation ?? generation) < generation;
  }

  async function mayCome(tx: Tx, id: string): Promise<readonly string[]> {
    const others = await ownDevices.others(tx);
    const self = others.length === 0 ? undefined : await findSelfConversation(tx);
    if (self === undefined || self.id === id) return others;
    const held = await epochs.current(tx, self.id);
    const leaves = held === undefined ? [] : [...(await leavesIn(tx, held)).values()];
    const here = new Set(leaves.map(({ device }) => device));
    return others.filter((device) => here.has(device));
  }

  async function mayDiffer(tx: Tx): Promise<boolean> {
    const { certificate, createdAt } = await profiles.get(tx);
    const isRenewed = certificate.notBefore * 1000 > createdAt || certificate.generation > 0;
    return isRenewed || (await ownDevices.others(tx)).length > 0 || (await ownDevices.removed(tx)).size > 0;
  }

  return { mayCome, mayDiffer, leavesIn, goingOf, lose, lostOf, renewalOf, isEarlier };
}
