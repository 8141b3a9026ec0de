import { ALL, besideUs, profileOf, seatFrom, type Missed, type RejoinState } from "@pli/protocol/group";
import type { CommitChange, Member } from "@pli/protocol/conversation";
import { toHex } from "@pli/protocol/crypto";
import type { CommitBy, Removed, Settled } from "../../epochs/commit-events.ts";
import { findConversation, listConversationIds, setConversationState } from "../../epochs/conversations.table.ts";
import type { HeldEpoch } from "../../epochs/epochs.ts";
import type { Kit } from "../../kit.ts";
import { hasEarlier } from "../../people/generations.ts";
import type { Profile } from "../../people/profile.ts";
import type { Tx } from "../../runtime/context.ts";
import { count } from "../../runtime/counters.table.ts";
import { operationsOf } from "./commit-purpose.ts";
import { noteLate } from "./late-devices.ts";
import type { GroupParts } from "./parts.ts";
import { leftByThemselves, type Snapshot } from "./history.ts";
import { rulesIn, saveMembers } from "./members.ts";
import { isLeaving, type PendingOperation } from "./pending-operations.table.ts";

/**
 * Acts on commits of groups: those that count, those that put us out, those that nobody follows.
 */
export function followCommits(kit: Kit, parts: GroupParts): void {
  const { epochRoles, losses, ownLabels, profiles, queue } = kit;
  const { events } = kit.commits;
  const { catchUp, changes, forks, fresh, history, joining, repair, returns, successors, rejoining, removals } = parts;

  events.settled.on(async (tx, event) => {
    if (epochRoles.rules(event.after) !== undefined) await settle(kit, parts, tx, event);
  });
  events.removed.on(async (tx, event) => {
    if (epochRoles.rules(event.before) !== undefined) await removed(tx, event);
  });
  events.unopened.on((tx, event) => unopened(tx, event));
  events.ignored.on((tx, event) => ignored(tx, event));
  events.outOfLabels.on((tx, id) => blocked(tx, id));
  events.caughtUp.on(catchUp.done);
  ownLabels.spoilt.on((tx, id) => repair(tx, id, "spoilt"));
  losses.stale.on(async (tx, { id, kind }) => {
    if (kind === "group") await repair(tx, id, "old");
  });
  losses.cells.on(async (tx, { conversation: { id, kind }, why }) => {
    if (kind === "group") await lost(tx, id, why);
  });
  rejoining.resumed.on((tx, { conversation, state }) => resumed(tx, conversation, state));
  rejoining.notRemoved.on((tx, { conversation, by }) => history.note(tx, conversation, by, { what: "notRemoved" }));
  rejoining.ended.on(async (tx, { conversation: id, by }) => {
    await removals.onRemoved(tx, { id, by, isLeaving: false });
    await joining.wasRemoved(tx, id, false);
  });
  kit.ownDevices.out.on(async (tx) => {
    for (const id of await listConversationIds(tx, "group", "rejoining")) await endHere(tx, id);
  });

  /** By a commit our leaf is out of it. */
  async function removed(tx: Tx, { conversation: id, before, by, change }: Removed): Promise<void> {
    const self = await profiles.get(tx);
    // Another own device has later keys: it brings this one in again once it has given it those.
    if (isRenewed(self, change))
      return (await isOut(kit, tx)) ? endHere(tx, id) : setConversationState(tx, id, "rejoining");
    const isReplaced = change.added.some(({ credential }) => seatFrom(credential)?.profile === self.id);
    if (isReplaced) return repair(tx, id, "old");
    const remover = profileAt(snapshotOf(kit, before), by);
    // Another own device takes the leaf out that leads nowhere, before it brings this one in again.
    if (remover === self.id && (await isStuck(kit, tx, id))) return;
    if (!(await isLeaving(tx, id))) return repair(tx, id, "removed", remover);
    await removals.onRemoved(tx, { id, by: remover, isLeaving: true });
    await joining.wasRemoved(tx, id, true);
  }

  /** This device is none of the person's any more: nobody brings it back. */
  async function endHere(tx: Tx, id: string): Promise<void> {
    await rejoining.forget(tx, id);
    await removals.onRemoved(tx, { id, by: (await profiles.get(tx)).id, isLeaving: false });
  }

  /**
   * Repair path 1/9. It is signed and allowed: who made it is named. Others may have followed it,
   * and bring this device back.
   */
  async function unopened(tx: Tx, { conversation: id, held, by }: CommitBy): Promise<void> {
    const conversation = await findConversation(tx, id);
    if (conversation?.state !== "ready") return;
    const profile = profileAt(snapshotOf(kit, held), by);
    await count(tx, "ignoredCommits");
    await noteRefused(tx, id, profile, "unopened");
    if (profile !== "") await successors.suspected(tx, held, profile);
    await repair(tx, id, "unopened", profile === "" ? undefined : profile);
  }

  /** Of a commit whose rest is missing it is said each time that this device has looked for it. */
  async function blocked(tx: Tx, id: string): Promise<void> {
    const isKnown = await successors.isOutOfLabels(tx, id);
    await repair(tx, id, "blocked");
    if (!isKnown) await returns.onBlocked(tx, id);
  }

  async function ignored(tx: Tx, { conversation: id, held, by }: CommitBy): Promise<void> {
    await count(tx, "ignoredCommits");
    const conversation = await findConversation(tx, id);
    if (conversation?.kind !== "group") return;
    const profile = profileAt(snapshotOf(kit, held), by);
    await noteRefused(tx, id, profile, "ignored");
    if (profile !== "") await successors.suspected(tx, held, profile);
    await changes.pump(tx, id);
  }

  /** Who makes nothing but changes that do not count fills the history with lines only so far. */
  async function noteRefused(tx: Tx, id: string, by: string, what: "ignored" | "unopened"): Promise<void> {
    if (await kit.context.budgets.take(tx, "lines", by === "" ? id : by)) await history.note(tx, id, by, { what });
  }

  /**
   * Nobody was ahead of this device: all continue from here, with labels that are the same for all.
   */
  async function resumed(tx: Tx, id: string, state: RejoinState): Promise<void> {
    const { cause, by } = state;
    await forks.stays(tx, id, by === undefined ? undefined : { who: by, beside: besideUs(state) });
    // A member who resumed before has begun an epoch. The feed passed its labels before they were
    // known.
    const held = cause === "unopened" ? await kit.epochs.current(tx, id) : undefined;
    if (held !== undefined) await catchUp.look(tx, held);
    if (cause === "unopened" || cause === "lost") await fresh.want(tx, id, cause === "lost");
    await changes.pump(tx, id);
    tx.after(queue.kick);
  }

  /** A store that lost its data has lost it for all; who looks for a way back already looks on. */
  async function lost(tx: Tx, id: string, why: "expired" | "replaced"): Promise<void> {
    const works = (await findConversation(tx, id))?.state === "ready";
    await repair(tx, id, works && why === "replaced" ? "storeLost" : "lost");
  }
}

