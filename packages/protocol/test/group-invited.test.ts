import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { leadOf, type Invited } from "../src/group/index.ts";

const invited = (state: Invited["state"], p: Partial<Invited> = {}): Invited => ({
  state,
  isStranger: false,
  leadsOn: false,
  helps: false,
  ...p,
});
describe("an invitation into a group", () => {
  test.each([
    ["that is not here leads to a new one", invited(undefined), "new"],
    ["that was left leads there again", invited("left"), "again"],
    ["that was left, of a stranger, leads elsewhere", invited("left", { isStranger: true }), "apart"],
    ["that is being joined is awaited", invited("joining"), "awaited"],
    ["that this device is in is kept", invited("ready"), "kept"],
    ["that continues elsewhere is awaited", invited("ready", { leadsOn: true }), "awaited"],
    [
      "that this device waits to come back to is awaited of who helps",
      invited("rejoining", { helps: true }),
      "awaited",
    ],
    ["that this device waits to come back to is ignored of others", invited("rejoining"), "ignored"],
  ] as const)("%s", (_, facts, lead) => {
    expect(leadOf(facts)).toBe(lead);
  });

  test("of a stranger leads a device nowhere in a group that it holds, unless they may lead it on", () => {
    const held = fc.constantFrom("ready", "rejoining", "joining");
    fc.assert(
      fc.property(held, fc.boolean(), (state, helps) => {
        expect(leadOf({ state, isStranger: true, leadsOn: false, helps })).toBe("ignored");
      }),
    );
  });

  test("never makes a device leave a group that works, unless the inviter may lead it on", () => {
    fc.assert(
      fc.property(fc.boolean(), fc.boolean(), (isStranger, helps) => {
        const lead = leadOf({ state: "ready", isStranger, leadsOn: false, helps });
        expect(["kept", "ignored"]).toContain(lead);
      }),
    );
  });
});
