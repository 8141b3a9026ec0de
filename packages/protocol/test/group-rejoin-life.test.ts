import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as group from "@pli/protocol/group";
import type { FirstJoinEvent, RejoiningEvent, RejoinState } from "@pli/protocol/group";
import { CAUSES, RELATIONS, STANDINGS, T0 } from "./group-rejoin-device.ts";
import { clock, expectCodec, expectStory, run, type Stepped, type Told } from "./reducers.ts";
import { load } from "./vector-files.ts";

const id = fc.constantFrom("a", "b", "c", "d");
const leaf = fc.constant({ group: "a1", encryptionKey: "b1" });
const helpers = fc.uniqueArray(fc.record({ id, member: fc.boolean(), leads: fc.boolean() }), {
  selector: ({ id: who }) => who,
});
const type = <T extends string>(name: T) => fc.constant(name);
const cause = fc.constantFrom(...CAUSES);
const rejoining: fc.Arbitrary<RejoiningEvent> = fc.oneof(
  fc.record({ type: type("began"), now: clock, cause }),
  fc.record({ type: type("began"), now: clock, cause, by: id, via: id }),
  fc.record({ type: type("looked"), now: clock, helpers, others: fc.nat(4), founds: fc.boolean() }),
  fc.record({
    type: type("answered"),
    now: clock,
    who: id,
    standing: fc.constantFrom(...STANDINGS),
    relation: fc.constantFrom(...RELATIONS),
    leaf,
  }),
  fc.record({ type: type("heardOf"), now: clock, who: id, relation: fc.constantFrom(...RELATIONS) }),
  fc.record({ type: type("refused"), now: clock, who: id, leftOut: fc.boolean() }),
  fc.record({ type: type("followed") }),
  fc.record({ type: type("ended") }),
  fc.record({ type: type("forgotten"), who: id }),
);
const firstJoin: fc.Arbitrary<FirstJoinEvent> = fc.oneof(
  fc.record({ type: type("listed"), now: clock }),
  fc.record({ type: type("timer"), now: clock }),
  fc.record({ type: type("leafNamed"), leaf }),
  fc.record({ type: type("sweep"), now: clock }),
  fc.record({ type: type("ended") }),
);
const GRAVITY = { behind: 0, fork: 1, unopened: 2, lost: 2, old: 3, removed: 4 } as const;

describe("looking for a way back, whatever happens in whatever order", () => {
  type Step = Stepped<RejoinState, RejoiningEvent, group.RejoiningEffect>;
  const always = (holds: (step: Step) => void): void =>
    fc.assert(
      fc.property(fc.array(rejoining, { maxLength: 50 }), (list) => run(group.stepRejoining, list).forEach(holds)),
    );

  test("the state is saved within its bound and comes back the same", () => {
    const saved = (list: readonly RejoiningEvent[]): RejoinState[] =>
      run(group.stepRejoining, list).flatMap(({ state }) => state ?? []);
    fc.assert(
      fc.property(fc.array(rejoining, { maxLength: 50 }), (list) =>
        saved(list).forEach((state) => expectCodec(group.rejoinCodec, state)),
      ),
    );
  });
  test("only a cause begins it, and no cause takes the place of a graver one", () => {
    always(({ before, event, state, effects }) => {
      const isBegun = event.type === "began" || before !== undefined;
      expect(isBegun || (state === undefined && effects.length === 0)).toBe(true);
      const isGraver = before === undefined || state === undefined || GRAVITY[state.cause] >= GRAVITY[before.cause];
      expect(isGraver).toBe(true);
    });
  });
  test("a device stops writing when it cannot go on, and not when it is behind or in another history", () => {
    always(({ state, effects }) => {
      const stops = effects.some((effect) => effect.type === "stop");
      expect(!stops || (state !== undefined && group.isStopped(state))).toBe(true);
    });
  });
  test("a commit that it follows ends it, but for an old state and another history", () => {
    always(({ before, event, state }) => {
      const stays = before?.cause === "old" || before?.cause === "fork";
      expect(event.type !== "followed" || (state !== undefined) === stays).toBe(true);
    });
  });
  test("who is asked may bring the device back until it ends", () => {
    always(({ state, effects }) => {
      const asked = effects.flatMap((effect) => (effect.type === "ask" ? [effect.who] : []));
      expect(asked.every((who) => state !== undefined && group.bringsIn(state, who))).toBe(true);
    });
  });
  test("the same event twice begins, ends and forgets nothing more", () => {
    const again: ReadonlySet<string> = new Set(["began", "followed", "ended", "forgotten"]);
    always(({ event, state }) => {
      const twice = again.has(event.type) ? group.stepRejoining(state, event).state : state;
      expect(twice).toEqual(state);
    });
  });
  test("no more than 2,048 people are remembered as asked, those of last", () => {
    const name = (i: number): string => String(i).padStart(64, "f");
    const asked = Array.from({ length: 2_048 }, (_, i) => [name(i), { times: 1, at: T0 + i, given: 0 }] as const);
    const begun = { ...group.beginRejoin({ cause: "old", now: T0 }), asked: Object.fromEntries(asked) };
    const told = { now: T0 + 5_000, who: name(2_048), relation: "ahead" } as const;
    const state = group.stepRejoining(begun, { type: "heardOf", ...told }).state ?? begun;
    expect(Object.keys(state.asked)).toHaveLength(2_048);
    expect([group.bringsIn(state, name(0)), group.bringsIn(state, name(2_048))]).toEqual([false, true]);
    expectCodec(group.rejoinCodec, state);
  });
});

