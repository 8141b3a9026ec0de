import { propertyRuns } from "@pli/testkit/dials";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { beginRejoin, nextLook, stepRejoin } from "@pli/protocol/group";
import type { Helper, LeafName, RejoinCause, RejoinEffect, RejoinEvent, RejoinState } from "@pli/protocol/group";
import { CAUSES, RELATIONS, STANDINGS, T0 } from "./group-rejoin-device.ts";

const IDS = ["a", "b", "c", "d", "e", "f", "g", "h"];
const id = fc.constantFrom(...IDS);
const helper: fc.Arbitrary<Helper> = fc.record({ id, member: fc.boolean(), leads: fc.boolean() });
const helpers = fc.uniqueArray(helper, { maxLength: IDS.length, selector: ({ id: who }) => who });
const cause = fc.constantFrom<RejoinCause>(...CAUSES);
const standing = fc.constantFrom(...STANDINGS);
const relation = fc.constantFrom(...RELATIONS);
const leaf: fc.Arbitrary<LeafName> = fc.record({
  group: fc.constantFrom("a1", "a2"),
  encryptionKey: fc.constantFrom("b1", "b2"),
});
/** Clocks go on, stand, jump and are set back. */
const now = fc.oneof(
  fc.integer({ min: 0, max: 120_000 }),
  fc.integer({ min: -100_000_000, max: 100_000_000 }),
  fc.constantFrom(-T0, 0, 8_640_000_000_000_000 - T0),
);
const at = now.map((since) => T0 + since);
const event: fc.Arbitrary<RejoinEvent> = fc.oneof(
  fc.record({ type: fc.constant("looked" as const), now: at, helpers, others: fc.nat(9), founds: fc.boolean() }),
  fc.record({ type: fc.constant("answered" as const), now: at, who: id, standing, relation }),
  fc.record({ type: fc.constant("answered" as const), now: at, who: id, standing, relation, leaf }),
  fc.record({ type: fc.constant("refused" as const), now: at, who: id, leftOut: fc.boolean() }),
  fc.record({ type: fc.constant("heardOf" as const), now: at, who: id, relation }),
);
const events = fc.array(event, { maxLength: 60 });
const begun = fc
  .record({ cause, by: fc.option(id, { nil: undefined }) })
  .map(({ cause: why, by }) => beginRejoin({ cause: why, now: T0, ...(by !== undefined && { by }) }));

/**
 * What happened, but that one person alone says that the device is out, and nobody that they are;
 * and they are not alone with it.
 */
function oneRefusing(event: RejoinEvent, liar: string): RejoinEvent {
  if (event.type === "looked") return { ...event, others: Math.max(2, event.others) };
  if (event.type === "refused") return { ...event, who: liar, leftOut: false };
  return event.type === "answered" && event.standing === "out" ? { ...event, standing: "stuck" } : event;
}

function withNames(effect: RejoinEffect, name: (who: string) => string): RejoinEffect {
  if (effect.type === "ask") return { ...effect, who: name(effect.who) };
  if (effect.type !== "found") return effect;
  return { ...effect, gone: effect.gone.map(name), forgotten: effect.forgotten.map(name) };
}

function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null) Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}

