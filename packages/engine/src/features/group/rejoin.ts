/**
 * When this device cannot go on in a group, a contact in it puts a new leaf of it in the place of
 * the old one (docs/protocol.md, section 8.4). Nobody presses anything. The reducer
 * `protocol/group/rejoin` decides what happens when; here events reach it. Until it is brought
 * back, a device keeps what it has.
 */
import {
  bringsIn,
  isStopped,
  ledBehind,
  rejoinCodec,
  rejoinTimers,
  relationOf,
  removerOf,
  stepRejoining,
  type GroupControl,
  type MemberState,
  type Place,
  type RejoinCause,
  type RejoinState,
  type RejoiningEffect,
  type RejoiningEvent,
} from "@pli/protocol/group";
import type { RejoiningView } from "../../api/views.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { count } from "../../runtime/counters.table.ts";
import { createPauses } from "../../runtime/pauses.ts";
import { createTxEvent } from "../../runtime/tx-event.ts";
import { createRunner, type Runner } from "../../runtime/reducers.ts";
import { findGroup, findConversation, listConversationIds } from "../../epochs/conversations.table.ts";
import type { Contact } from "../../people/contacts.ts";
import type { Profiles } from "../../people/profile.ts";
import { damaged } from "../../runtime/storage/row.ts";
import { findForkState } from "./fork-state.ts";
import { listMembers } from "./members.table.ts";
import { placeToTake } from "./other-leaves.ts";
import { named } from "./people.table.ts";
import { placeFrom } from "./places.ts";
import { createRejoinEffects, type RejoinOutcomes, type RejoinParts } from "./rejoin-effects.ts";

/**
 * The word of one person that it is out makes a device that continues ask the others once in so
 * long.
 */
const DOUBT_AGAIN_MS = 600_000;
const MEMBER_STATES: readonly MemberState[] = ["goesOn", "stuck", "out"];

type RejoinAnswer = GroupControl & { readonly name: "group-rejoin-answer" };

export interface GroupRejoining extends RejoinOutcomes {
  /**
   * This device cannot go on, or must move; `via`: who is known to be able to help; `by`: who made
   * it so.
   */
  start(tx: Tx, conversation: string, cause: RejoinCause, p?: { via?: string; by?: string }): Promise<void>;
  /** A contact who works in the group tells where they stand: they may be able to help now. */
  onPeerState(tx: Tx, conversation: string, contact: string, place: Place | undefined): Promise<void>;
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
  /** This device has followed a commit. */
  onFollowed(tx: Tx, conversation: string): Promise<void>;
  /** What it waits for, for people to see. */
  view(tx: Tx, conversation: string): Promise<RejoiningView | undefined>;
  resume(tx: Tx): Promise<void>;
  forget(tx: Tx, conversation: string): Promise<void>;
  /** What this contact has answered counts no more. */
  forgetWord(tx: Tx, contact: string): Promise<void>;
}

