import { encodeEvidence, encodeRules, parseRules, type Rules } from "@pli/protocol/group";
import { MAX_ADDED } from "@pli/protocol/conversation";
import { text, toHex, utf8 } from "@pli/protocol/crypto";
import type { PendingChange } from "../../api/api.ts";
import type { Context, Unit } from "../../runtime/context.ts";
import type { Commits } from "../../epochs/commits.ts";
import { findConversation } from "../../epochs/conversations.ts";
import type { Epochs, HeldEpoch } from "../../epochs/epochs.ts";
import { PliError, type ErrorCode } from "../../runtime/errors.ts";
import type { Profiles } from "../../people/profile.ts";
import { damaged, numberIn, textIn } from "../../runtime/storage/row.ts";
import type { History } from "./history.ts";
import { deleteIntention, insertIntention, leaversIn, listIntentions, replaceWish } from "./intentions.ts";
import type { Intention, Wish } from "./intentions.ts";
import type { KeyPackages } from "./key-packages.ts";
import { leavesByProfile, planCommit, type Plan, type Standing } from "./plan.ts";
import { named } from "./members.ts";
import type { Offers } from "./offers.ts";

/** What our own commit was made for, kept with it until it has won. */
interface Purpose {
  readonly added: readonly string[];
  readonly left: Plan["left"];
}

/**
 * What is wanted of a group, until it is so: wishes wait in a queue, become one commit when the
 * group stands still, are tried again on whatever another's commit made of the group, and are
 * dropped, with the reason in the history, when they make no sense any more (docs/protocol.md,
 * section 5).
 */
export interface Changes {
  /** `dueAt`: what others may do as well can wait for them. */
  want(unit: Unit, conversation: string, wish: Wish, dueAt?: number): Promise<number>;
  /** Makes the commit that can be made now, if any. */
  pump(unit: Unit, conversation: string): Promise<void>;
  /** The wishes that our commit is for, as they are before it is the group's history. */
  wishesOf(unit: Unit, conversation: string, body: Uint8Array): Promise<Wish[]>;
  /** Our commit is the group's history: its wishes are fulfilled. Gives the profiles it added. */
  fulfilled(unit: Unit, body: Uint8Array): Promise<readonly string[]>;
  /** Takes a wish back; `change_unknown` when its commit is under way or in effect. */
  cancel(unit: Unit, conversation: string, id: string): Promise<void>;
  pending(unit: Unit, conversation: string): Promise<PendingChange[]>;
  /** This person does not come: they are wanted no more, and the history says why. */
  unwant(unit: Unit, conversation: string, profile: string, why: ErrorCode): Promise<void>;
  /** Whether this person is about to leave, or has. */
  isLeaving(unit: Unit, conversation: string): Promise<boolean>;
  /** Sets the timers of wishes that wait for a moment, and looks at every queue. */
  resume(unit: Unit): Promise<void>;
  /**
   * What waits for something else than a moment, as for a clock that was wrong, is looked at again.
   */
  tick(unit: Unit): Promise<void>;
}

