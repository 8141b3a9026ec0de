import {
  beginRejoin,
  consentToRejoin,
  isLeader,
  nextLook,
  relationOf,
  stepRejoin,
  type GroupControl,
} from "@pli/protocol/group";
import type {
  Helper,
  LeafName,
  Place,
  RejoinCause,
  RejoinEffect,
  RejoinEvent,
  RejoinState,
  Standing,
} from "@pli/protocol/group";
import { toHex } from "@pli/protocol/crypto";
import type { RejoiningView } from "../../api/api.ts";
import { createTxEvent, type TxEvent } from "../../runtime/tx-event.ts";
import type { Refounding } from "./refounding.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { fractionFrom, shuffled } from "../../runtime/chance.ts";
import { count } from "../../runtime/counters.ts";
import { createPauses } from "../../runtime/pauses.ts";
import type { Commits } from "../../epochs/commits.ts";
import { findConversation, setConversationState, type Conversation } from "../../epochs/conversations.ts";
import type { Epochs } from "../../epochs/epochs.ts";
import type { Contact, Contacts } from "../../people/contacts.ts";
import type { Profiles } from "../../people/profile.ts";
import { deleteMeta, findMeta, metaOf, saveMeta } from "../../runtime/storage/meta.ts";
import { textIn } from "../../runtime/storage/row.ts";
import type { KeyPackages } from "./key-packages.ts";
import { findBranch } from "./marks.ts";
import { findGroup, listMembers, named } from "./members.ts";
import { ownLeafOf, placeFrom, placeOf } from "./places.ts";
import type { Talk } from "./talk.ts";
import { withdrawCommits } from "../../epochs/own-commits.ts";

/** Consent to come back is good for so long. */
const VALID_DAYS = 30;
/**
 * The word of one person that it is out makes a device that continues ask the others once in so
 * long.
 */
const DOUBT_AGAIN_MS = 600_000;
const STANDINGS: readonly Standing[] = ["goesOn", "stuck", "out"];
/**
 * What stops a device from writing; the other causes leave it where it is until it is brought
 * elsewhere.
 */
const STOPPING: ReadonlySet<RejoinCause> = new Set(["unopened", "lost", "old", "removed"]);
/** What makes it consent to being brought back at once, by its leaf as it knows it. */
const CONSENTING: ReadonlySet<RejoinCause> = new Set(["unopened", "lost", "old"]);
/** A graver cause takes the place of a lighter one. */
const GRAVITY: Readonly<Record<RejoinCause, number>> = { behind: 0, fork: 1, unopened: 2, lost: 2, old: 3, removed: 4 };

type RejoinAnswer = GroupControl & { readonly name: "group-rejoin-answer" };

/**
 * When this device cannot go on in a group, a contact in it puts a new leaf of it in the place of
 * the old one (docs/protocol.md, section 8.4). Nobody presses anything. What is decided, and when,
 * is the reducer of `protocol/group/rejoin/`; here its effects happen. Until it is brought back a
 * device keeps what it has.
 */
export interface GroupRejoining {
  /** Nobody was ahead: the group continues here, in a fresh epoch, and the others hear of it. */
  readonly resumed: TxEvent<{ readonly conversation: string; readonly state: RejoinState }>;
  /** This device is out of the group, by what `by` did or says. */
  readonly ended: TxEvent<{ readonly conversation: string; readonly by: string }>;
  /**
   * This device cannot go on, or must move; `via`: who is known to be able to help; `by`: who made
   * it so.
   */
  start(tx: Tx, conversation: string, cause: RejoinCause, p?: { via?: string; by?: string }): Promise<void>;
  /** A contact who works in the group tells where they stand: they may be able to help now. */
  heardOf(tx: Tx, conversation: string, contact: string, place: Place | undefined): Promise<void>;
  /** A contact says where they stand. */
  answered(tx: Tx, contact: Contact, answer: RejoinAnswer): Promise<void>;
  /** A contact says that we are not in the group any more. */
  refused(tx: Tx, contact: Contact, shared: Uint8Array): Promise<void>;
  /** Since when this device looks for a way back, in ms. */
  lookingSince(tx: Tx, conversation: string): Promise<number | undefined>;
  /** Who has put this device out, when `by` brings it in again as somebody who was out. */
  remover(tx: Tx, conversation: string, by: string): Promise<string | undefined>;
  /**
   * Whether this person may bring this device back: one who was asked; into a group that it was put
   * out of, anybody.
   */
  mayBringBack(tx: Tx, conversation: string, by: string): Promise<boolean>;
  /** We are in the group; back, when this device had asked for it. */
  done(tx: Tx, conversation: string): Promise<void>;
  /**
   * This device has followed a commit: but for an old state, it continues where the others are.
   * Gives what it waited for.
   */
  overtaken(tx: Tx, conversation: string): Promise<RejoinState | undefined>;
  /** A key package of this device that this contact may put in the place of that leaf. */
  createConsent(tx: Tx, contact: Contact, conversation: Uint8Array, leaf: LeafName): Promise<Uint8Array>;
  /** Nobody can bring this device back any more with what it gave them. */
  takeBack(tx: Tx, conversation: Uint8Array): Promise<void>;
  /** What it waits for, for people to see. */
  view(tx: Tx, conversation: string): Promise<RejoiningView | undefined>;
  resume(tx: Tx): Promise<void>;
  forget(tx: Tx, conversation: string): Promise<void>;
  /** What this contact has answered counts no more. */
  forgetWord(tx: Tx, contact: string): Promise<void>;
}

