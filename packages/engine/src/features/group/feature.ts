import { encodeLeafWanted } from "@pli/protocol/devices";
import { findConversation, saveSuspects } from "../../epochs/conversations.table.ts";
import type { ConversationView } from "../../api/views.ts";
import type { Said } from "../../epochs/contents.ts";
import type { Kit } from "../../kit.ts";
import type { Tx } from "../../runtime/context.ts";
import type { Feature } from "../../runtime/feature.ts";
import type { BlockingFeature } from "../blocking/feature.ts";
import type { DevicesFeature } from "../devices/feature.ts";
import type { Direct } from "../direct/feature.ts";
import type { MessagesFeature } from "../messages/feature.ts";
import type { Pairing } from "../pairing/feature.ts";
import type { SettingsFeature } from "../settings/feature.ts";
import { createGroupCommands } from "./commands.ts";
import { followCommits } from "./commit-events.ts";
import { registerControls } from "./controls.ts";
import type { Entering } from "./entering.ts";
import { createGroupParts, type GroupParts } from "./parts.ts";
import { LEAVE } from "./leave-effects.ts";
import { noteLate } from "./late-devices.ts";
import { isMember } from "./members.table.ts";
import { NEWCOMERS } from "./newcomers.ts";
import { moveOwnCard } from "./people.ts";
import { deleteReplacementsOf } from "./pending-operations.table.ts";
import { createGroupQueries } from "./queries.ts";
import type { GroupRejoining } from "./rejoin.ts";
import { CALL } from "./successor-founding.ts";
import { moveInvitations } from "./invitations.table.ts";

/** Groups: what people do with them, and what the engine shows of them. */
export interface Groups extends Feature {
  readonly commands: ReturnType<typeof createGroupCommands>;
  readonly queries: ReturnType<typeof createGroupQueries>;
  readonly rejoining: Pick<GroupRejoining, "start">;
  /** This device has come into a group. */
  readonly joined: Entering["joined"];
  /** What a group waits for that is being joined. */
  joining(tx: Tx, conversation: string): Promise<ConversationView["joining"]>;
}

/** The features whose events this one follows. */
interface Followed {
  readonly blocking: BlockingFeature;
  readonly devices: DevicesFeature;
  readonly direct: Direct;
  readonly messages: MessagesFeature;
  readonly pairing: Pairing;
  readonly settings: SettingsFeature;
}

export function createGroups(kit: Kit, features: Followed): Groups {
  const parts = createGroupParts(kit, features.devices);
  const { changes, ways } = parts;
  followCommits(kit, parts);
  registerControls(kit, parts);
  followContacts(parts, features);
  followJoining(kit, parts, features.devices);
  followWhatLeaves(kit, parts);
  features.devices.ownLeaves.groupDiffers.on(async (tx, id) => {
    await changes.want(tx, id, { kind: "devices" });
  });
  // Another own device that works there brings this one in again, sooner than a contact can.
  parts.rejoining.stopped.on(async (tx, id) => {
    const group = await findConversation(tx, id);
    if (group !== undefined)
      await features.devices.talk.say(tx, "leaf-wanted", encodeLeafWanted({ conversation: group.shared }));
  });
  kit.scheduler.beforeSealing.on(changes.pump);
  kit.scheduler.left.on(changes.pump);
  kit.stores.moved.on(async (tx, { from, to }) => {
    await moveInvitations(tx, from, to);
    await moveOwnCard(tx, from, to);
  });
  kit.stores.onArrived("settled", parts.forks.shownAgain);
  kit.contents.filter({ isOut: (tx, said) => isOut(parts, tx, said) });

  return {
    ...lifeOf(kit, parts),
    commands: createGroupCommands(kit, parts),
    queries: createGroupQueries({ ...kit, view: parts.view }),
    rejoining: parts.rejoining,
    joined: parts.entering.joined,
    joining: ways.view,
  };
}

function followContacts(parts: GroupParts, { blocking, direct, messages, pairing, settings }: Followed): void {
  const { asking, forks, keyPackages, offers, questions, sentAgain } = parts;
  blocking.begun.on((tx, { id }) => forgetBlocked(parts, tx, id));
  messages.heldWanted.on((tx, { contact, conversation }) => sentAgain.ask(tx, contact, conversation));
  settings.askingChanged.on(asking.announce);
  direct.rejoining.renewed.on((tx, contact) => keyPackages.handOut(tx, contact, "all"));
  // Nobody holds a key package before they know whether to ask.
  pairing.met.on(async (tx, contact) => {
    await asking.introduce(tx, contact);
    await keyPackages.handOut(tx, contact);
  });
  direct.rejoining.begun.on(async (tx, contact) => {
    await questions.reached(tx, contact);
    await offers.reached(tx, contact.id);
    await forks.reached(tx, contact.id);
    // Who begins with nothing has handed out none that they can open.
    await keyPackages.handOut(tx, contact);
  });
}

