import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isLeftBehind, leadsToSuccessor, stepSuccessor, successorCodec, successorTimers } from "@pli/protocol/group";
import type { Role, SuccessorEffect, SuccessorEvent, SuccessorState, SuccessorView } from "@pli/protocol/group";
import { clock, expectCodec, expectStory, run, type Stepped, type Told } from "./reducers.ts";
import { load } from "./vector-files.ts";

const HOUR_MS = 3_600_000;
const IDS = ["a", "b", "c", "d"];
const who = fc.constantFrom(...IDS);
const some = fc.subarray(IDS);
const epoch = fc.nat(3);
const roles = fc.dictionary(who, fc.constantFrom<Role>("owner", "admin", "member", "reader"), { maxKeys: 4 });
const view: fc.Arbitrary<SuccessorView> = fc.record({
  now: clock,
  self: fc.constant("b"),
  epoch,
  isBlocked: fc.boolean(),
  founders: some,
  founds: fc.boolean(),
});
const is = <T extends SuccessorEvent["type"]>(name: T) => fc.constant(name);
const event: fc.Arbitrary<SuccessorEvent> = fc.oneof(
  fc.record({ type: is("suspected"), epoch, who, view }),
  fc.record({ type: is("blocked"), view }),
  fc.record({ type: is("freed"), view }),
  fc.record({ type: is("membersChanged"), added: some, removed: some, view }),
  fc.record({ type: is("decided"), without: some, view }),
  fc.record({ type: is("abandoned"), gone: some, forgotten: some, view }),
  fc.record({ type: is("stored"), view }),
  fc.record({
    type: is("called"),
    by: who,
    without: some,
    epoch,
    mayCall: fc.boolean(),
    isHere: fc.boolean(),
    offers: fc.nat(5),
    view,
  }),
  fc.record({
    type: is("offered"),
    by: who,
    epoch,
    keyPackage: fc.constant("aa"),
    staying: roles,
    isOffered: fc.boolean(),
    view,
  }),
  fc.record(
    { type: is("gathered"), ready: fc.nat(2), roles, without: some, view, calledAt: fc.constantFrom(0, HOUR_MS) },
    { requiredKeys: ["type", "ready", "roles", "without", "view"] },
  ),
  fc.record({ type: is("migrated"), by: who, suspects: some, view }),
  fc.record({ type: is("timer"), isCaughtUp: fc.boolean(), view }),
  fc.record({ type: is("day"), members: some, view }),
);
const events = fc.array(event, { maxLength: 50 });

type Step = Stepped<SuccessorState, SuccessorEvent, SuccessorEffect>;
const always = (holds: (step: Step) => void): void =>
  fc.assert(fc.property(events, (all) => run(stepSuccessor, all).forEach(holds)));
const types = (effects: readonly SuccessorEffect[]): string[] => effects.map(({ type }) => type);