/** Group change path 10/10. A commit became the history of a group. */
async function settle(kit: Kit, parts: GroupParts, tx: Tx, event: Settled): Promise<void> {
  const { bringing, catchUp, changes, forks, fresh, history, leaving, newcomers } = parts;
  const { offers, pictures, successors, rejoining, removals } = parts;
  const { conversation: id, change, pendingBody, welcome } = event;
  const [before, after] = [snapshotOf(kit, event.before), snapshotOf(kit, event.after)];
  const by = change === undefined ? (await kit.profiles.get(tx)).id : profileAt(before, change.sender);
  await removals.undone(tx, id);
  await rejoining.onFollowed(tx, id);
  await successors.freed(tx, id);
  await saveMembers(tx, id, after.rules, after.members);
  await noteLate(kit, tx, event.after);
  await kit.generations.sawAll(tx, after.members);
  const done = pendingBody === undefined ? [] : await operationsOf(tx, id, pendingBody);
  const left = change === undefined ? leaversOf(done) : leftByThemselves(before, change);
  await history.noteChanges(tx, { conversation: id, by, before, after, left });
  await pictures.follow(tx, id, event.after.store, after.rules);
  const next = event.before.epoch.commits[event.before.attempt + 1]?.label;
  const comers = comersIn(before, after, change?.sender ?? event.before.epoch.ownLeaf);
  const over = await successors.comingOver(tx, id, comers.added);
  await successors.membersChanged(tx, id, { added: comers.added, removed: goersIn(before, after) });
  const commit = { by, comers: comers.added, ...(next && { behind: next }) };
  const profile = await kit.profiles.get(tx);
  if (
    change === undefined &&
    hasEarlier(kit.epochRoles.seats(event.before).values(), profile.id, profile.card.generation)
  )
    await parts.people.announce(tx, id, profile);
  if (pendingBody === undefined) await forks.epochStarted(tx, event.after, commit);
  else {
    const { added, devices } = await changes.fulfilled(tx, id, pendingBody);
    await parts.ownLeaves.served(tx, id, devices);
    await forks.epochStarted(tx, event.after, { ...commit, tell: added });
    await forks.recordOwnChange(tx, event.after, done);
    bringing.recordOwnChange(id, done);
    const brought = { added, devices, back: returnersIn(done) };
    if (welcome !== undefined) await newcomers.welcome(tx, event.after, { ...brought, welcome });
  }
  const isNew = (who: string): boolean => !over.includes(who);
  await forks.broughtIn(tx, event.after, { back: comers.back, added: comers.added.filter(isNew) });
  await fresh.epochStarted(tx, event.after);
  await catchUp.epochStarted(tx, event.after);
  await leaving.epochStarted(tx, id);
  await offers.sweep(tx, id);
  await parts.heedRefusals(tx);
  await changes.pump(tx, id);
}