function followJoining(kit: Kit, parts: GroupParts, { ownLeaves }: DevicesFeature): void {
  const { epochs } = kit;
  const { answers, catchUp, changes, entering, firstJoins, forks, fresh } = parts;
  const { joining, leaving, successors, rejoinAnswers, rejoining, ways } = parts;

  answers.accepted.offered.on(ways.wait);
  answers.accepted.kept.on((tx, { by, kept }) => joining.follow(tx, by, kept));
  answers.accepted.listed.on((tx, { contact, shared }) => firstJoins.ask(tx, contact, shared));
  successors.outOfLabels.on(joining.joinKept);
  successors.invitedOver.on((tx, { by, invitation }) => joining.invited(tx, by, invitation));
  successors.founded.on(async (tx, held) => {
    await rejoining.forget(tx, held.conversation);
    await forks.epochStarted(tx, held);
  });
  ways.failed.on((tx, { shared, by }) => firstJoins.failed(tx, shared, by));
  entering.joined.on(async (tx, { conversation: { id, shared, generation }, by, comers, told, isLate }) => {
    const held = await epochs.current(tx, id);
    if (held === undefined) return;
    await rejoining.done(tx, id);
    await firstJoins.joined(tx, shared);
    await leaving.joined(tx, shared);
    await saveSuspects(tx, id, undefined);
    await forks.joined(tx, held, { by, comers, told, ...(isLate && { isLate }) });
    await fresh.epochStarted(tx, held);
    await catchUp.look(tx, held);
    await noteLate(kit, tx, held, generation === 1);
    await ownLeaves.look(tx, id);
    await changes.pump(tx, id);
  });
  // They may have stayed in the history that was left, and hear of nobody there any more.
  entering.parted.on(async (tx, { conversation, contacts }) => {
    for (const contact of contacts) await rejoinAnswers.refuse(tx, contact, conversation);
  });
}

function followWhatLeaves({ queue, scheduler }: Kit, { leaving, newcomers, successors }: GroupParts): void {
  queue.serve(NEWCOMERS, { created: newcomers.stored });
  scheduler.on("control", {
    stored: async (tx, { conversation, reference }) => {
      if (reference === LEAVE) await leaving.statementStored(tx, conversation);
      if (reference === CALL) await successors.callStored(tx, conversation);
    },
  });
}

/** Past epochs are kept for late senders: somebody who is out since could still write there. */
async function isOut({ successors }: GroupParts, tx: Tx, said: Said): Promise<boolean> {
  const { conversation, sender, held } = said;
  if (conversation.kind !== "group") return false;
  if (held.generation < conversation.generation) return successors.isLeftBehind(tx, said);
  if (!held.retired) return false;
  return !(await isMember(tx, conversation.id, sender));
}

async function forgetBlocked(parts: GroupParts, tx: Tx, contact: string): Promise<void> {
  const { firstJoins, people, questions, rejoining, ways } = parts;
  await ways.stopFrom(tx, contact, await questions.blocked(tx, contact));
  await firstJoins.forget(tx, contact);
  await rejoining.forgetWord(tx, contact);
  people.forget(contact);
  await deleteReplacementsOf(tx, contact);
}

function lifeOf({ profiles }: Kit, parts: GroupParts): Feature {
  const { catchUp, changes, joining } = parts;
  const { keyPackages, leaving, questions, successors, rejoining, removals, ways } = parts;
  return {
    resume: async (tx) => {
      await joining.resume(tx);
      await rejoining.resume(tx);
      await catchUp.resume(tx);
      await parts.heedRefusals(tx);
      await changes.resume(tx);
      await successors.resume(tx);
    },
    tick: async (tx) => {
      if ((await profiles.find(tx)) === undefined) return;
      await parts.heedRefusals(tx);
      await changes.tick(tx);
    },
    expire: async (tx) => {
      if ((await profiles.find(tx)) === undefined) return;
      await keyPackages.tick(tx);
      await removals.tick(tx);
      await leaving.tick(tx);
      await successors.tick(tx);
      await questions.tick(tx);
      await ways.tick(tx);
    },
  };
}
