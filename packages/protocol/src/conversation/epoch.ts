import type { Crypto } from "../crypto/index.ts";
import { padObject, unpadObject, type Put } from "../object/index.ts";
import { chainsFromExport, chainWindow, nextChain, type Chain, type Slot } from "./chain.ts";
import type { GroupEngine, GroupState } from "./group.ts";
import { payloadFromMessage, putsFromPayload } from "./payload.ts";

/**
 * What MLS exports at the start of an epoch: what the label chains come from, and a call's keys.
 */
export const LABELS_EXPORT = "pli labels";
export const CALL_EXPORT = "pli call";
const EXPORT_BYTES = 32;
const NO_CONTEXT = new Uint8Array(0);

/**
 * One epoch of a conversation as a device holds it: the MLS state and the label chains that were
 * derived from it.
 */
export interface Epoch {
  readonly group: GroupState;
  readonly ownLeaf: number;
  readonly chains: readonly Chain[];
  readonly commits: readonly Slot[];
  /** The same for all members, 32 bytes. Undefined in an epoch that was begun before it existed. */
  readonly callSecret: Uint8Array | undefined;
}

/** What the conversation layer stands on. */
export interface ConversationKit {
  readonly crypto: Crypto;
  readonly groups: GroupEngine;
}

/**
 * Derives the chains and the call secret of a group's new epoch. The secret the chains come from is
 * wiped, and the group's state loses the one it was exported from: a step of a chain that was used
 * and erased cannot be derived again (docs/protocol.md, section 4).
 */
export async function startEpoch(kit: ConversationKit, group: GroupState, feed: number): Promise<Epoch> {
  const { crypto, groups } = kit;
  const exported = await groups.exportSecret(group, LABELS_EXPORT, NO_CONTEXT, EXPORT_BYTES);
  const callSecret = await groups.exportSecret(group, CALL_EXPORT, NO_CONTEXT, EXPORT_BYTES);
  const leaves = groups.members(group).map((member) => member.leaf);
  const { chains, commits } = chainsFromExport(crypto, exported, feed, leaves);
  crypto.wipe(exported);
  return { group: groups.withoutExporter(group), ownLeaf: groups.ownLeaf(group), chains, commits, callSecret };
}

/**
 * Message path 5/11: a message as puts under this device's next labels, and the epoch after it.
 * Save the epoch before the first put leaves: a label is used once. `wipe` erases what this message
 * consumed of the old epoch; call it when the new one is saved.
 */
export async function sealMessage(
  kit: ConversationKit,
  epoch: Epoch,
  feed: number,
  content: Uint8Array,
): Promise<{ epoch: Epoch; puts: Put[]; wipe(): void }> {
  const { crypto, groups } = kit;
  const own = chainOf(epoch, epoch.ownLeaf);
  const encrypted = await groups.encrypt(epoch.group, content, new Uint8Array(0));
  const payload = payloadFromMessage(crypto, feed, encrypted.message);
  const slots = chainWindow(crypto, own, feed, payload.bodies.length);
  const puts = putsFromPayload(crypto, slots, payload);
  const moved = advanced(crypto, { ...epoch, group: encrypted.state }, epoch.ownLeaf, slots.length);
  return { epoch: moved, puts, wipe: encrypted.wipe };
}

/** The epoch with one sender's chain `steps` further on. */
export function advanced(crypto: Crypto, epoch: Epoch, leaf: number, steps: number): Epoch {
  let chain = chainOf(epoch, leaf);
  for (let i = 0; i < steps; i++) chain = nextChain(crypto, chain);
  return { ...epoch, chains: epoch.chains.map((other) => (other.leaf === leaf ? chain : other)) };
}

/**
 * A commit as puts: the object it stands in first, its one label for this attempt last. `created`
 * there makes it history. Padded, so that how much is written does not tell how many people are in
 * the group.
 */
export function putsFromCommit(crypto: Crypto, slot: Slot, feed: number, commit: Uint8Array): Put[] {
  const payload = payloadFromMessage(crypto, feed, padObject(commit), 1);
  return putsFromPayload(crypto, [slot], payload);
}

/**
 * The commit in the object that its cell points at; undefined for what `putsFromCommit` would not
 * have written.
 */
export const commitFromObject = (object: Uint8Array): Uint8Array | undefined => unpadObject(object);

/** The chain of one member. A leaf that is not a member's is our own mistake. */
export function chainOf(epoch: Epoch, leaf: number): Chain {
  const chain = epoch.chains.find((candidate) => candidate.leaf === leaf);
  if (chain === undefined) throw new RangeError("no such leaf in this epoch");
  return chain;
}
