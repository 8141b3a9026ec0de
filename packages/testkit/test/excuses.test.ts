import type { Role, WhoWrites } from "@pli/engine/api";
import { expect, test } from "vitest";
import { areKeptApart, isBeyondHelp, isBlocked, isLastWord, isNowhere, isSilenced } from "../src/simulation/excuses.ts";
import type { Case, Loss, Seen } from "../src/simulation/sight.ts";

const PROFILES = ["ada", "ben", "cleo"];
const ADA = 0;
const CLEO = 2;

/** Cleo does not keep to the rules. */
function facts(p: { restored?: number; strangers?: boolean; losses?: Loss[]; sealed?: string[] } = {}): Case {
  const sealed = (p.sealed ?? []).map((text) => ({ text, author: "ada", authenticator: "aa" }));
  return {
    base: { profiles: PROFILES, areContacts: () => p.strangers !== true },
    isHonest: (who: number) => who !== CLEO,
    restored: new Map(p.restored === undefined ? [] : [[p.restored, { step: 1 }]]),
    losses: p.losses ?? [],
    witness: { sealed, begun: () => [{ authenticator: "aa" }] },
  } as unknown as Case;
}

/** The group as this person has it, who is its owner in it and the texts they show. */
function seen(
  who: number,
  p: {
    state?: string;
    owner?: number;
    blocked?: boolean;
    shown?: string[];
    epoch?: string;
    people?: string[];
    whoWrites?: WhoWrites;
  } = {},
): Seen {
  const role = (index: number): Role => (index === (p.owner ?? ADA) ? "owner" : "member");
  const all = PROFILES.map((id, index) => ({ id, role: role(index) }));
  const members = all.filter(({ id }) => p.people?.includes(id) ?? true);
  return {
    device: { index: who, who, profile: PROFILES[who] },
    state: p.state ?? "ready",
    epoch: p.epoch ?? "1 aa",
    shown: (p.shown ?? []).map((text) => ({ text, author: "ada", state: "sent" })),
    group: { members, whoWrites: p.whoWrites ?? "everyone", ...(p.blocked === true && { blocked: {} }) },
  } as unknown as Seen;
}

test("changes may be blocked where nobody honest owns the group, and only by somebody who does block them", () => {
  const blockedBy = (owner: number): Seen[] => [ADA, 1].map((who) => seen(who, { owner, blocked: true }));
  expect(isBlocked(facts(), blockedBy(CLEO))).toBe(true);
  expect(isBlocked(facts(), blockedBy(ADA))).toBe(false);
  expect(isBlocked(facts(), [seen(ADA, { owner: CLEO })])).toBe(false);
});

test("a device that asks to come back is beyond help only where no honest contact of it is in the group", () => {
  const lost = seen(ADA, { state: "rejoining" });
  const group = [lost, seen(1)];
  expect(isBeyondHelp(facts(), group, lost)).toBe(false);
  expect(isBeyondHelp(facts({ restored: ADA }), group, lost)).toBe(false);
  expect(isBeyondHelp(facts({ strangers: true }), group, lost)).toBe(false);
  expect(isBeyondHelp(facts({ restored: ADA, strangers: true }), group, lost)).toBe(true);
  expect(isBeyondHelp(facts(), [lost], lost)).toBe(false);
});

test("parts of a group may stay apart only where somebody hostile is in each, and nobody honest knows the other", () => {
  const parts = (people?: string[]): Seen[] => [seen(ADA, { ...(people && { people }) }), seen(1, { epoch: "1 bb" })];
  expect(areKeptApart(facts({ strangers: true }), parts())).toBe(true);
  expect(areKeptApart(facts(), parts())).toBe(false);
  expect(areKeptApart(facts({ strangers: true }), parts(["ada", "ben"]))).toBe(false);
});

test("who owns a group alone may bring nobody back", () => {
  const lost = seen(ADA, { state: "rejoining", owner: CLEO });
  expect(isBeyondHelp(facts(), [lost], lost)).toBe(true);
  expect(isBeyondHelp(facts(), [lost, seen(1, { owner: CLEO })], lost)).toBe(false);
});

test("a text is nowhere when its author's device forgot it and the store lost every cell of it", () => {
  const sealed = ["#1 x", "#2 x", "#1 x"];
  const all: Loss = { from: 0, to: 3 };
  const early: Loss = { from: 0, to: 2 };
  const isGone = (p: Parameters<typeof facts>[0], shown: string[] = []): boolean =>
    isNowhere(facts({ sealed, ...p }), [seen(ADA, { shown })], "#1", "ada");
  expect(isGone({ restored: ADA, losses: [all] })).toBe(true);
  expect(isGone({ restored: ADA, losses: [all] }, ["#1"])).toBe(false);
  expect(isGone({ restored: ADA, losses: [early] })).toBe(false);
  expect(isGone({ losses: [all] })).toBe(false);
});

test("a text is not said again when its author may not write any more, and the store lost what the reader could open", () => {
  const all: Loss = { from: 0, to: 1 };
  const isGone = (p: { losses?: Loss[]; owner?: number; whoWrites?: WhoWrites; sealed?: string[] }): boolean =>
    isSilenced(
      facts({ sealed: ["#1 x"], losses: [all], ...p }),
      seen(1, { whoWrites: "admins", owner: 1, ...p }),
      "#1",
      "ada",
    );
  expect(isGone({})).toBe(true);
  expect(isGone({ whoWrites: "everyone" })).toBe(false);
  expect(isGone({ owner: ADA })).toBe(false);
  expect(isGone({ losses: [] })).toBe(false);
  expect(isGone({ sealed: ["#1 x", "#1 x"] })).toBe(false);
});

test("the last words of a removed device are what it did not know to be stored, and nobody else's", () => {
  const said = [
    { step: 1, author: ADA, text: "#1 xx" },
    { step: 2, author: ADA, text: "#2 xx" },
    { step: 3, author: CLEO, text: "#3 xx" },
  ];
  const gone = new Map([[ADA, { why: "removed", isDead: false, sent: new Set(["#1"]) }]]);
  const known = { ...facts(), said, gone } as unknown as Case;
  expect(["#1", "#2", "#3", "#4"].filter((text) => isLastWord(known, text))).toEqual(["#2"]);
});
