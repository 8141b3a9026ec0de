import { runSteps, type Action } from "@pli/testkit";
import { expect, test } from "vitest";

/**
 * Each thing that a hostile member or a store does to a group, by itself: seconds since the start,
 * and what happens.
 */
type Story = readonly (readonly [number, Action])[];

const [ADA, BEN, CLEO, EVE, FINN] = [0, 1, 2, 4, 5] as const;
const HOSTILE = [CLEO];

const FOUNDED: Story = [[0, { do: "found", who: ADA, group: 0, whom: [BEN, CLEO, EVE] }]];
const LED: Story = [...FOUNDED, [10, { do: "role", who: ADA, group: 0, whom: CLEO, role: "admin" }]];
const says = (at: number, who: number): Story[number] => [at, { do: "say", who, group: 0, length: 20 }];

async function play(hostile: readonly number[], story: Story): Promise<void> {
  const steps = story.map(([seconds, action], id) => ({ id, at: seconds * 1000, ...action }));
  expect(await runSteps(steps, hostile)).toEqual([]);
}

const assault = { who: CLEO, group: 0 } as const;

test.each<[string, Story]>([
  ["a commit that one member cannot open", [...FOUNDED, [40, { ...assault, do: "exclude", whom: BEN }]]],
  ["a commit that nobody can open", [...FOUNDED, [40, { ...assault, do: "exclude all", whom: BEN }]]],
  ["a removal that its victim alone can follow", [...LED, [40, { ...assault, do: "exclude all", whom: BEN }]]],
  ["a commit with a wrong tag", [...FOUNDED, [40, { ...assault, do: "wrong tag", whom: BEN }]]],
  ["a removal with a wrong tag", [...LED, [40, { ...assault, do: "wrong tag", whom: BEN }]]],
  ["another history, told by a member", [...FOUNDED, [40, { ...assault, do: "false fork", whom: ADA }]]],
  ["another history, told by an admin", [...LED, [40, { ...assault, do: "false fork", whom: ADA }]]],
  ["noise under all that a member is to write", [...FOUNDED, [40, { ...assault, do: "flood", whom: BEN, count: 150 }]]],
  [
    "a refusal for who was made to ask",
    [...LED, [30, { ...assault, do: "refuse", whom: ADA }], [40, { ...assault, do: "flood", whom: ADA, count: 70 }]],
  ],
  [
    "a consent used twice, and the invitation withheld",
    [
      ...LED,
      [40, { ...assault, do: "flood", whom: ADA, count: 70 }],
      [500, { do: "withhold", who: CLEO }],
      [600, { ...assault, do: "replay consent", whom: ADA }],
    ],
  ],
  [
    "somebody is added and hears nothing of it",
    [...LED, [20, { do: "withhold", who: CLEO }], [60, { ...assault, do: "add", whom: [FINN] }]],
  ],
])("%s: all come to one state, and hear each other", async (_, story) => {
  const end = (story.at(-1)?.[0] ?? 0) + 10;
  await play(HOSTILE, [...story, says(end, ADA), says(end + 1, EVE)]);
});

const AWAY: Story = [[9, { do: "away", who: CLEO, for: 30_000 }]];
const BACKED_UP: Story = [[10, { do: "store backed up" }]];
const CHANGED: Story = [says(11, ADA), [12, { do: "renew", who: ADA, group: 0 }]];

test.each<[string, Story]>([
  ["wiped", [...FOUNDED, says(10, ADA), [20, { do: "store wiped" }]]],
  ["wiped while somebody had not read", [...FOUNDED, ...AWAY, ...CHANGED, [20, { do: "store wiped" }]]],
  ["restored", [...FOUNDED, ...BACKED_UP, ...CHANGED, [20, { do: "store restored" }]]],
  [
    "restored while somebody had not read",
    [...FOUNDED, ...AWAY, ...BACKED_UP, ...CHANGED, [20, { do: "store restored" }]],
  ],
  ["rolled back", [...FOUNDED, ...BACKED_UP, ...CHANGED, [20, { do: "store rolled back" }]]],
  [
    "rolled back while somebody had not read",
    [...FOUNDED, ...AWAY, ...BACKED_UP, ...CHANGED, [20, { do: "store rolled back" }]],
  ],
])("a store that is %s: all come to one state, and hear each other", async (_, story) => {
  await play([], [...story, says(30, BEN), says(60, CLEO)]);
});

test("a device that is put back is told what was written under keys it forgot, though it had heard it once", async () => {
  await play(
    [],
    [
      ...FOUNDED,
      [20, { do: "back up", who: EVE }],
      [30, { do: "renew", who: EVE, group: 0 }],
      says(60, ADA),
      [90, { do: "restore", who: EVE }],
    ],
  );
});