export function createGroupRejoining(
  context: Context,
  deps: RejoinParts & {
    profiles: Profiles;
  },
): GroupRejoining {
  const { clock } = context;
  const isTimeToDoubt = createPauses(clock, DOUBT_AGAIN_MS);
  const outcomes: RejoinOutcomes = {
    resumed: createTxEvent(),
    notRemoved: createTxEvent(),
    stopped: createTxEvent(),
    ended: createTxEvent(),
  };
  const effects = createRejoinEffects(context, { ...deps, ...outcomes, forget });
  const runner: Runner<RejoinState, RejoiningEvent, RejoiningEffect> = createRunner(
    context,
    { name: "rejoin", codec: rejoinCodec, step: stepRejoining, timers: rejoinTimers },
    {
      perform: (tx, id, effect, state) => effects.perform(tx, id, effect, state ?? damaged("rejoin")),
      onTimer: async (tx, id) => {
        const event = await effects.look(tx, id);
        if (event !== undefined) await runner.handle(tx, id, event);
      },
      onSaved: (tx) => tx.changed("conversations"),
    },
  );

  /** Repair path 2/9: the cause goes to the reducer. */
  async function start(
    tx: Tx,
    id: string,
    cause: RejoinCause,
    { via, by }: { via?: string; by?: string } = {},
  ): Promise<void> {
    const conversation = await findConversation(tx, id);
    if (conversation?.kind !== "group" || conversation.state === "left") return;
    const who = { ...(by !== undefined && { by }), ...(via !== undefined && { via }) };
    await runner.handle(tx, id, { type: "began", now: clock.now(), cause, ...who });
  }

  async function onPeerState(tx: Tx, id: string, who: string, place: Place | undefined): Promise<void> {
    const relation = relationOf(await findForkState(tx, id), place);
    await runner.handle(tx, id, { type: "heardOf", now: clock.now(), who, relation });
  }

  async function answered(tx: Tx, contact: Contact, said: RejoinAnswer): Promise<void> {
    const conversation = await findGroup(tx, said.conversation);
    const standing = MEMBER_STATES[said.standing];
    if (conversation === undefined || standing === undefined) return;
    const theirs = said.place === null ? undefined : placeFrom(said.place);
    const relation = relationOf(await findForkState(tx, conversation.id), theirs);
    const looking = { ...deps, clock, since: await lookingSince(tx, conversation.id) };
    const leaf = theirs && (await placeToTake(tx, said, theirs, looking));
    const answer = { who: contact.id, standing, relation, ...(leaf && { leaf }) };
    await runner.handle(tx, conversation.id, { type: "answered", now: clock.now(), ...answer });
  }

  async function refused(tx: Tx, contact: Contact, shared: Uint8Array): Promise<void> {
    const conversation = await findGroup(tx, shared);
    if (conversation === undefined) return;
    const { id, state } = conversation;
    // In the group, for all it knows: it asks the others, once in a while at most.
    if (state === "ready" && (await runner.find(tx, id)) === undefined) {
      if (!isTimeToDoubt(`${id} ${contact.id}`)) return;
      await start(tx, id, "fork", { via: contact.id, ...(await unheardOf(tx, id, contact)) });
    }
    const leftOut = await deps.successors.isLeftOutBy(tx, id, contact.id);
    await runner.handle(tx, id, { type: "refused", now: clock.now(), who: contact.id, leftOut });
  }

  async function remover(tx: Tx, id: string, by: string): Promise<string | undefined> {
    const state = await runner.find(tx, id);
    return state && removerOf(state, by);
  }

  async function mayBringBack(tx: Tx, id: string, by: string): Promise<boolean> {
    const state = await runner.find(tx, id);
    return state !== undefined && bringsIn(state, by);
  }

  async function done(tx: Tx, id: string): Promise<void> {
    if ((await runner.find(tx, id)) === undefined) return;
    await forget(tx, id);
    await count(tx, "rejoins");
  }

  async function view(tx: Tx, id: string): Promise<RejoiningView | undefined> {
    const state = await runner.find(tx, id);
    if (state === undefined || !isStopped(state)) return undefined;
    const members = new Set((await listMembers(tx, id)).map(({ profile }) => profile));
    const self = await deps.profiles.get(tx);
    const askable = new Set((await effects.helpers(tx, id)).map((helper) => helper.id));
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

  async function resume(tx: Tx): Promise<void> {
    for (const id of await listConversationIds(tx, "group", "rejoining"))
      if ((await runner.find(tx, id)) === undefined) await start(tx, id, "lost");
  }

  async function forget(tx: Tx, id: string): Promise<void> {
    await runner.handle(tx, id, { type: "ended" });
  }

  async function forgetWord(tx: Tx, contact: string): Promise<void> {
    for (const id of await runner.ids(tx)) await runner.handle(tx, id, { type: "forgotten", who: contact });
  }

  async function onFollowed(tx: Tx, id: string): Promise<void> {
    await runner.handle(tx, id, { type: "followed" });
  }

  const lookingSince = async (tx: Tx, id: string): Promise<number | undefined> => (await runner.find(tx, id))?.since;

  return {
    ...outcomes,
    start,
    onPeerState,
    answered,
    refused,
    lookingSince,
    remover,
    mayBringBack,
    done,
    onFollowed,
    view,
    resume,
    forget,
    forgetWord,
  };
}

/** Whose history this may be is not heard about it, but for what they say against it. */
async function unheardOf(tx: Tx, id: string, { id: refusing }: Contact): Promise<{ readonly by?: string }> {
  const history = await findForkState(tx, id);
  const by = history && ledBehind(history);
  return by === undefined || by === refusing ? {} : { by };
}
