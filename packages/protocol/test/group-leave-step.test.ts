import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hasLeft, leaveCodec, leaveTimers, stepLeave } from "@pli/protocol/group";
import type { LeaveEffect, LeaveEvent, LeaveState } from "@pli/protocol/group";
import { T0 } from "./group-rejoin-device.ts";
import { clock, expectCodec, expectStory, run, type Stepped as Of, type Told } from "./reducers.ts";
import { load } from "./vector-files.ts";

const DAY_MS = 86_400_000;
const NAMES = ["ada", "ben", "cleo"];
const by = fc.constantFrom(...NAMES);
const isIn = fc.boolean();
const left = fc.record({ leaf: fc.nat(5), profile: by, signature: fc.constantFrom("aa", "ab") });
const typed = <T extends LeaveEvent["type"]>(type: T) => fc.constant(type);
const event: fc.Arbitrary<LeaveEvent> = fc.oneof(
  fc.record({ type: typed("leave"), now: clock, works: fc.boolean(), contacts: fc.subarray(NAMES) }),
  fc.record({ type: typed("ready"), others: fc.nat(3), needsSuccessor: fc.boolean() }),
  fc.record({ type: typed("stored") }),
  fc.record({ type: typed("declined"), now: clock, by }),
  fc.record({ type: typed("listed"), now: clock, by, isIn }),
  fc.record({ type: typed("leafNamed"), now: clock, by, isIn, group: fc.constant("a1"), leaf: fc.constant("b1") }),
  fc.record({ type: typed("invited"), now: clock, by }),
  fc.record({ type: typed("joined") }),
  fc.record({ type: typed("timer"), now: clock, isIn }),
  fc.record({
    type: typed("memberLeft"),
    now: clock,
    left,
    isKnown: fc.boolean(),
    role: fc.constantFrom("owner" as const, "admin" as const, "member" as const, "reader" as const),
    members: fc.nat(2000),
    random: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
);
const events = fc.array(event, { maxLength: 60 });

type Stepped = Of<LeaveState, LeaveEvent, LeaveEffect>;

/** Holds for each step that it concerns, whatever happened before. */
function always<S extends Stepped>(concerns: (step: Stepped) => step is S, holds: (step: S) => void): void {
  fc.assert(fc.property(events, (list) => run(stepLeave, list).filter(concerns).forEach(holds)));
}

const of =
  <T extends LeaveEvent["type"]>(...all: readonly T[]) =>
  (step: Stepped): step is Stepped & { readonly event: LeaveEvent & { readonly type: T } } =>
    (all as readonly string[]).includes(step.event.type);
const types = (effects: readonly LeaveEffect[]): string[] => effects.map(({ type }) => type);

describe("leaving a group, whatever happens in whatever order", () => {
  test("the state is saved within its bound and comes back the same", () => {
    const hasState = (step: Stepped): step is Stepped & { readonly state: LeaveState } => step.state !== undefined;
    always(hasState, ({ state }) => expectCodec(leaveCodec, state));
  });
  test("nobody hears that this person is out while they are in, or when it is forgotten", () => {
    always(of("listed", "leafNamed"), ({ before, event, effects }) => {
      const isOut = !event.isIn && hasLeft(before, event.now);
      expect(isOut || effects.length === 0).toBe(true);
    });
  });
  test("nothing is said in the group but by an operation that waits, and needs no successor", () => {
    const says = (step: Stepped): step is Stepped => types(step.effects).includes("say");
    always(says, ({ event }) => expect(event).toMatchObject({ type: "ready", needsSuccessor: false }));
  });
  test("consent given before is taken back whenever this person leaves", () => {
    always(of("leave"), ({ effects }) => expect(types(effects)).toContain("takeBackConsent"));
  });
  test("who waits is answered once, by a timer", () => {
    always(of("timer"), ({ state, effects }) => {
      const answered = new Set(effects.map((effect) => (effect.type === "tellOut" ? effect.to : "")));
      const waiting = (state?.waiting ?? []).map(({ who }) => who);
      expect(waiting.filter((who) => answered.has(who))).toEqual([]);
      expect(state === undefined ? [] : leaveTimers(state)).toHaveLength(Math.min(1, waiting.length));
    });
  });
  test("the same event twice adds nothing to the state", () => {
    always(of("leave", "ready", "stored", "declined", "listed", "leafNamed", "joined", "memberLeft"), (step) =>
      expect(stepLeave(step.state, step.event).state).toEqual(step.state),
    );
  });
  test("a statement that waits already is not enqueued again; those who lead act first", () => {
    always(of("memberLeft"), ({ event, effects }) => {
      const [least, most] = event.role === "owner" || event.role === "admin" ? [0, 2_000] : [10_000, 310_000];
      const waits = effects.map((effect) => (effect.type === "enqueue" ? effect.dueAt - event.now : -1));
      expect(waits).toHaveLength(event.isKnown ? 0 : 1);
      expect(waits.every((wait) => wait >= least && wait <= most)).toBe(true);
    });
  });
  test("after ninety days nothing is left of it", () => {
    fc.assert(
      fc.property(events, (list) => {
        const state = run(stepLeave, list).at(-1)?.state;
        const now = (state?.leftAt ?? T0) + 90 * DAY_MS;
        expect(stepLeave(state, { type: "timer", now, isIn: false })).toEqual({ state: undefined, effects: [] });
      }),
    );
  });
  test("no more than 256 contacts wait for an answer", () => {
    const list: LeaveEvent[] = Array.from({ length: 300 }, (_, i) => ({
      type: "listed",
      now: T0,
      by: `contact ${i}`,
      isIn: false,
    }));
    const steps = run(stepLeave, [{ type: "leave", now: T0, works: true, contacts: [] }, ...list]);
    const state = steps.at(-1)?.state ?? { leftAt: 0, waiting: [] };
    expect(state.waiting).toHaveLength(256);
    expectCodec(leaveCodec, state);
  });
});

describe("vectors of leaving", () => {
  type Story = { steps: Told<LeaveState, LeaveEvent, LeaveEffect>[] };
  const { valid, invalid } = load<Story>("group/leave");
  test.each(valid)("$name", ({ steps }) => expectStory(steps, stepLeave, leaveCodec, leaveTimers));
  test.each(invalid)("$name: refused", ({ bytes, error }) => {
    expect(leaveCodec.parse(bytes)).toEqual({ ok: false, error });
  });
  test("show each effect", () => {
    const effects = valid.flatMap(({ steps }) => steps.flatMap((step) => types(step.effects)));
    expect(new Set(effects)).toEqual(
      new Set(["enqueue", "say", "unsay", "takeBackConsent", "end", "tellOut", "sendStatement"]),
    );
  });
});