describe("first joins, whatever happens in whatever order", () => {
  const always = (holds: (step: Stepped<group.FirstJoinState, FirstJoinEvent, group.FirstJoinEffect>) => void): void =>
    fc.assert(
      fc.property(fc.array(firstJoin, { maxLength: 50 }), (list) => run(group.stepFirstJoin, list).forEach(holds)),
    );

  test("a contact is asked when they list this device, and by a timer, within ten minutes", () => {
    always(({ event, state, effects }) => {
      const asks = effects.some((effect) => effect.type === "ask");
      const isTime = event.type === "listed" || event.type === "timer";
      const age = state !== undefined && isTime ? Math.abs(event.now - state.since) : 0;
      expect(!asks || (isTime && age <= 600_000)).toBe(true);
    });
  });
  test("gets consent once for each question", () => {
    always(({ before, effects }) => {
      const consents = effects.some((effect) => effect.type === "consent");
      expect(!consents || (before !== undefined && before.consented !== before.times)).toBe(true);
    });
  });
});

describe("somebody who was removed may be in the group again", () => {
  const marks = (...all: string[]) => all.map((mark, i) => [i + 1, mark] as const);
  const history = { group: "a1", marks: marks("aa", "bb", "cc"), refused: [{ epoch: 3, who: "mal" }] };
  const isBack = (
    told: string[],
    p: { who?: string; leads?: true; isMember?: true; since?: number; group?: string } = {},
  ) =>
    group.mayBeBack(
      history,
      { group: p.group ?? "a1", marks: marks(...told), ...(p.since !== undefined && { since: p.since }) },
      { who: p.who ?? "ben", leads: p.leads === true, isMember: p.isMember === true },
    );

  test("when an epoch is shown that comes after the removal, or another MLS group", () => {
    expect(isBack(["aa", "bb", "cc", "dd"])).toBe(false);
    expect(isBack(["aa", "bb", "cc", "dd", "ee"])).toBe(true);
    expect(isBack(["xx"], { group: "b2" })).toBe(true);
  });
  test("when another history is shown by who leads the group, or by a member who has come over into it", () => {
    const other = ["aa", "bb", "xx"];
    expect(isBack(other)).toBe(false);
    expect(isBack(other, { leads: true })).toBe(true);
    expect(isBack(other, { isMember: true, since: 2 })).toBe(false);
    expect(isBack(other, { isMember: true, since: 3 })).toBe(true);
    expect(isBack(other, { since: 3 })).toBe(false);
  });
  test("not by the word of who made the commit that was passed over where the histories part", () => {
    expect(isBack(["aa", "bb", "xx"], { who: "mal", leads: true })).toBe(false);
    expect(isBack(["aa", "bb", "cc", "dd", "ee"], { who: "mal" })).toBe(true);
  });
});

test("people come back into an epoch after the end of what they knew, and into no earlier one", () => {
  const history = { group: "a1", marks: [[4, "aa"] as const, [5, "bb"] as const] };
  const into = (epoch: number, name = "a1") => group.isAfter(history, { group: name, epoch });
  // Epoch 6 is the one in which they were out.
  expect([4, 5, 6, 7].map((epoch) => into(epoch))).toEqual([false, false, false, true]);
  expect(into(1, "b2")).toBe(true);
  expect(group.isAfter(undefined, { group: "a1", epoch: 1 })).toBe(true);
});

describe("vectors of looking for a way back", () => {
  type Story = { reducer: string; steps: never[] };
  const { valid, invalid } = load<Story>("group/rejoin");
  const of = (name: string) => valid.filter(({ reducer }) => reducer === name);
  test.each(of("rejoin"))("$name", ({ steps }: { steps: Told<RejoinState, RejoiningEvent, unknown>[] }) =>
    expectStory(steps, group.stepRejoining, group.rejoinCodec, group.rejoinTimers),
  );
  test.each(of("first-join"))("$name", ({ steps }: { steps: Told<group.FirstJoinState, FirstJoinEvent, unknown>[] }) =>
    expectStory(steps, group.stepFirstJoin, group.firstJoinCodec, group.firstJoinTimers),
  );
  test.each(of("doubt"))("$name", ({ steps }: { steps: Told<group.DoubtState, group.DoubtEvent, unknown>[] }) =>
    expectStory(steps, group.stepDoubt, group.doubtCodec, () => []),
  );
  test.each(invalid)("$name: refused", ({ bytes, error }) => {
    expect(group.rejoinCodec.parse(bytes)).toEqual({ ok: false, error });
  });
  test("are all of these", () => {
    expect(of("rejoin").length + of("first-join").length + of("doubt").length).toBe(valid.length);
  });
});