function snapshotOf({ context: { groups }, epochRoles }: Kit, held: HeldEpoch): Snapshot {
  return { rules: rulesIn(epochRoles, held), members: groups.members(held.epoch.group) };
}

/** A commit by which an own device has shown other keys: after a succession. */
function isRenewed({ id }: Profile, { credential }: CommitChange): boolean {
  return credential !== undefined && seatFrom(credential)?.profile === id;
}

function profileAt({ members }: Snapshot, leaf: number | undefined): string {
  const member = members.find((other) => other.leaf === leaf);
  return (member && profileOf(member)) ?? "";
}

/**
 * Whose devices our own commit brought back, and behind which message here they can have missed
 * some.
 */
const returnersIn = (done: readonly PendingOperation[]): ReadonlyMap<string, Missed> =>
  new Map(
    done.flatMap((operation) =>
      operation.kind === "replace" ? [[operation.profile, operation.since ?? ALL] as const] : [],
    ),
  );

/**
 * Who has a new leaf: in the place of another, or as somebody who was not in the group. The
 * encryption key of a leaf is new when it came in or made the commit itself; in the place of the
 * same device, all else may be as before.
 */
function comersIn(
  before: Snapshot,
  after: Snapshot,
  committer: number | undefined,
): { back: string[]; added: string[] } {
  const present = new Set(before.members.map(profileOf));
  const seats = new Set(before.members.map(seatOf));
  const by = profileAt(before, committer);
  const keys = new Set(before.members.map(({ encryptionKey }) => toHex(encryptionKey)));
  const fresh = after.members.filter(
    ({ leaf, encryptionKey }) => leaf !== committer && !keys.has(toHex(encryptionKey)),
  );
  // A further device of the committer is nobody who comes. That of somebody else who is there takes
  // the place of one that is gone.
  const people = fresh.filter((member) => seats.has(seatOf(member)) || profileOf(member) !== by);
  const comers = [...new Set(people.flatMap((member) => profileOf(member) ?? []))];
  return { back: comers.filter((one) => present.has(one)), added: comers.filter((one) => !present.has(one)) };
}

/** A person and a device, in hexadecimal. */
function seatOf({ credential }: Member): string {
  const seat = seatFrom(credential);
  return `${seat?.profile}/${seat?.device}`;
}

function goersIn(before: Snapshot, after: Snapshot): string[] {
  const present = new Set(after.members.map(profileOf));
  return [...new Set(before.members.flatMap((member) => profileOf(member) ?? []))].filter((one) => !present.has(one));
}

/** Those who said that they leave, and whom our own commit took out. */
const leaversOf = (done: readonly PendingOperation[]): ReadonlySet<string> =>
  new Set(done.flatMap((operation) => (operation.kind === "left" ? [operation.profile] : [])));

/** This device has asked its others to bring it into this group again, and is one of them. */
async function isStuck({ ownDevices }: Pick<Kit, "ownDevices">, tx: Tx, id: string): Promise<boolean> {
  if ((await findConversation(tx, id))?.state !== "rejoining") return false;
  return !(await isOut({ ownDevices }, tx));
}

async function isOut({ ownDevices }: Pick<Kit, "ownDevices">, tx: Tx): Promise<boolean> {
  return (await ownDevices.removed(tx)).has(await ownDevices.self(tx));
}
