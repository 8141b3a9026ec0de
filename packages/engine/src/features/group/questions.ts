import { toHex } from "@pli/protocol/crypto";
import type { GroupControl } from "@pli/protocol/group";
import type { GroupQuestionView } from "../../api/api.ts";
import { createTxEvent, type TxEvent } from "../../runtime/tx-event.ts";
import type { Stores } from "../../delivery/stores.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { findGroup } from "../../epochs/conversations.table.ts";
import { createPauses } from "../../runtime/pauses.ts";
import { PliError } from "../../runtime/errors.ts";
import type { Contact, Contacts } from "../../people/contacts.ts";
import { readSettings } from "../settings/settings.ts";
import { deleteMeta, findMeta, metaOf, saveMeta } from "../../runtime/storage/meta.ts";
import { isKnownStore, mayBeCalled } from "./known-stores.ts";
import type { Leaving } from "./leaving.ts";
import type { Kept } from "./invitations.ts";
import { named } from "./people.table.ts";
import { ANSWERED_WITHIN_MS } from "./offers.ts";
import type { Talk } from "./talk.ts";

const ID_BYTES = 16;
/** Open questions of one contact, of all, and new ones of one contact in a day that get no yes. */
const MAX_OPEN_OF_ONE = 8;
const MAX_OPEN = 32;
const MAX_A_DAY = 8;
const DAY_MS = 86_400_000;
/** Questions that are over are shown so long. */
const OVER_SHOWN_MS = 7 * DAY_MS;
/** How many answers that no person gave a contact gets in a day. */
const MAX_ANSWERS_A_DAY = 64;

type Offer = GroupControl & { readonly name: "group-offer" };
type Over = NonNullable<GroupQuestionView["over"]>;

/** A question as it is kept until it is answered. */
interface Question {
  /** Who asks: a contact; where a store has moved, also another member. */
  readonly by: string;
  /** The group, hexadecimal. */
  readonly shared: string;
  readonly why: GroupQuestionView["why"];
  readonly at: number;
  /** As the one who asks says it. */
  readonly title?: string;
  readonly members?: number;
  readonly store?: string;
  /** Somebody has added us already: what leads there. */
  readonly kept?: Kept;
  readonly over?: Over;
}

export interface AcceptedEvents {
  /** The invitation into this group is awaited. */
  readonly offered: TxEvent<{ shared: string; by: string; title: string; store: string }>;
  readonly kept: TxEvent<{ by: string; kept: Kept }>;
  /** A contact in whose list this device is may bring it in. */
  readonly listed: TxEvent<{ contact: Contact; shared: Uint8Array }>;
}

/** A person's yes, until this device is in the group. */
interface Accepted {
  readonly by: string;
  readonly at: number;
  /** Absent while nobody has said where the group is. */
  readonly store?: string;
}

/**
 * What others want to do to this person is a question first (docs/protocol.md, section 5.4): put
 * them into a group, or have their device call a store that it does not know. Until the answer is
 * yes nothing is fetched and nothing is called. Questions are bounded, end by themselves, and go
 * with the contact who is blocked.
 */