describe("whatever happens, in whatever order and at whatever time", () => {
  test("the state is JSON and bounded, a step depends on nothing else and changes nothing", () => {
    fc.assert(
      fc.property(begun, events, (begin, list) => {
        let state: RejoinState = frozen(begin);
        for (const one of list) {
          const stepped = stepRejoin(state, frozen(one));
          const again = stepRejoin(JSON.parse(JSON.stringify(state)) as RejoinState, structuredClone(one));
          expect(again).toEqual(stepped);
          expect(JSON.parse(JSON.stringify(stepped))).toEqual(stepped);
          state = frozen(stepped.state);
          expect(Object.keys(state.answers).every((who) => Object.hasOwn(state.asked, who))).toBe(true);
          expect(JSON.stringify(state).length).toBeLessThan(200 + 200 * IDS.length);
          expect(nextLook(state, one.now)).toBeGreaterThan(one.now);
        }
      }),
    );
  });

  test("it asks those who can be asked, at most two at a look, and consents to who was asked and named a leaf", () => {
    fc.assert(
      fc.property(begun, events, (begin, list) => {
        let state = begin;
        for (const one of list) {
          const before = state;
          const { effects, state: after } = stepRejoin(state, one);
          state = after;
          const asks = effects.filter((effect) => effect.type === "ask");
          const may =
            one.type === "looked"
              ? one.helpers.map((known) => known.id)
              : [...Object.keys(before.asked), ...(one.type === "heardOf" ? [one.who] : [])];
          expect(asks.every(({ who }) => may.includes(who))).toBe(true);
          expect(new Set(asks.map(({ who }) => who)).size).toBe(asks.length);
          expect(asks.length).toBeLessThanOrEqual(2);
          expect(asks.every(({ who }) => after.asked[who]?.at === one.now)).toBe(true);
          const given = asks.flatMap((ask) => (ask.leaf === undefined ? [] : [[ask.who, ask.leaf]]));
          const said = one.type === "answered" && one.leaf !== undefined ? [[one.who, one.leaf]] : [];
          expect(given.length === 0 || JSON.stringify(given) === JSON.stringify(said)).toBe(true);
        }
      }),
    );
  });

  test("ids decide nothing: with other ids, the same people are asked in the same order", () => {
    const others = fc
      .shuffledSubarray(IDS, { minLength: IDS.length })
      .map((to) => new Map(IDS.map((is, i) => [is, to[i] ?? ""])));
    fc.assert(
      fc.property(begun, events, others, (begin, list, names) => {
        const name = (who: string): string => names.get(who) ?? "";
        let state = begin;
        let other: RejoinState = { ...begin, ...(begin.by !== undefined && { by: name(begin.by) }) };
        for (const one of list) {
          const stepped = stepRejoin(state, one);
          const there = stepRejoin(other, renamed(one, name));
          expect(there.effects).toEqual(stepped.effects.map((effect) => withNames(effect, name)));
          [state, other] = [stepped.state, there.state];
        }
      }),
    );
  });

  test("no membership ends by the word of one person while anybody else may be in the group, whatever they say", () => {
    fc.assert(
      fc.property(
        begun.filter((state) => state.cause !== "removed"),
        events,
        id,
        (begin, list, liar) => {
          let state = begin;
          for (const one of list) {
            const said = oneRefusing(one, liar);
            const stepped = stepRejoin(state, said);
            state = stepped.state;
            expect(stepped.effects.map(({ type }) => type)).not.toContain("end");
          }
        },
      ),
    );
  });

  test("a device whose state is old never continues from it, and only one that may founds the group again", () => {
    fc.assert(
      fc.property(begun, events, (begin, list) => {
        let state = begin;
        for (const one of list) {
          const stepped = stepRejoin(state, one);
          state = stepped.state;
          const types = new Set(stepped.effects.map(({ type }) => type));
          expect(types.has("resume") && state.cause === "old").toBe(false);
          expect(types.has("found") && !(state.cause === "old" && one.type === "looked" && one.founds)).toBe(false);
        }
      }),
    );
  });
});

function renamed(one: RejoinEvent, name: (who: string) => string): RejoinEvent {
  if (one.type !== "looked") return { ...one, who: name(one.who) };
  return { ...one, helpers: one.helpers.map((known) => ({ ...known, id: name(known.id) })) };
}

/** Somebody who answers every question, and unasked now and then; `leaf`: names one. */
type Other = {
  readonly leads: boolean;
  readonly standing: (typeof STANDINGS)[number] | "refused";
  readonly relation: (typeof RELATIONS)[number];
  readonly leaf: boolean;
  readonly answers: boolean;
  readonly every: number;
};
const other: fc.Arbitrary<Other> = fc.record({
  leads: fc.boolean(),
  standing: fc.constantFrom(...STANDINGS, "refused" as const),
  relation,
  leaf: fc.boolean(),
  answers: fc.boolean(),
  every: fc.integer({ min: 1, max: 40 }),
});
const HONEST = "honest";
const LEAF: LeafName = { group: "a1", encryptionKey: "b1" };

/**
 * A device, others who do as they please, and one helper who says within a second of being asked
 * that they can help.
 */
class Story {
  state: RejoinState;
  /** In seconds, when the helper was given consent. */
  readonly given: number[] = [];
  outcome: RejoinEffect["type"] | undefined;
  readonly others: readonly Other[];
  readonly last: boolean;
  readonly jump: { readonly at: number; readonly by: number };
  #due: number | undefined;
  #speaking: { second: number; i: number }[] = [];

  constructor(p: { why: RejoinCause; others: readonly Other[]; last: boolean; jump?: Story["jump"] }) {
    this.state = beginRejoin({ cause: p.why, now: T0 });
    [this.others, this.last, this.jump] = [p.others, p.last, p.jump ?? { at: 0, by: 0 }];
  }

