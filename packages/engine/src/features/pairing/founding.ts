import { conversationIdFrom, type GroupState, type LeafCheck } from "@pli/protocol/conversation";
import { toHex } from "@pli/protocol/crypto";
import { createCommitCheck } from "@pli/protocol/group";
import { parseCard, parseDeviceCertificate, type Card } from "@pli/protocol/identity";
import type { PairingEvent, PeerInfo } from "@pli/protocol/pairing";
import type { Blocking } from "../blocking/blocking.ts";
import { streamOf } from "../../epochs/conversations.ts";
import { getConversation, insertConversation, setGeneration } from "../../epochs/conversations.table.ts";
import type { Epochs } from "../../epochs/epochs.ts";
import { encodeGroup, groupFrom } from "../../epochs/group-bytes.ts";
import { nameAnew } from "../messages/message-ids.ts";
import type { Messages } from "../messages/messages.ts";
import type { Rejoining } from "../direct/rejoin.ts";
import type { Sending } from "../messages/sending.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { FEED } from "../../delivery/port.ts";
import type { SendQueue } from "../../delivery/queue/send-queue.ts";
import type { TxEvent } from "../../runtime/tx-event.ts";
import type { Contact, Contacts } from "../../people/contacts.ts";
import type { Generations } from "../../people/generations.ts";
import type { Profile, Profiles } from "../../people/profile.ts";
import { damaged } from "../../runtime/storage/row.ts";
import { show, type PairingRow } from "./pairing-row.ts";
import { withdrawCommits } from "../../epochs/own-commits.ts";
import { moveStream } from "../../delivery/queue/send-queue.table.ts";

/**
 * A conversation's id on this device: drawn here, so that what names it here means nothing
 * elsewhere.
 */
const LOCAL_ID_BYTES = 16;

/** The MLS side of a pairing: key package, group of two, contact and conversation. */
export interface Founding {
  /** Who we are, for the other side. */
  introduce(tx: Tx, row: PairingRow): Promise<PairingEvent>;
  /** The code was right: the group of two is made, and the other side's welcome with it. */
  invitePeer(tx: Tx, row: PairingRow, peer: PeerInfo): Promise<PairingEvent>;
  /**
   * The code was right on both sides: we are in the group they made, of the two and nobody else, or
   * say that it is not that.
   */
  joinPeer(tx: Tx, row: PairingRow, welcome: Uint8Array, peer: PeerInfo): Promise<PairingEvent>;
  /** Both sides have confirmed: the contact and the conversation are here. */
  paired(tx: Tx, row: PairingRow, peer: PeerInfo): Promise<void>;
}

export interface FoundingParts {
  readonly profiles: Profiles;
  readonly generations: Generations;
  readonly contacts: Contacts;
  readonly epochs: Epochs;
  readonly messages: Messages;
  readonly sending: Sending;
  readonly rejoining: Rejoining;
  readonly blocking: Blocking;
  queue: SendQueue;
  /** Somebody has become a contact. */
  readonly met: TxEvent<Contact>;
}