export interface Questions {
  /** The person has said yes: to an offer, to an invitation that was kept, to being listed. */
  readonly accepted: AcceptedEvents;
  /** A contact asks whether this person comes into a group. */
  offered(tx: Tx, contact: Contact, offer: Offer): Promise<void>;
  /** They do not wait for the answer any more. */
  ended(tx: Tx, contact: Contact, shared: Uint8Array): Promise<void>;
  /**
   * Whether this invitation may be followed; if not, and the person can decide it, they are asked.
   * `place`: `out` of the group, for this device; `inside`; `awaited`: inside, and such an
   * invitation is what it waits for.
   */
  mayFollow(tx: Tx, by: string, kept: Kept, place: "out" | "inside" | "awaited"): Promise<boolean>;
  /** A contact tells this device that it is in a group. Whether the person wants to be. */
  mayBeIn(tx: Tx, contact: Contact, shared: Uint8Array): Promise<boolean>;
  /** Whether the person wants to come into this group, and is not in it yet. */
  isAccepted(tx: Tx, shared: Uint8Array): Promise<boolean>;
  /** This device is in it. */
  came(tx: Tx, shared: Uint8Array): Promise<void>;
  /** What was accepted cannot be had: a question that is over says so. */
  gaveUp(tx: Tx, shared: Uint8Array, title: string, why: "failed" | "withdrawn"): Promise<void>;
  /**
   * The person answers; `question_unknown`, and `store_private` for a store that is not called at
   * anybody's word.
   */
  answer(tx: Tx, id: string, accept: boolean): Promise<void>;
  /** The person takes their yes back; `by`: whose invitation it was, where nobody was asked. */
  takeBack(tx: Tx, shared: Uint8Array, by?: string): Promise<void>;
  /**
   * Nothing of what this contact asked is left. Gives the groups that were accepted from them and
   * are not joined.
   */
  blocked(tx: Tx, contact: string): Promise<string[]>;
  list(tx: Tx): Promise<GroupQuestionView[]>;
  /** The conversation with this contact has begun again: what was said there may be lost. */
  reached(tx: Tx, contact: Contact): Promise<void>;
  /**
   * The contacts hear whether this person wants to be asked, if that is not what they were told.
   */
  announce(tx: Tx): Promise<void>;
  /** The same for a contact who is new. */
  introduce(tx: Tx, contact: Contact): Promise<void>;
  tick(tx: Tx): Promise<void>;
}