  /** Second by second, until it continues, is out or founds the group. */
  run(seconds: number): this {
    let look = 0;
    for (let second = 0; second < seconds && this.outcome === undefined; second++) {
      const clock = this.#clock(second);
      if (second >= look) {
        this.#step(second, { type: "looked", now: clock, helpers: this.#helpers(), others: 9, founds: false });
        look = second + (nextLook(this.state, clock) - clock) / 1000;
      }
      for (const [i, { every }] of this.others.entries()) if (second % every === 0) this.#speak(second, i);
      for (const { i } of this.#speaking.filter((one) => one.second === second)) this.#speak(second, i);
      this.#speaking = this.#speaking.filter((one) => one.second > second);
      if (this.#due === second)
        this.#step(second, {
          type: "answered",
          now: clock,
          who: HONEST,
          standing: "goesOn",
          relation: "ahead",
          leaf: LEAF,
        });
    }
    return this;
  }

  #clock(second: number): number {
    return T0 + 1000 * (second + (second >= this.jump.at ? this.jump.by : 0));
  }

  /** The honest one stands first or last: an order that the device draws is not one to rely on. */
  #helpers(): Helper[] {
    const people = this.others.map(({ leads }, i): Helper => ({ id: `o${i}`, member: true, leads }));
    const honest = { id: HONEST, member: true, leads: false };
    return this.last ? [...people, honest] : [honest, ...people];
  }

  #speak(second: number, i: number): void {
    const one = this.others[i];
    if (one === undefined) return;
    const [clock, who] = [this.#clock(second), `o${i}`];
    const named = one.leaf ? { leaf: LEAF } : {};
    if (one.standing === "refused") this.#step(second, { type: "refused", now: clock, who, leftOut: false });
    else
      this.#step(second, {
        type: "answered",
        now: clock,
        who,
        standing: one.standing,
        relation: one.relation,
        ...named,
      });
  }

  #step(second: number, one: RejoinEvent): void {
    const { state, effects } = stepRejoin(this.state, one);
    this.state = state;
    for (const effect of effects) {
      if (effect.type !== "ask") this.outcome = effect.type;
      else if (effect.who !== HONEST) this.#asked(second, effect.who);
      else if (effect.leaf === undefined) this.#due = second + 1;
      else this.given.push(second);
    }
  }

  #asked(second: number, who: string): void {
    const i = Number(who.slice(1));
    if (this.others[i]?.answers) this.#speaking.push({ second: second + 1, i });
  }
}

const elsewhere = (one: Other): boolean => !(one.standing === "goesOn" && one.relation === "same");

describe("with one person who can help and says so within a second", () => {
  const LASTING = CAUSES.filter((why) => why !== "removed");

  test("a device consents to them within a minute, whatever all others say, unless one says that they go on where it is", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...LASTING),
        fc.array(other, { maxLength: 10 }),
        fc.boolean(),
        (why, others, last) => {
          const story = new Story({ why, others: others.filter(elsewhere), last }).run(60);
          // Of many people, those it asked first may all have been stopped where it was.
          const hasGoneOn = story.outcome === "resume" && (why === "unopened" || why === "lost");
          expect(hasGoneOn || (story.given[0] ?? 60) < 60).toBe(true);
          expect(hasGoneOn ? undefined : story.outcome).toBeUndefined();
        },
      ),
      { numRuns: propertyRuns(300) },
    );
  });

  test("of few people, it consents to them before it continues by itself", () => {
    fc.assert(
      fc.property(fc.constantFrom(...LASTING), fc.array(other, { maxLength: 3 }), fc.boolean(), (why, others, last) => {
        const story = new Story({ why, others: others.filter(elsewhere), last }).run(60);
        expect(story.given[0]).toBeLessThan(15);
        expect(story.outcome).toBeUndefined();
      }),
      { numRuns: propertyRuns(300) },
    );
  });

  test("a device with an old state consents to them again and again, whatever all others say", () => {
    fc.assert(
      fc.property(fc.array(other, { maxLength: 5 }), fc.boolean(), (others, last) => {
        const { given, outcome } = new Story({ why: "old", others, last }).run(300);
        expect(outcome).toBeUndefined();
        const pauses = given.map((second, i) => second - (given[i - 1] ?? 0));
        expect(Math.max(...pauses, 300 - (given.at(-1) ?? 0))).toBeLessThan(120);
      }),
      { numRuns: propertyRuns(300) },
    );
  });

  test("a clock that is set, back or forward, delays it by no more than a minute", () => {
    const jump = fc.record({ at: fc.nat(60), by: fc.integer({ min: -170, max: 170 }) });
    const why = fc.constantFrom("old", "fork", "behind");
    fc.assert(
      fc.property(why, fc.array(other, { maxLength: 8 }), jump, (why, others, to) => {
        const story = new Story({ why, others: others.filter(elsewhere), last: true, jump: to }).run(120);
        expect(story.outcome).toBeUndefined();
        expect(story.given[0]).toBeLessThan(120);
      }),
      { numRuns: propertyRuns(300) },
    );
  });
});
