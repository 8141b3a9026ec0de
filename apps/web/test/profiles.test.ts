import { describe, expect, test } from "vitest";
import { MAX_LABEL, parseProfiles } from "../src/ui/profiles.ts";

const NONE = { profiles: [{ id: "first" }], last: "first" };

describe("the list of profiles", () => {
  test("is read as it was written", () => {
    const kept = { profiles: [{ id: "first" }, { id: "0badcafe", label: "Travail" }], last: "0badcafe" };
    expect(parseProfiles(JSON.stringify(kept))).toEqual(kept);
  });

  test.each([
    null,
    "",
    "{",
    "7",
    "null",
    '{"profiles":7}',
    '{"profiles":[]}',
    '{"profiles":[null,7,{"id":"../pli"},{"id":7}]}',
  ])("that nobody can read is one profile: %s", (text) => {
    expect(parseProfiles(text)).toEqual(NONE);
  });

  test("has each profile once, and is bounded", () => {
    const many = Array.from({ length: 200 }, (_, n) => ({
      id: n.toString(16).padStart(8, "0"),
      label: "x".repeat(999),
    }));
    const { profiles } = parseProfiles(JSON.stringify({ profiles: [...many, ...many], last: 7 }));
    expect(profiles).toHaveLength(64);
    expect(profiles[0]?.label).toHaveLength(MAX_LABEL);
    expect(parseProfiles('{"profiles":[{"id":"first"},{"id":"first","label":"x"}]}')).toEqual(NONE);
  });
});