describe("successor groups, whatever happens in whatever order", () => {
  test("the state is saved within its bound and comes back the same", () => {
    const states = (all: readonly SuccessorEvent[]): SuccessorState[] =>
      run(stepSuccessor, all).flatMap(({ state }) => state ?? []);
    fc.assert(fc.property(events, (all) => states(all).forEach((state) => expectCodec(successorCodec, state))));
  });
  test("this device calls by itself only for a blocked epoch with a suspect, when the feed is read", () => {
    always(({ before, event: happened, effects }) => {
      const calls = types(effects).includes("say") && happened.type !== "decided";
      const isTime = happened.type === "timer" && happened.isCaughtUp && happened.view.isBlocked;
      const suspects = before?.suspects?.epoch === happened.view.epoch ? before?.suspects?.who.length : 0;
      expect(!calls || (isTime && suspects !== 0 && Object.keys(before?.calls ?? {}).length === 0)).toBe(true);
    });
  });
  test("nobody founds a group without an operation of their own, nor alone before an hour has passed since a call", () => {
    always(({ event: happened, effects }) => {
      if (!types(effects).includes("found")) return;
      expect(happened).toMatchObject({ type: "gathered", view: { founds: true } });
      if (happened.type !== "gathered" || happened.ready > 0 || Object.keys(happened.roles).length === 0) return;
      expect(Math.abs(happened.view.now - (happened.calledAt ?? happened.view.now))).toBeGreaterThanOrEqual(HOUR_MS);
    });
  });
  test("of two owners who call at once, the one with the higher id gives its call up", () => {
    always(({ event: happened, effects }) => {
      const withdraws = happened.type === "called" && types(effects).includes("withdraw");
      expect(!withdraws || (happened.view.founds && happened.by < happened.view.self)).toBe(true);
    });
  });
  test("an owner is given a key package only for a call that counts, and four times a day", () => {
    always(({ event: happened, effects }) => {
      const offers = types(effects).includes("offer");
      const counts = happened.type === "called" && happened.mayCall && happened.offers < 4;
      const isMeant = happened.type === "called" && !happened.without.includes("b") && happened.by !== "b";
      expect(!offers || (counts && isMeant)).toBe(true);
    });
  });
  test("only who stays, or is awaited, is brought in, once", () => {
    always(({ before, event: happened, effects }) => {
      const brings = types(effects).includes("bring");
      const known = happened.type === "offered" && happened.view.founds ? happened.staying : before?.open?.roles;
      const isKnown = happened.type === "offered" && known?.[happened.by] !== undefined && !happened.isOffered;
      expect(!brings || isKnown).toBe(true);
    });
  });
  test("the old group is given up when another takes its place, all are here, or thirty days have passed", () => {
    always(({ before, event: happened, state, effects }) => {
      const releases = effects.flatMap((effect) => (effect.type === "release" ? [effect.epoch] : []));
      const isGone = before?.open !== undefined && before.open !== state?.open;
      expect(releases).toEqual(isGone ? [before?.open?.old] : []);
      expect(!isGone || ["day", "gathered", "migrated"].includes(happened.type)).toBe(true);
    });
  });
  test("who was left out stays left out until a commit brings them in, or another group takes its place", () => {
    always(({ before, event: happened, state }) => {
      const back = (before?.without ?? []).filter((one) => !isLeftBehind(state, one));
      const added = happened.type === "membersChanged" ? happened.added : [];
      const isOther = happened.type === "gathered" || happened.type === "migrated";
      expect(isOther || back.every((one) => added.includes(one))).toBe(true);
    });
  });
  test("the same event twice changes nothing more", () => {
    const again: ReadonlySet<string> = new Set([
      "suspected",
      "blocked",
      "freed",
      "membersChanged",
      "decided",
      "abandoned",
      "stored",
      "called",
      "day",
    ]);
    always(({ event: happened, state }) => {
      expect(again.has(happened.type) ? stepSuccessor(state, happened).state : state).toEqual(state);
    });
  });
  test("an invitation leads on from an owner who called, or of a blocked group, towards lower ids", () => {
    fc.assert(
      fc.property(events, who, view, (all, by, at) => {
        const state = run(stepSuccessor, all).at(-1)?.state;
        const hasCalled = state?.calls[by] !== undefined;
        const isOwner = at.founders.includes(by);
        const isLower = state?.founder === undefined || by < state.founder;
        const leads = leadsToSuccessor(state, by, at);
        return !leads || hasCalled || (isOwner && at.isBlocked && isLower);
      }),
    );
  });
});

test("no more than sixty-four calls are kept", () => {
  const view: SuccessorView = { now: 0, self: "me", epoch: 1, isBlocked: true, founders: [], founds: false };
  const call = (i: number): SuccessorEvent => {
    const by = `owner ${i}`;
    const at = { ...view, founders: [by] };
    return { type: "called", by, without: [], epoch: 1, mayCall: true, isHere: true, offers: 0, view: at };
  };
  const steps = run(
    stepSuccessor,
    Array.from({ length: 70 }, (_, i) => call(i)),
  );
  expect(Object.keys(steps.at(-1)?.state?.calls ?? {})).toHaveLength(64);
});

describe("vectors of successor groups", () => {
  const { valid, invalid } = load<{ steps: Told<SuccessorState, SuccessorEvent, SuccessorEffect>[] }>(
    "group/successor",
  );
  test.each(valid)("$name", ({ steps }) => expectStory(steps, stepSuccessor, successorCodec, successorTimers));
  test.each(invalid)("$name: refused", ({ bytes, error }) => {
    expect(successorCodec.parse(bytes)).toEqual({ ok: false, error });
  });
  test("show each effect", () => {
    const shown = valid.flatMap(({ steps }) => steps.flatMap(({ effects }) => types(effects)));
    expect([...new Set(shown)].toSorted()).toEqual([
      "block",
      "bring",
      "enqueue",
      "forgetOffers",
      "found",
      "gather",
      "note",
      "offer",
      "release",
      "say",
      "unblock",
      "withdraw",
    ]);
  });
});