export function createFounding(context: Context, deps: FoundingParts): Founding {
  const { crypto, clock, groups } = context;
  const { profiles, contacts, epochs, messages } = deps;
  const seconds = (): number => Math.floor(clock.now() / 1000);

  async function introduce(tx: Tx, row: PairingRow): Promise<PairingEvent> {
    await profiles.mend(tx);
    const profile = await profiles.get(tx);
    const self = { type: "self", card: profile.card.bytes, certificate: profile.certificate.bytes } as const;
    if (row.role === "inviter") return self;
    const made = await profiles.createKeyPackage(profile);
    row.keyPackage = made.keyPackage;
    row.keyPackageSecret = made.secret;
    return { ...self, keyPackage: made.keyPackage };
  }

  async function invitePeer(tx: Tx, row: PairingRow, peer: PeerInfo): Promise<PairingEvent> {
    const profile = await profiles.get(tx);
    const check = await peerCheck(tx, profile, peer);
    if (check === undefined || peer.keyPackage === undefined) return { type: "peerInvalid" };
    const own = await profiles.createKeyPackage(profile);
    const fresh = await groups.createGroup({ groupId: crypto.random(32), ...own });
    const allows = createCommitCheck(crypto);
    const made = await groups.commit(fresh, { add: [peer.keyPackage], now: seconds(), check, allows });
    if (!made.ok || made.value.welcome === undefined) return { type: "peerInvalid" };
    row.groupState = encodeGroup(groups, made.value.state);
    show(row, { step: "confirming" });
    return { type: "welcome", bytes: made.value.welcome };
  }

  async function joinPeer(tx: Tx, row: PairingRow, welcome: Uint8Array, peer: PeerInfo): Promise<PairingEvent> {
    const check = await peerCheck(tx, await profiles.get(tx), peer);
    const { keyPackage, keyPackageSecret: secret } = row;
    if (check === undefined || keyPackage === undefined || secret === undefined) return { type: "peerInvalid" };
    const joined = await groups.join(welcome, { keyPackage, secret, now: seconds(), check });
    if (!joined.ok || groups.members(joined.value).length !== 2) return { type: "peerInvalid" };
    row.groupState = encodeGroup(groups, joined.value);
    return { type: "joined" };
  }

  /**
   * The group accepts only this device and the one certified in the transcript. Nobody is paired
   * with whose keys others have taken the place of: a thief may have them.
   */
  async function peerCheck(tx: Tx, profile: Profile, peer: PeerInfo): Promise<LeafCheck | undefined> {
    const card = parseCard(crypto, peer.card);
    if (!card.ok) return undefined;
    const id = toHex(card.value.id);
    const generation = await deps.generations.of(tx, id);
    if (card.value.generation < generation) return undefined;
    const certificate = parseDeviceCertificate(crypto, peer.certificate, card.value);
    if (!certificate.ok) return undefined;
    const allowed = [profile.deviceKeys.publicKey, certificate.value.deviceKey];
    const known = contacts.leafCheck(profile, { id, generation });
    return (credential, signatureKey) =>
      allowed.some((key) => crypto.equal(key, signatureKey)) && known(credential, signatureKey);
  }

  async function paired(tx: Tx, row: PairingRow, peer: PeerInfo): Promise<void> {
    const card = parseCard(crypto, peer.card);
    if (!card.ok || row.groupState === undefined) return damaged("pairing");
    const contact = toHex(card.value.id);
    const conversation = await openConversation(tx, row.store, card.value, peer);
    await beginGroup(tx, conversation, groupFrom(groups, row.groupState));
    await deps.generations.saw(tx, contact, card.value.generation);
    await messages.note(tx, conversation, { kind: "paired" });
    await deps.sending.enqueueAgain(tx, conversation);
    await deps.met.emit(tx, (await contacts.find(tx, contact)) ?? damaged("contact"));
    show(row, { step: "paired", peer: card.value.name, contact, conversation, endedAt: clock.now() });
    tx.after(() => deps.queue.kick());
  }

  /** People who pair again continue the conversation they had, wherever they meet now. */
  async function openConversation(tx: Tx, store: string, card: Card, peer: PeerInfo): Promise<string> {
    const { certificate, pairwise, role } = peer;
    const contact = toHex(card.id);
    const known = await contacts.find(tx, contact);
    const id = known?.conversation ?? toHex(crypto.random(LOCAL_ID_BYTES));
    const shared = conversationIdFrom(crypto, pairwise);
    if (known?.blocked === true) await deps.blocking.end(tx, known);
    if (known !== undefined) await deps.rejoining.stop(tx, known);
    if (known !== undefined) await deps.rejoining.forget(tx, known);
    const fresh = { id, kind: "direct", shared, contact, store, feed: FEED, generation: 0, state: "ready" } as const;
    await insertConversation(tx, fresh, clock.now());
    // The one of the two who lost all of it knows no other name.
    if (known !== undefined) await nameAnew(context, tx, id, shared);
    await moveStream(tx, streamOf(id), store);
    const own = (await profiles.get(tx)).identity.generation;
    const made = { secret: pairwise, own, peer: card.generation };
    await contacts.add(tx, { card, certificate, level: 3, pairwise: made, role, conversation: id });
    const added = await contacts.find(tx, contact);
    if (added !== undefined) await deps.rejoining.expectOf(tx, added);
    return id;
  }

  async function beginGroup(tx: Tx, id: string, group: GroupState): Promise<void> {
    const { store, feed, generation: before } = await getConversation(tx, id);
    const generation = before + 1;
    await setGeneration(tx, id, generation);
    await withdrawCommits(tx, id);
    await epochs.start(tx, { conversation: id, generation, store, feed, group });
  }

  return { introduce, invitePeer, joinPeer, paired };
}