export function createChanges(
  context: Context,
  p: {
    epochs: Epochs;
    commits: () => Commits;
    profiles: Profiles;
    keyPackages: KeyPackages;
    history: History;
    offers: Pick<Offers, "willing" | "awaits" | "sweep">;
  },
): Changes {
  const { clock, groups } = context;
  const { epochs, profiles, keyPackages, history } = p;

  async function want(unit: Unit, conversation: string, wish: Wish, dueAt = clock.now()): Promise<number> {
    const id = await insertIntention(unit, { conversation, wish, createdAt: clock.now(), dueAt });
    if (dueAt > clock.now()) wakeAt(unit, conversation, dueAt);
    else await pump(unit, conversation);
    return id;
  }

  function wakeAt(unit: Unit, conversation: string, dueAt: number): void {
    unit.after(() => {
      context.later(Math.max(0, dueAt - clock.now()), (later) => pump(later, conversation));
    });
  }

  async function pump(unit: Unit, id: string): Promise<void> {
    const conversation = await findConversation(unit, id);
    const held = await epochs.current(unit, id);
    if (conversation?.kind !== "group" || conversation.state !== "ready" || held === undefined) return;
    if (await isPending(unit, held)) return;
    const intentions = await listIntentions(unit, id);
    if (intentions.length > 0) await propose(unit, held, intentions);
  }

  async function isPending(unit: Unit, held: HeldEpoch): Promise<boolean> {
    const rows = await unit.sql.all("SELECT 1 FROM pending_commits WHERE epoch = ?", [held.id]);
    return rows.length > 0;
  }

  /**
   * One commit for all that can be done; when that is refused, for each wish alone, so that one
   * cannot stop the others.
   */
  async function propose(unit: Unit, held: HeldEpoch, intentions: readonly Intention[]): Promise<void> {
    const standing = await standingOf(unit, held, intentions);
    const { plan, dropped } = planCommit(standing, intentions);
    for (const { intention, why } of dropped) await drop(unit, intention, why);
    if (plan === undefined || (await tryPlan(unit, held, plan))) return;
    const rest = intentions.filter((intention) => !dropped.some((other) => other.intention === intention));
    if (rest.length === 1) return rest[0] === undefined ? undefined : drop(unit, rest[0], "not_allowed");
    for (const intention of rest) {
      const alone = planCommit(standing, [intention]).plan;
      if (alone === undefined) continue;
      if (await tryPlan(unit, held, alone)) return;
      await drop(unit, intention, "not_allowed");
    }
  }

  async function standingOf(unit: Unit, held: HeldEpoch, intentions: readonly Intention[]): Promise<Standing> {
    const { group, ownLeaf } = held.epoch;
    const members = groups.members(group);
    const self = (await profiles.get(unit)).id;
    const present = leavesByProfile(members);
    const wanted = intentions.flatMap(({ wish }) => (wish.kind === "add" ? wish.profiles : []));
    const missing = [...new Set(wanted)].filter((profile) => !present.has(profile)).slice(0, 2 * MAX_ADDED);
    const usable = await keyPackages.usable(unit, await p.offers.willing(unit, held, missing));
    const leavers = await leaversIn(unit, held.conversation);
    const place = { group: toHex(groups.groupId(group)), epoch: held.number };
    return { ...place, rules: rulesIn(held), members, self, ownLeaf, now: clock.now(), leavers, keyPackages: usable };
  }

  function rulesIn(held: HeldEpoch): Rules {
    const rules = parseRules(groups.rules(held.epoch.group) ?? new Uint8Array(0));
    return rules.ok ? rules.value : damaged("rules");
  }

  /** False: the rules or the group say no. Slots that are used up keep the wish waiting. */
  async function tryPlan(unit: Unit, held: HeldEpoch, plan: Plan): Promise<boolean> {
    const purpose: Purpose = { added: plan.added, left: plan.left };
    const made = await p.commits().propose(unit, held, {
      add: plan.add,
      remove: plan.remove,
      ...(plan.rules && { rules: encodeRules(plan.rules) }),
      ...(plan.evidence.length > 0 && { evidence: encodeEvidence(plan.evidence) }),
      update: plan.update,
      body: utf8(JSON.stringify(purpose)),
    });
    return made.ok || made.error === "wrong_epoch";
  }

  async function drop(unit: Unit, intention: Intention, why: ErrorCode | undefined): Promise<void> {
    await deleteIntention(unit, intention.id);
    const self = await profiles.get(unit);
    const wanted = await wantedOf(unit, intention.wish);
    if (why === undefined || wanted === undefined) return;
    await history.note(unit, intention.conversation, self.id, { what: "dropped", wanted, why });
  }

  async function wishesOf(unit: Unit, conversation: string, body: Uint8Array): Promise<Wish[]> {
    const ids = new Set(purposeFrom(body).left.map(({ id }) => id));
    return (await listIntentions(unit, conversation)).filter(({ id }) => ids.has(id)).map(({ wish }) => wish);
  }

  const purposeFrom = (body: Uint8Array): Purpose => JSON.parse(text(body) ?? damaged("purpose")) as Purpose;

  async function fulfilled(unit: Unit, body: Uint8Array): Promise<readonly string[]> {
    const purpose = purposeFrom(body);
    for (const { id, wish } of purpose.left) {
      if (wish === undefined) await deleteIntention(unit, id);
      else await replaceWish(unit, id, wish);
    }
    await keyPackages.used(unit, purpose.added);
    return purpose.added;
  }

  async function cancel(unit: Unit, conversation: string, id: string): Promise<void> {
    const intention = (await listIntentions(unit, conversation)).find((other) => String(other.id) === id);
    if (intention === undefined || (await isUnderWay(unit, conversation, intention.id)))
      throw new PliError("change_unknown");
    await deleteIntention(unit, intention.id);
    await p.offers.sweep(unit, conversation);
  }

  async function unwant(unit: Unit, conversation: string, profile: string, why: ErrorCode): Promise<void> {
    for (const { id, wish } of await listIntentions(unit, conversation)) {
      if (wish.kind !== "add" || !wish.profiles.includes(profile) || (await isUnderWay(unit, conversation, id)))
        continue;
      const rest = wish.profiles.filter((other) => other !== profile);
      if (rest.length === 0) await deleteIntention(unit, id);
      else await replaceWish(unit, id, { kind: "add", profiles: rest });
      const wanted = { kind: "add", who: await named(unit, [profile]) } as const;
      await history.note(unit, conversation, (await profiles.get(unit)).id, { what: "dropped", wanted, why });
    }
    await p.offers.sweep(unit, conversation);
  }

  async function isUnderWay(unit: Unit, conversation: string, id: number): Promise<boolean> {
    const rows = await unit.sql.all(
      "SELECT c.body FROM pending_commits c JOIN epochs e ON e.id = c.epoch WHERE e.conversation = ?",
      [conversation],
    );
    return rows.some((row) => {
      const body = row["body"] instanceof Uint8Array ? text(row["body"]) : undefined;
      return body !== undefined && body !== "" && (JSON.parse(body) as Purpose).left.some((part) => part.id === id);
    });
  }

  async function pending(unit: Unit, conversation: string): Promise<PendingChange[]> {
    const changes: PendingChange[] = [];
    for (const intention of await listIntentions(unit, conversation)) {
      const wanted = await wantedOf(unit, intention.wish);
      if (wanted === undefined) continue;
      const waitsFor = await waitsOf(unit, intention);
      changes.push({ id: String(intention.id), wanted, since: intention.createdAt, waitsFor });
    }
    return changes;
  }

  async function waitsOf(unit: Unit, { id, conversation, wish }: Intention): Promise<PendingChange["waitsFor"]> {
    if (await isUnderWay(unit, conversation, id)) return "store";
    if (wish.kind === "refound") return "contact";
    if (wish.kind !== "add") return "turn";
    const awaited: string[] = [];
    for (const profile of wish.profiles) if (await p.offers.awaits(unit, conversation, profile)) awaited.push(profile);
    const asked = wish.profiles.filter((profile) => !awaited.includes(profile));
    if (asked.length === 0) return "answer";
    return keyPackages.waitsFor(unit, asked);
  }

  async function wantedOf(unit: Unit, wish: Wish): Promise<PendingChange["wanted"] | undefined> {
    switch (wish.kind) {
      case "add":
      case "remove":
        return { kind: wish.kind, who: await named(unit, wish.profiles) };
      case "role": {
        const [who] = await named(unit, [wish.profile]);
        return who === undefined ? undefined : { kind: "role", who, role: wish.role };
      }
      case "rules":
      case "keys":
      case "leave":
        return { kind: wish.kind };
      case "refound":
        return { kind: wish.kind, without: await named(unit, wish.without) };
      case "left":
      case "replace":
      case "bring":
      case "fresh":
        return undefined;
    }
  }

  async function isLeaving(unit: Unit, conversation: string): Promise<boolean> {
    const rows = await unit.sql.all("SELECT 1 FROM intentions WHERE conversation = ? AND kind = 'leave'", [
      conversation,
    ]);
    return rows.length > 0;
  }

  async function resume(unit: Unit): Promise<void> {
    const due = await unit.sql.all("SELECT conversation, due_at FROM intentions WHERE due_at > ?", [clock.now()]);
    for (const row of due) wakeAt(unit, textIn(row, "conversation"), numberIn(row, "due_at"));
    await tick(unit);
  }

  async function tick(unit: Unit): Promise<void> {
    const rows = await unit.sql.all("SELECT DISTINCT conversation FROM intentions");
    for (const row of rows) await pump(unit, textIn(row, "conversation"));
  }

  return { want, pump, wishesOf, fulfilled, cancel, unwant, pending, isLeaving, resume, tick };
}
