/** What the reducer of forks asks for, done; and what it needs to know of the group. */
import { isLeader, type ForkEffect, type ForkEvent, type ForkView, type ToldState } from "@pli/protocol/group";
import type { GroupControl } from "@pli/protocol/group";
import type { Context, Tx } from "../../runtime/context.ts";
import { count } from "../../runtime/counters.table.ts";
import { fractionFrom, shuffled } from "../../runtime/chance.ts";
import { findConversation } from "../../epochs/conversations.table.ts";
import type { Epochs } from "../../epochs/epochs.ts";
import type { Sending } from "../messages/sending.ts";
import type { Contacts } from "../../people/contacts.ts";
import type { Profiles } from "../../people/profile.ts";
import type { CatchUp } from "./catch-up.ts";
import type { History } from "./history.ts";
import { insertPendingOperation, leaversIn, type PendingOperation } from "./pending-operations.table.ts";
import { contactsIn, listMembers } from "./members.table.ts";
import type { GroupRejoining } from "./rejoin.ts";
import type { RejoinAnswers } from "./rejoin-answers.ts";
import type { Talk } from "./talk.ts";

export interface ForkParts {
  readonly catchUp: CatchUp;
  readonly contacts: Contacts;
  readonly epochs: Epochs;
  readonly history: History;
  readonly profiles: Profiles;
  readonly rejoining: GroupRejoining;
  readonly rejoinAnswers: Pick<RejoinAnswers, "refuse">;
  readonly sending: Sending;
  readonly talk: Talk;
}

export interface ForkEffects {
  /** Gives the event that answers the effect. */
  perform(tx: Tx, id: string, effect: ForkEffect): Promise<ForkEvent | undefined>;
  view(tx: Tx, id: string): Promise<ForkView>;
  /** Whether this contact may make the device look for a newer state once more. */
  mayRepair(tx: Tx, id: string, contact: string): Promise<boolean>;
}

export function createForkEffects(context: Context, deps: ForkParts): ForkEffects {
  const { budgets, clock, crypto, options } = context;
  const { contacts, epochs, talk } = deps;
  const random = (): number => fractionFrom(crypto.random(4));

  async function perform(tx: Tx, id: string, effect: ForkEffect): Promise<ForkEvent | undefined> {
    switch (effect.type) {
      case "tell":
        await tell(tx, id, effect);
        return undefined;
      case "refuse":
        await refuse(tx, id, effect.to);
        return undefined;
      case "countFork":
        await count(tx, "forks");
        return undefined;
      case "rejoin":
        await deps.rejoining.start(tx, id, effect.cause, { via: effect.via });
        return undefined;
      case "lookFor":
        return lookFor(tx, id, effect);
      case "owe": {
        const rest = await budgets.takeOrWait(tx, "repaidFor", `${effect.to} ${id}`);
        return { type: "mayOwe", rest, view: await view(tx, id) };
      }
      case "repay": {
        const rest = await budgets.takeOrWait(tx, "repaidIn", id);
        return { type: "mayRepay", rest, view: await view(tx, id) };
      }
      case "resend": {
        const { type: _, ...from } = effect;
        await deps.sending.enqueueSince(tx, id, from);
        return undefined;
      }
      case "enqueue": {
        const operation = JSON.parse(effect.operation) as PendingOperation;
        await insertPendingOperation(tx, { conversation: id, operation, createdAt: clock.now() });
        return undefined;
      }
      case "note":
        await deps.history.note(tx, id, "", { what: effect.line });
        return undefined;
    }
  }

  async function tell(tx: Tx, id: string, { to, state }: ForkEffect & { readonly type: "tell" }): Promise<void> {
    const { shared } = await talk.conversation(tx, id);
    const where = to === undefined ? id : (await contacts.find(tx, to))?.conversation;
    if (where !== undefined) await talk.send(tx, where, controlOf(shared, state));
  }

  function controlOf(conversation: Uint8Array, { group, marks, since }: ToldState): GroupControl {
    const epochs = marks.map(([epoch, mark]) => ({ epoch, mark: talk.bytes(mark) }));
    const told = { name: "group-state", conversation, group: talk.bytes(group), epochs } as const;
    return since === undefined ? told : { ...told, since };
  }

  async function refuse(tx: Tx, id: string, to: string): Promise<void> {
    const conversation = await findConversation(tx, id);
    const contact = await contacts.find(tx, to);
    if (conversation !== undefined && contact !== undefined) await deps.rejoinAnswers.refuse(tx, contact, conversation);
  }

  async function lookFor(
    tx: Tx,
    id: string,
    { who, newest }: ForkEffect & { readonly type: "lookFor" },
  ): Promise<ForkEvent | undefined> {
    const held = await epochs.current(tx, id);
    if (held === undefined || !(await mayRepair(tx, id, who))) return undefined;
    await deps.catchUp.look(tx, held);
    return { type: "lookingFor", who, newest, view: await view(tx, id) };
  }

  const mayRepair = (tx: Tx, id: string, contact: string): Promise<boolean> =>
    budgets.take(tx, "repairs", `${contact} ${id}`);

  async function view(tx: Tx, id: string): Promise<ForkView> {
    const members = await listMembers(tx, id);
    return {
      now: clock.now(),
      self: (await deps.profiles.get(tx)).id,
      works: (await findConversation(tx, id))?.state === "ready",
      members: members.map(({ profile }) => profile),
      leaders: members.filter(({ role }) => isLeader(role)).map(({ profile }) => profile),
      contacts: shuffled(await contactsIn(tx, id), random),
      leavers: [...(await leaversIn(tx, id))],
      random: random(),
      delay: options.groupStateDelay,
    };
  }

  return { perform, view, mayRepair };
}
