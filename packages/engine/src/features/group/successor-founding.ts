/** Founding a successor group: who is brought in at once, and the new MLS group. */
import { encodeRules, type Rules, type SuccessorEvent } from "@pli/protocol/group";
import { toHex } from "@pli/protocol/crypto";
import type { Context, Tx } from "../../runtime/context.ts";
import {
  findConversation,
  saveSuspects,
  setConversationState,
  setGeneration,
} from "../../epochs/conversations.table.ts";
import type { EpochRoles } from "../../epochs/epoch-roles.ts";
import type { Epochs, HeldEpoch } from "../../epochs/epochs.ts";
import type { SendQueue } from "../../delivery/queue/send-queue.ts";
import { withdrawCommits } from "../../epochs/own-commits.ts";
import { isPendingContent } from "../../epochs/pending-contents.table.ts";
import type { Sending } from "../messages/sending.ts";
import type { Profiles } from "../../people/profile.ts";
import type { TxEvent } from "../../runtime/tx-event.ts";
import type { Changes } from "./changes.ts";
import type { History } from "./history.ts";
import { listPendingOperations } from "./pending-operations.table.ts";
import type { KeyPackages } from "./key-packages.ts";
import { saveMembers } from "./members.ts";
import type { SuccessorViews } from "./successor-view.ts";
import type { Talk } from "./talk.ts";

/** Among what waits to leave, the call for a successor group has this reference. */
export const CALL = "successor-call";
const GROUP_ID_BYTES = 32;

export interface SuccessorParts {
  readonly epochs: Epochs;
  readonly epochRoles: EpochRoles;
  readonly profiles: Profiles;
  readonly keyPackages: KeyPackages;
  readonly changes: Changes;
  readonly history: History;
  readonly talk: Talk;
  readonly queue: SendQueue;
  readonly sending: Sending;
}

export interface SuccessorFounding {
  /** Brings in who can be; undefined: this device does not found one, or its call is not stored. */
  gather(tx: Tx, id: string): Promise<SuccessorEvent | undefined>;
  /** The new group, with this device alone in it at first. */
  found(tx: Tx, id: string): Promise<void>;
}

export function createSuccessorFounding(
  { crypto, groups }: Context,
  deps: SuccessorParts & { readonly views: SuccessorViews; readonly founded: TxEvent<HeldEpoch> },
): SuccessorFounding {
  const { epochs, profiles, talk, views } = deps;

  /** Contacts are brought in with what they handed over long ago: they need not be there now. */
  async function gather(tx: Tx, id: string): Promise<SuccessorEvent | undefined> {
    const conversation = await findConversation(tx, id);
    const operation = await views.operation(tx, id);
    const works = conversation?.state === "ready" || conversation?.state === "rejoining";
    if (operation === undefined || !works || (await isUnsaid(tx, id))) return undefined;
    const { createdAt } = operation;
    const { without, gone = [], forgotten = [] } = operation.operation;
    const isCalled = operation.operation.gone === undefined;
    const newer = Object.fromEntries(forgotten.map((profile) => [profile, "member" as const]));
    const roles = { ...newer, ...(await views.staying(tx, id, [...without, ...gone])) };
    const offered = await offersIn(tx, id);
    const missing = Object.keys(roles).filter((profile) => !offered.has(profile));
    for (const [profile, keyPackage] of await deps.keyPackages.usable(tx, id, missing)) {
      const role = roles[profile] ?? "member";
      await deps.changes.want(tx, id, { kind: "bring", profile, role, keyPackage: toHex(keyPackage) });
      await deps.keyPackages.used(tx, id, [profile]);
    }
    const ready = (await offersIn(tx, id)).size;
    const called = isCalled ? { calledAt: createdAt } : {};
    return { type: "gathered", ready, roles, without, ...called, view: await views.view(tx, id) };
  }

  async function isUnsaid(tx: Tx, id: string): Promise<boolean> {
    return isPendingContent(tx, { conversation: id, purpose: "control", reference: CALL });
  }

  async function offersIn(tx: Tx, id: string): Promise<ReadonlySet<string>> {
    const operations = await listPendingOperations(tx, id);
    return new Set(operations.flatMap(({ operation }) => (operation.kind === "bring" ? [operation.profile] : [])));
  }

  async function found(tx: Tx, id: string): Promise<void> {
    const { generation, store, feed } = await talk.conversation(tx, id);
    const old = await epochs.current(tx, id);
    if (old === undefined) return;
    const profile = await profiles.get(tx);
    const rules: Rules = { ...views.rules(old), roles: new Map([[profile.id, "owner"]]) };
    const own = await profiles.createKeyPackage(profile);
    const groupId = crypto.random(GROUP_ID_BYTES);
    const group = await groups.createGroup({ groupId, ...own, rules: encodeRules(rules) });
    await setGeneration(tx, id, generation + 1);
    await saveSuspects(tx, id, undefined);
    await withdrawCommits(tx, id);
    const next = { conversation: id, generation: generation + 1, store, feed, group, beside: true } as const;
    const held = await epochs.start(tx, next);
    await saveMembers(tx, id, rules, groups.members(group));
    await setConversationState(tx, id, "ready");
    await deps.founded.emit(tx, held);
    await deps.changes.pump(tx, id);
    tx.after(() => deps.queue.kick());
  }

  return { gather, found };
}