export function createGroupRejoining(
  context: Context,
  p: {
    contacts: Contacts;
    profiles: Profiles;
    epochs: Epochs;
    keyPackages: KeyPackages;
    talk: Talk;
    commits: Commits;
    refounding: Pick<Refounding, "mayFound" | "foundLost" | "isLeftOutBy">;
  },
): GroupRejoining {
  const { clock, crypto, groups } = context;
  const { contacts, profiles, epochs, talk } = p;
  /** Groups that a timer looks at. */
  const waiting = new Set<string>();
  const resumed: GroupRejoining["resumed"] = createTxEvent();
  const ended: GroupRejoining["ended"] = createTxEvent();
  const isTimeToDoubt = createPauses(clock, DOUBT_AGAIN_MS);

  async function start(
    tx: Tx,
    id: string,
    cause: RejoinCause,
    { via, by }: { via?: string; by?: string } = {},
  ): Promise<void> {
    const conversation = await findConversation(tx, id);
    if (conversation?.kind !== "group" || conversation.state === "left") return;
    const before = await findState(tx, id);
    if (before !== undefined && GRAVITY[cause] <= GRAVITY[before.cause]) return;
    if (STOPPING.has(cause)) await stopWriting(tx, conversation);
    const began = beginRejoin({ cause, now: clock.now(), ...(by !== undefined && { by }) });
    const asked = before?.asked ?? {};
    const first = { times: 1, at: clock.now(), given: 0 };
    await saveState(tx, id, { ...began, asked: via === undefined ? asked : { [via]: first, ...asked } });
    if (via !== undefined) await ask(tx, id, via);
    await look(tx, id);
  }

  async function stopWriting(tx: Tx, { id }: Conversation): Promise<void> {
    await withdrawCommits(tx, id);
    await setConversationState(tx, id, "rejoining");
  }

  async function look(tx: Tx, id: string): Promise<void> {
    const conversation = await findConversation(tx, id);
    const state = await findState(tx, id);
    if (conversation === undefined || state === undefined) return;
    const held = await epochs.current(tx, id);
    const founds = held !== undefined && (await p.refounding.mayFound(tx, held));
    const helpers = await helpersOf(tx, id);
    const others = (await listMembers(tx, id)).length - 1;
    await step(tx, id, { type: "looked", now: clock.now(), helpers, others, founds });
    await lookLater(tx, id);
  }

  async function lookLater(tx: Tx, id: string): Promise<void> {
    const state = await findState(tx, id);
    if (state === undefined || waiting.has(id)) return;
    const wait = nextLook(state, clock.now()) - clock.now();
    tx.after(() => {
      if (waiting.has(id)) return;
      waiting.add(id);
      clock.after(wait, () => {
        waiting.delete(id);
        void context.transact((later) => look(later, id)).catch(() => undefined);
      });
    });
  }

  /**
   * Every contact who is not blocked, in random order; those of them who are in the group, as far
   * as is known here, are asked first.
   */
  async function helpersOf(tx: Tx, id: string): Promise<Helper[]> {
    const roles = new Map((await listMembers(tx, id)).map(({ profile, role }) => [profile, role]));
    const helpers = (await contacts.all(tx)).filter(({ blocked }) => !blocked);
    return shuffled(helpers, () => fractionFrom(crypto.random(8))).map(({ id: contact }) => {
      const role = roles.get(contact);
      return { id: contact, member: role !== undefined, leads: isLeader(role) };
    });
  }

  async function step(tx: Tx, id: string, event: RejoinEvent): Promise<void> {
    const before = await findState(tx, id);
    if (before === undefined) return;
    const { state, effects } = stepRejoin(before, event);
    await saveState(tx, id, state);
    for (const effect of effects) await perform(tx, id, effect);
  }

  async function perform(tx: Tx, id: string, effect: RejoinEffect): Promise<void> {
    if (effect.type === "ask") return ask(tx, id, effect.who, effect.leaf);
    if (effect.type === "resume") return goOn(tx, id);
    if (effect.type === "end") return end(tx, id);
    await p.refounding.foundLost(tx, id, effect.gone);
  }

  async function ask(tx: Tx, id: string, who: string, leaf?: LeafName): Promise<void> {
    const conversation = await findConversation(tx, id);
    const contact = await contacts.find(tx, who);
    if (conversation === undefined || contact === undefined || contact.blocked) return;
    const held = await epochs.current(tx, id);
    // No consent before it is known that this device is elsewhere than the other.
    const knowsLeaf = held !== undefined && CONSENTING.has((await findState(tx, id))?.cause ?? "fork");
    const known = knowsLeaf ? ownLeafOf(groups, held) : undefined;
    const replaced = leaf ?? known;
    const { shared } = conversation;
    const keyPackage = replaced && (await createConsent(tx, contact, shared, replaced));
    await talk.send(tx, contact.conversation, {
      name: "group-rejoin",
      conversation: shared,
      place: held === undefined ? null : placeOf(groups, held),
      keyPackage: keyPackage ?? new Uint8Array(0),
    });
  }

  async function createConsent(
    tx: Tx,
    contact: Contact,
    conversation: Uint8Array,
    { group, encryptionKey }: LeafName,
  ): Promise<Uint8Array> {
    const replaced = { conversation, groupId: talk.bytes(group), encryptionKey: talk.bytes(encryptionKey) };
    const consent = consentToRejoin(crypto, replaced, contact.card.id);
    return p.keyPackages.make(tx, contact.id, { consent, days: VALID_DAYS, use: consentFor(conversation) });
  }

  async function takeBack(tx: Tx, conversation: Uint8Array): Promise<void> {
    await tx.sql.run("DELETE FROM key_packages WHERE ours = 1 AND used_by = ?", [consentFor(conversation)]);
  }

  async function heardOf(tx: Tx, id: string, who: string, place: Place | undefined): Promise<void> {
    const relation = relationOf(await findBranch(tx, id), place);
    await step(tx, id, { type: "heardOf", now: clock.now(), who, relation });
  }

  async function answered(tx: Tx, contact: Contact, said: RejoinAnswer): Promise<void> {
    const conversation = await findGroup(tx, said.conversation);
    const standing = STANDINGS[said.standing];
    if (conversation === undefined || standing === undefined) return;
    const theirs = said.place === null ? undefined : placeFrom(said.place);
    const relation = relationOf(await findBranch(tx, conversation.id), theirs);
    const isNamed = said.leaf.length > 0 && theirs !== undefined;
    const leaf = isNamed ? { group: theirs.group, encryptionKey: toHex(said.leaf) } : undefined;
    const now = clock.now();
    await step(tx, conversation.id, {
      type: "answered",
      now,
      who: contact.id,
      standing,
      relation,
      ...(leaf && { leaf }),
    });
  }

  async function refused(tx: Tx, contact: Contact, shared: Uint8Array): Promise<void> {
    const conversation = await findGroup(tx, shared);
    if (conversation === undefined) return;
    const { id, state } = conversation;
    // In the group, for all it knows: it asks the others, once in a while at most.
    if (state === "ready" && (await findState(tx, id)) === undefined) {
      if (!isTimeToDoubt(`${id} ${contact.id}`)) return;
      await start(tx, id, "fork", { via: contact.id });
    }
    const leftOut = await p.refounding.isLeftOutBy(tx, id, contact.id);
    await step(tx, id, { type: "refused", now: clock.now(), who: contact.id, leftOut });
  }

  /** Nobody is ahead: this device continues from where it stands. */
  async function goOn(tx: Tx, id: string): Promise<void> {
    const conversation = await findConversation(tx, id);
    const held = await epochs.current(tx, id);
    const state = await findState(tx, id);
    if (conversation === undefined || held === undefined || state === undefined) return;
    await forget(tx, id);
    if (conversation.state === "rejoining") await setConversationState(tx, id, "ready");
    if (state.cause === "unopened") await p.commits.giveUpUnopened(tx, held);
    await resumed.emit(tx, { conversation: id, state });
  }

  async function end(tx: Tx, id: string): Promise<void> {
    const state = await findState(tx, id);
    if (state === undefined) return;
    await forget(tx, id);
    const refusing = Object.entries(state.answers).find(([, { standing }]) => standing === "refused");
    await ended.emit(tx, { conversation: id, by: state.by ?? refusing?.[0] ?? "" });
  }

  async function remover(tx: Tx, id: string, by: string): Promise<string | undefined> {
    const state = await findState(tx, id);
    const isBack = (state?.asked[by]?.given ?? 0) > 0;
    return state?.cause === "removed" && !isBack ? (state.by ?? "") : undefined;
  }

  async function mayBringBack(tx: Tx, id: string, by: string): Promise<boolean> {
    const state = await findState(tx, id);
    return state !== undefined && (state.asked[by] !== undefined || state.cause === "removed");
  }

  async function done(tx: Tx, id: string): Promise<void> {
    if ((await findState(tx, id)) === undefined) return;
    await forget(tx, id);
    await count(tx, "rejoins");
  }

  async function overtaken(tx: Tx, id: string): Promise<RejoinState | undefined> {
    const state = await findState(tx, id);
    if (state === undefined || state.cause === "old" || state.cause === "fork") return undefined;
    await forget(tx, id);
    if ((await findConversation(tx, id))?.state === "rejoining") await setConversationState(tx, id, "ready");
    return state;
  }

  async function view(tx: Tx, id: string): Promise<RejoiningView | undefined> {
    const state = await findState(tx, id);
    if (state === undefined || !STOPPING.has(state.cause)) return undefined;
    const members = new Set((await listMembers(tx, id)).map(({ profile }) => profile));
    const self = await profiles.get(tx);
    const askable = new Set((await helpersOf(tx, id)).map((helper) => helper.id));
    const asked = [...members].filter((who) => who !== self.id && askable.has(who));
    const refusing = Object.entries(state.answers).filter(([, { standing }]) => standing === "refused");
    const standingOf = (who: string) => state.answers[who]?.standing;
    return {
      since: state.since,
      ...(state.by !== undefined && { by: (await named(tx, [state.by]))[0] }),
      waitsFor: await named(
        tx,
        asked.filter((who) => standingOf(who) === undefined),
      ),
      answered: await named(
        tx,
        asked.filter((who) => ![undefined, "refused"].includes(standingOf(who))),
      ),
      refusedBy: await named(
        tx,
        refusing.map(([who]) => who),
      ),
    };
  }

  // A look that failed, as when the disk was full, is not the last one.
  context.onReload(lookAtAll);

  async function lookAtAll(tx: Tx): Promise<void> {
    for (const id of await metaOf(tx, REJOIN)) await lookLater(tx, id);
  }

  async function resume(tx: Tx): Promise<void> {
    await lookAtAll(tx);
    for (const row of await tx.sql.all("SELECT id FROM conversations WHERE kind = 'group' AND state = 'rejoining'")) {
      if ((await findState(tx, textIn(row, "id"))) === undefined) await start(tx, textIn(row, "id"), "lost");
    }
  }

  async function forgetWord(tx: Tx, contact: string): Promise<void> {
    for (const id of await metaOf(tx, REJOIN)) {
      const state = await findState(tx, id);
      if (state === undefined) continue;
      const { [contact]: _, ...answers } = state.answers;
      await saveState(tx, id, { ...state, answers });
    }
  }

  const lookingSince = async (tx: Tx, id: string): Promise<number | undefined> => (await findState(tx, id))?.since;

  return {
    resumed,
    ended,
    start,
    heardOf,
    answered,
    refused,
    lookingSince,
    remover,
    mayBringBack,
    done,
    overtaken,
    createConsent,
    takeBack,
    view,
    resume,
    forget,
    forgetWord,
  };
}

/** By this a key package is known that was given for one group. */
const consentFor = (conversation: Uint8Array): string => `rejoin ${toHex(conversation)}`;
const REJOIN = "rejoin";
const keyOf = (conversation: string): string => `${REJOIN} ${conversation}`;

const findState = (tx: Tx, id: string): Promise<RejoinState | undefined> => findMeta(tx, keyOf(id));

async function saveState(tx: Tx, id: string, state: RejoinState): Promise<void> {
  await saveMeta(tx, keyOf(id), state);
  tx.changed("conversations");
}

async function forget(tx: Tx, id: string): Promise<void> {
  await deleteMeta(tx, keyOf(id));
  tx.changed("conversations");
}