export function createQuestions(
  context: Context,
  deps: {
    contacts: Contacts;
    leaving: Leaving;
    talk: Talk;
    stores: Pick<Stores, "home" | "now">;
  },
): Questions {
  const { clock, crypto } = context;
  const { contacts, talk } = deps;
  const accepted: AcceptedEvents = { offered: createTxEvent(), kept: createTxEvent(), listed: createTxEvent() };
  const mayAnswer = createPauses(clock, DAY_MS, MAX_ANSWERS_A_DAY);

  const asks = async (tx: Tx): Promise<boolean> => (await readSettings(tx)).askBeforeGroups;
  const findAccepted = (tx: Tx, shared: string): Promise<Accepted | undefined> => findMeta(tx, acceptedKey(shared));

  async function offered(tx: Tx, contact: Contact, offer: Offer): Promise<void> {
    const shared = toHex(offer.conversation);
    const store = deps.stores.now(offer.store);
    const isKnown = await isKnownStore(tx, deps.stores.home, store);
    const group = await findGroup(tx, offer.conversation);
    const accepted = await findAccepted(tx, shared);
    const isYes = group !== undefined && group.state !== "left";
    const answerAtOnce = async (accepts: boolean): Promise<void> => {
      if (mayAnswer(contact.id)) await say(tx, contact, offer.conversation, accepts);
    };
    if (isYes || accepted?.store === store || (isKnown && !(await asks(tx)))) return answerAtOnce(true);
    const { title, members } = offer;
    const question: Question = { by: contact.id, shared, why: "offered", at: clock.now(), title, members, store };
    if (!(await ask(tx, question))) await answerAtOnce(false);
  }

  const say = (tx: Tx, contact: Contact, conversation: Uint8Array, accepts: boolean): Promise<void> =>
    talk.send(tx, contact.conversation, { name: "group-offer-answer", conversation, accepts: accepts ? 1 : 0 });

  /**
   * False: there are too many questions already. A repeated question takes the place of the earlier
   * one.
   */
  async function ask(tx: Tx, question: Question): Promise<boolean> {
    const all = await listAll(tx);
    const same = all.find(
      ([, { by, shared, over }]) => over === undefined && by === question.by && shared === question.shared,
    );
    if (same !== undefined) {
      if (!isSame(same[1], question)) await replace(tx, same[0], { ...question, at: same[1].at });
      return true;
    }
    if (!(await isWithinBounds(tx, question.by, all))) return false;
    await replace(tx, undefined, question);
    return true;
  }

  async function isWithinBounds(tx: Tx, by: string, all: readonly (readonly [string, Question])[]): Promise<boolean> {
    const open = all.filter(([, { over }]) => over === undefined);
    if (open.filter(([, one]) => one.by === by).length >= MAX_OPEN_OF_ONE) return false;
    const today = ((await findMeta<number[]>(tx, askedKey(by))) ?? []).filter((at) => clock.since(at) < DAY_MS);
    if (today.length >= MAX_A_DAY || (open.length >= MAX_OPEN && !(await makeRoom(tx, by, open)))) return false;
    await saveMeta(tx, askedKey(by), [...today, clock.now()]);
    return true;
  }

  /**
   * Where there are too many, the newest question of who has most of them goes: a few cannot keep
   * the others from asking.
   */
  async function makeRoom(tx: Tx, by: string, open: readonly (readonly [string, Question])[]): Promise<boolean> {
    const countOf = (who: string): number => open.filter(([, one]) => one.by === who).length;
    const most = Math.max(...open.map(([, one]) => countOf(one.by)));
    const gone = open.findLast(([, one]) => countOf(one.by) === most);
    if (gone === undefined || countOf(by) + 1 >= most) return false;
    const [id, question] = gone;
    await replace(tx, id, undefined);
    await declines(tx, question);
    return true;
  }

  /** Under another id: an answer is to what was read. */
  async function replace(tx: Tx, id: string | undefined, question: Question | undefined): Promise<void> {
    if (id !== undefined) await deleteMeta(tx, questionKey(id));
    if (question !== undefined) await saveMeta(tx, questionKey(toHex(crypto.random(ID_BYTES))), question);
    tx.changed("groupQuestions");
  }

  async function listAll(tx: Tx): Promise<[string, Question][]> {
    const all: [string, Question][] = [];
    for (const id of await metaOf(tx, QUESTION)) {
      const question = await findMeta<Question>(tx, questionKey(id));
      if (question !== undefined) all.push([id, question]);
    }
    return all.toSorted(([, one], [, other]) => one.at - other.at);
  }

  async function ended(tx: Tx, contact: Contact, shared: Uint8Array): Promise<void> {
    for (const [id, question] of await listAll(tx)) {
      const isIt = question.by === contact.id && question.shared === toHex(shared) && question.why === "offered";
      const isLate = clock.since(question.at) > ANSWERED_WITHIN_MS - DAY_MS;
      if (isIt && question.over === undefined) await over(tx, id, question, isLate ? "unanswered" : "withdrawn");
    }
  }

  async function over(tx: Tx, id: string, question: Question, why: Over): Promise<void> {
    const { kept: _, ...said } = question;
    await replace(tx, id, { ...said, at: clock.now(), over: why });
  }

  async function mayFollow(tx: Tx, by: string, kept: Kept, place: "out" | "inside" | "awaited"): Promise<boolean> {
    const { shared, store } = kept;
    const accepted = await findAccepted(tx, shared);
    const isKnown = accepted?.store === store || (await isKnownStore(tx, deps.stores.home, store));
    const isWanted = place !== "out" || accepted !== undefined || !(await asks(tx));
    if (isKnown && isWanted) return true;
    // Of a group that it is in, this device needs no other store.
    if (place === "inside" || (place === "out" && (await staysOut(tx, by, shared)))) return false;
    await ask(tx, { by, shared, why: place === "out" ? "added" : "moved", at: clock.now(), store, kept });
    return false;
  }

  /** Who left, or did not want to come, and is added all the same, has answered already. */
  async function staysOut(tx: Tx, by: string, shared: string): Promise<boolean> {
    const group = talk.bytes(shared);
    const contact = await contacts.find(tx, by);
    if (contact === undefined || !(await asks(tx)) || !(await deps.leaving.hasLeft(tx, group))) return false;
    await deps.leaving.decline(tx, contact, group);
    return true;
  }

  async function mayBeIn(tx: Tx, { id }: Contact, shared: Uint8Array): Promise<boolean> {
    if ((await findAccepted(tx, toHex(shared))) !== undefined || !(await asks(tx))) return true;
    await ask(tx, { by: id, shared: toHex(shared), why: "listed", at: clock.now() });
    return false;
  }

  async function answer(tx: Tx, id: string, accept: boolean): Promise<void> {
    const question = await findMeta<Question>(tx, questionKey(id));
    if (question === undefined) throw new PliError("question_unknown");
    if (accept && question.over !== undefined) throw new PliError("question_unknown");
    if (accept) await mustBeCallable(tx, question);
    await replace(tx, id, undefined);
    if (accept) await accepts(tx, question);
    else if (question.over === undefined) await declines(tx, question);
  }

  async function mustBeCallable(tx: Tx, { store }: Question): Promise<void> {
    if (store !== undefined && !(await isCallable(tx, store))) throw new PliError("store_private");
  }

  const isCallable = async (tx: Tx, store: string): Promise<boolean> =>
    mayBeCalled(deps.stores.home, store) || isKnownStore(tx, deps.stores.home, store);

  async function accepts(tx: Tx, question: Question): Promise<void> {
    const { by, shared, why, title = "", store, kept } = question;
    const yes: Accepted = { by, at: clock.now(), ...(store !== undefined && { store }) };
    await saveMeta(tx, acceptedKey(shared), yes);
    // What was welcome does not count as asking too much.
    await saveMeta(tx, askedKey(by), ((await findMeta<number[]>(tx, askedKey(by))) ?? []).slice(0, -1));
    const group = talk.bytes(shared);
    // They want to be in it now, whatever they said when they left.
    await deps.leaving.joined(tx, group);
    const contact = await contacts.find(tx, by);
    if (kept !== undefined) return accepted.kept.emit(tx, { by, kept });
    if (contact === undefined || contact.blocked) return;
    if (why === "listed") return accepted.listed.emit(tx, { contact, shared: group });
    await accepted.offered.emit(tx, { shared, by, title, store: store ?? deps.stores.home });
    await say(tx, contact, group, true);
  }

  /** Who is in the group already, for the others, gives them the word of leaving. */
  async function declines(tx: Tx, { by, shared, why }: Question): Promise<void> {
    const contact = await contacts.find(tx, by);
    if (contact === undefined || contact.blocked) return;
    const group = talk.bytes(shared);
    if (why === "offered") await say(tx, contact, group, false);
    if (why === "added" || why === "listed") await deps.leaving.decline(tx, contact, group);
  }

  async function takeBack(tx: Tx, shared: Uint8Array, by?: string): Promise<void> {
    const who = (await findAccepted(tx, toHex(shared)))?.by ?? by;
    await deleteMeta(tx, acceptedKey(toHex(shared)));
    const contact = who === undefined ? undefined : await contacts.find(tx, who);
    if (contact === undefined || contact.blocked) return;
    await say(tx, contact, shared, false);
    await deps.leaving.decline(tx, contact, shared);
  }

  async function gaveUp(tx: Tx, group: Uint8Array, title: string, why: "failed" | "withdrawn"): Promise<void> {
    const shared = toHex(group);
    const accepted = await findAccepted(tx, shared);
    if (accepted === undefined) return;
    if (why === "failed") await takeBack(tx, group);
    await deleteMeta(tx, acceptedKey(shared));
    const { by, store } = accepted;
    const said = { ...(title !== "" && { title }), ...(store !== undefined && { store }) };
    await replace(tx, undefined, { by, shared, why: "offered", at: clock.now(), ...said, over: why });
  }

  async function blocked(tx: Tx, contact: string): Promise<string[]> {
    for (const [id, { by }] of await listAll(tx)) if (by === contact) await replace(tx, id, undefined);
    const groups: string[] = [];
    for (const shared of await metaOf(tx, ACCEPTED)) {
      if ((await findAccepted(tx, shared))?.by !== contact) continue;
      await deleteMeta(tx, acceptedKey(shared));
      groups.push(shared);
    }
    return groups;
  }

  async function list(tx: Tx): Promise<GroupQuestionView[]> {
    const views: GroupQuestionView[] = [];
    for (const [id, question] of await listAll(tx)) views.push(await viewOf(tx, id, question));
    return views;
  }

  async function viewOf(tx: Tx, id: string, question: Question): Promise<GroupQuestionView> {
    const { by, why, at, title, members, store, over: isOver } = question;
    const [from = { id: by, name: by }] = await named(tx, [by]);
    const isOther = store !== undefined && !(await isKnownStore(tx, deps.stores.home, store));
    const group = await findGroup(tx, talk.bytes(question.shared));
    const known = why === "moved" ? group?.id : undefined;
    return {
      id,
      from,
      why,
      at,
      ...(title !== undefined && { name: title }),
      ...(members !== undefined && { members }),
      ...(isOther && { store }),
      ...(isOther && !mayBeCalled(deps.stores.home, store) && { isPrivate: true }),
      ...(known !== undefined && { conversation: known }),
      ...(isOver === undefined ? { until: at + ANSWERED_WITHIN_MS } : { over: isOver }),
    };
  }

  async function reached(tx: Tx, contact: Contact): Promise<void> {
    await introduce(tx, contact);
    for (const shared of await metaOf(tx, ACCEPTED)) {
      const accepted = await findAccepted(tx, shared);
      if (accepted?.by === contact.id) await say(tx, contact, talk.bytes(shared), true);
    }
  }

  async function announce(tx: Tx): Promise<void> {
    const wanted = await asks(tx);
    if (((await findMeta<boolean>(tx, TOLD)) ?? false) === wanted) return;
    await saveMeta(tx, TOLD, wanted);
    // To who is blocked it leaves when they are not.
    for (const contact of await contacts.all(tx)) await tellAsks(tx, contact, wanted);
  }

  const tellAsks = (tx: Tx, { conversation }: Contact, wanted: boolean): Promise<void> =>
    talk.send(tx, conversation, { name: "group-asks", asks: wanted ? 1 : 0 });

  /** Who says nothing is added without asking. */
  async function introduce(tx: Tx, contact: Contact): Promise<void> {
    if (!(await asks(tx))) return;
    if ((await findMeta<boolean>(tx, TOLD)) === true) await tellAsks(tx, contact, true);
    else await announce(tx);
  }

  async function tick(tx: Tx): Promise<void> {
    await announce(tx);
    for (const [id, question] of await listAll(tx)) {
      const age = clock.since(question.at);
      if (question.over !== undefined && age > OVER_SHOWN_MS) await replace(tx, id, undefined);
      if (question.over !== undefined || age <= ANSWERED_WITHIN_MS) continue;
      await over(tx, id, question, "unanswered");
      await declines(tx, question);
    }
    for (const shared of await metaOf(tx, ACCEPTED)) {
      const accepted = await findAccepted(tx, shared);
      if (accepted !== undefined && clock.since(accepted.at) > ANSWERED_WITHIN_MS)
        await deleteMeta(tx, acceptedKey(shared));
    }
    for (const by of await metaOf(tx, ASKED)) {
      const times = (await findMeta<number[]>(tx, askedKey(by))) ?? [];
      if (times.every((at) => clock.since(at) >= DAY_MS)) await deleteMeta(tx, askedKey(by));
    }
  }

  return {
    accepted,
    offered,
    ended,
    mayFollow,
    mayBeIn,
    isAccepted: async (tx, shared) => (await findAccepted(tx, toHex(shared))) !== undefined,
    came: (tx, shared) => deleteMeta(tx, acceptedKey(toHex(shared))),
    gaveUp,
    answer,
    takeBack,
    blocked,
    list,
    reached,
    announce,
    introduce,
    tick,
  };
}

const [QUESTION, ACCEPTED, ASKED] = ["question", "accepted", "asked"];
/** Whether the contacts were told that this person wants to be asked. */
const TOLD = "told-asks";
const questionKey = (id: string): string => `${QUESTION} ${id}`;
const acceptedKey = (shared: string): string => `${ACCEPTED} ${shared}`;
const askedKey = (contact: string): string => `${ASKED} ${contact}`;

const isSame = (one: Question, other: Question): boolean =>
  one.why === other.why &&
  one.title === other.title &&
  one.members === other.members &&
  one.store === other.store &&
  JSON.stringify(one.kept) === JSON.stringify(other.kept);
