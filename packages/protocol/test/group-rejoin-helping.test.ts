import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ALL, helpFor, missedSince, type Asked, type Place, type Since } from "../src/group/index.ts";

const [ANN, BEN] = ["ann", "ben"] as const;

describe("a device that asks to come back", () => {
  const asked = (p: Partial<Asked> = {}): Asked => ({
    self: "goesOn",
    isMember: true,
    isBlocked: false,
    consents: true,
    ...p,
  });

  test("is brought back with its consent, and asked for it by an answer without", () => {
    expect(helpFor(asked())).toEqual({ brings: true });
    expect(helpFor(asked({ consents: false }))).toEqual({ answer: "goesOn", brings: false });
  });

  test("hears of a group without a label for changes, and is brought back when there is one", () => {
    expect(helpFor(asked({ isBlocked: true }))).toEqual({ answer: "stuck", brings: true });
    expect(helpFor(asked({ isBlocked: true, consents: false }))).toEqual({ answer: "stuck", brings: false });
  });

  test("hears where somebody stands who cannot help, whatever else is so", () => {
    const facts = [fc.constantFrom("stuck", "out"), fc.boolean(), fc.boolean(), fc.boolean()] as const;
    fc.assert(
      fc.property(...facts, (self, isMember, isBlocked, consents) => {
        expect(helpFor({ self, isMember, isBlocked, consents })).toEqual({ answer: self, brings: false });
      }),
    );
  });

  test("is never brought into a group that it is not in, and never without consent", () => {
    expect(helpFor(asked({ isMember: false }))).toBe("outside");
    fc.assert(
      fc.property(
        fc.constantFrom("goesOn", "stuck", "out"),
        fc.boolean(),
        fc.boolean(),
        (self, isMember, isBlocked) => {
          expect(helpFor({ self, isMember, isBlocked, consents: false })).not.toHaveProperty("brings", true);
        },
      ),
    );
  });
});

describe("what a device has missed", () => {
  const place = (epoch: number, mark = "m"): Place => ({ group: "g", epoch, mark: `${mark}${epoch}` });
  const since = (after: number, own = after): Since => ({ after, own });
  const history = {
    group: "g",
    marks: [3, 4, 5].map((epoch) => [epoch, `m${epoch}`] as const),
    came: [{ profile: BEN, epoch: 3, ...since(10) }],
    begun: [3, 4, 5].map((epoch) => ({ epoch, ...since(epoch * 10) })),
  };
  const missed = (p: Partial<Parameters<typeof missedSince>[0]> = {}): Since =>
    missedSince({ history, who: BEN, self: ANN, place: place(4), isOpen: false, ...p });

  test("begins with its own epoch, which it may have forgotten", () => {
    expect(missed()).toEqual(since(40));
    expect(missed({ place: place(5) })).toEqual(since(50));
    expect(missed({ place: place(9) })).toEqual(since(50));
  });

  test("begins with the epoch of its place, whatever order what was said again in it stands in", () => {
    const begun = [3, 4, 5].map((epoch) => ({ epoch, ...since(epoch * 10), epochId: 20 + epoch }));
    expect(missed({ history: { ...history, begun } })).toEqual({ ...since(40), sealedFrom: 24 });
  });

  test("begins when the person came in, where the device was in another history or lost its place", () => {
    expect(missed({ place: place(4, "x") })).toEqual(since(10));
    expect(missed({ place: undefined })).toEqual(since(10));
    expect(missed({ place: { ...place(4), group: "other" } })).toEqual(since(10));
  });

  test("begins when the member itself came in, of somebody who was there before", () => {
    const came = [{ profile: ANN, epoch: 3, ...since(20), epochId: 7 }];
    expect(missed({ history: { ...history, came }, place: undefined })).toEqual({ ...since(20), epochId: 7 });
  });

  test("is nothing where nobody knows when they came, unless newcomers may read what was before", () => {
    const unknown = { history: { ...history, came: [] }, place: undefined };
    expect(missed(unknown).after).toBe(Number.MAX_SAFE_INTEGER);
    expect(missed({ history: undefined }).own).toBe(Number.MAX_SAFE_INTEGER);
    expect(missed({ ...unknown, isOpen: true })).toEqual(ALL);
  });

  test("is never more than since the person came in", () => {
    const begun = fc.array(fc.nat(50), { maxLength: 5 });
    fc.assert(
      fc.property(fc.nat(50), begun, fc.nat(9), (came, orders, epoch) => {
        const told = {
          ...history,
          came: [{ profile: BEN, epoch: 3, ...since(came) }],
          begun: orders.toSorted((a, b) => a - b).map((order, i) => ({ epoch: i, ...since(order) })),
        };
        expect(missed({ history: told, place: place(epoch) }).after).toBeGreaterThanOrEqual(came);
      }),
    );
  });
});
