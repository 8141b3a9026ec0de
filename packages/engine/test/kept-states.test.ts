/**
 * What older versions knew of forks, of re-joining and of leaving, as they wrote it into `meta`,
 * and what the reducers of today make of it.
 */
import type { Sql } from "@pli/engine/ports";
import { createCrypto } from "@pli/protocol/crypto";
import {
  contradicts,
  doubtCodec,
  firstJoinCodec,
  firstJoinTimers,
  forkCodec,
  forkTimers,
  hasLeft,
  isLeftBehind,
  leaveCodec,
  rejoinCodec,
  stepDoubt,
  stepFirstJoin,
  stepFork,
  stepLeave,
  stepRejoining,
  stepSuccessor,
  successorCodec,
  type ForkView,
  type StateCodec,
  type SuccessorView,
} from "@pli/protocol/group";
import { openTestDatabase } from "@pli/testkit";
import { expect, test } from "vitest";
import { migrate } from "../src/runtime/storage/migrate.ts";
import { OLDER_FORMS } from "./support/older-versions.ts";

const crypto = await createCrypto();
const [ALICE, BOB, CAROL, DAVE] = ["aa", "bb", "cc", "dd"].map((byte) => byte.repeat(32)) as [
  string,
  string,
  string,
  string,
];
const SHARED = "5a".repeat(32);
const GROUP = "6b".repeat(32);
const NOW = 1_764_000_000_000;

const fork: ForkView = {
  now: NOW,
  self: ALICE,
  works: true,
  members: [ALICE, BOB, CAROL],
  leaders: [ALICE],
  contacts: [BOB, CAROL],
  leavers: [],
  random: 0.5,
  delay: [1_000, 2_000],
};

/** Rows of `meta` in a database of that form, and what stands in it after the migration. */
async function migrated(
  form: string,
  rows: Readonly<Record<string, unknown>>,
  prepare: (sql: Sql) => Promise<void> = async () => undefined,
): Promise<{
  state: <State>(reducer: string, id: string, codec: StateCodec<State>) => State | undefined;
  states: number;
  meta: Readonly<Record<string, unknown>>;
}> {
  const database = await openTestDatabase();
  const [states, meta] = await database.transaction(async (sql) => {
    await OLDER_FORMS.get(form)?.(sql);
    for (const [key, value] of Object.entries(rows))
      await sql.run("INSERT INTO meta (key, value) VALUES (?, ?)", [
        key,
        typeof value === "number" ? value : String(value),
      ]);
    await prepare(sql);
    await migrate(sql, crypto);
    return [
      await sql.all("SELECT reducer, id, state FROM reducer_states"),
      await sql.all("SELECT key, value FROM meta"),
    ];
  });
  await database.close();
  return {
    state: (reducer, id, codec) => {
      const row = states.find((one) => one["reducer"] === reducer && one["id"] === id);
      const parsed = row === undefined ? undefined : codec.parse(row["state"] as Uint8Array);
      expect(parsed?.ok).not.toBe(false);
      return parsed?.ok === true ? parsed.value : undefined;
    },
    states: states.length,
    meta: Object.fromEntries(meta.map((row) => [row["key"], row["value"]])),
  };
}

/** As `saveBranch` of version 9 wrote it. */
const BRANCH = {
  group: GROUP,
  joinedAt: 1,
  marks: [
    [1, "01".repeat(16)],
    [2, "02".repeat(16)],
    [3, "03".repeat(16)],
  ],
  told: 2,
  forks: [2],
  voices: [{ who: BOB, since: 0, epoch: 3, moved: true }],
  peers: [{ who: CAROL, since: 1, epoch: 2 }],
  answered: [BOB],
  authors: [{ epoch: 3, who: ALICE }],
  behind: [{ epoch: 3, label: "4c".repeat(32) }],
  passedOver: [2],
  refused: [{ epoch: 4, who: CAROL, beside: [BOB] }],
  rival: { epoch: 3, isLower: true, from: 3 },
  begun: [
    { epoch: 2, after: 5, own: 4 },
    { epoch: 3, after: 9, own: 9 },
  ],
  done: [{ epoch: 3, operation: { kind: "remove", profiles: [DAVE] } }],
  replaced: [{ profile: BOB, epoch: 2 }],
  came: [{ profile: CAROL, epoch: 2, after: 5, own: 4 }],
  yields: 3,
  owed: 4,
};

test("a fork is known, and who comes back from it does again what was changed there", async () => {
  const { state, meta } = await migrated("9", { "branch c1": JSON.stringify(BRANCH) });
  const kept = state("fork", "c1", forkCodec);
  const { told: _, done, ...same } = BRANCH;
  expect(kept).toMatchObject({ ...same, done: [{ epoch: 3, operation: JSON.stringify(done[0]?.operation) }] });
  expect(meta).toEqual({});
  const { effects } = stepFork(kept, { type: "cameBack", view: fork });
  expect(effects.map(({ type }) => type)).toEqual(["note", "enqueue", "resend", "tell"]);
  expect(effects).toContainEqual({ type: "enqueue", operation: '{"kind":"remove","profiles":["' + DAVE + '"]}' });
  expect(effects).toContainEqual({ type: "resend", behind: 9 });
});

test("what was to be told of an epoch, and to be said again, is done at the start", async () => {
  const kept = (await migrated("9", { "branch c1": JSON.stringify(BRANCH) })).state("fork", "c1", forkCodec);
  expect(kept && forkTimers(kept).map(({ name }) => name)).toEqual(["tell", "repay"]);
  const { effects } = stepFork(kept, { type: "timer", view: fork });
  expect(effects.map(({ type }) => type)).toEqual(["tell", "tell", "repay"]);
  const told = { ...BRANCH, told: 3, owed: undefined };
  const quiet = (await migrated("9", { "branch c1": JSON.stringify(told) })).state("fork", "c1", forkCodec);
  expect(quiet && forkTimers(quiet)).toEqual([]);
});

test("version 8 called an operation a wish, and version 4 knew less of messages", async () => {
  const wishes = { ...BRANCH, done: [{ epoch: 3, wish: { kind: "role", profile: BOB, role: "admin" } }] };
  const of8 = (await migrated("8", { "branch c1": JSON.stringify(wishes) })).state("fork", "c1", forkCodec);
  expect(of8?.done).toEqual([{ epoch: 3, operation: `{"kind":"role","profile":"${BOB}","role":"admin"}` }]);
  const old = {
    ...wishes,
    rival: { epoch: 3, isLower: true },
    begun: [{ epoch: 3, at: NOW, after: 9 }],
    replaced: [{ profile: BOB, epoch: 2, at: NOW }],
    came: [{ profile: CAROL, epoch: 2, after: 5 }],
    owed: NOW,
  };
  const of4 = (await migrated("4", { "branch c1": JSON.stringify(old) })).state("fork", "c1", forkCodec);
  expect(of4).toMatchObject({
    rival: { epoch: 3, isLower: true, from: 3 },
    begun: [{ epoch: 3, after: 9, own: 9 }],
    replaced: [{ profile: BOB, epoch: 2 }],
    came: [{ profile: CAROL, epoch: 2, after: 5, own: 5 }],
  });
  expect(of4?.owed).toBeUndefined();
  const first = { group: GROUP, marks: BRANCH.marks, told: 3, forks: [2], voices: [BOB], answered: [], returned: [] };
  const written = { ...first, begun: [{ epoch: 3, at: NOW }], done: wishes.done };
  const of3 = (await migrated("3", { "branch c1": JSON.stringify(written) })).state("fork", "c1", forkCodec);
  expect(of3).toMatchObject({ group: GROUP, marks: BRANCH.marks, forks: [2], voices: [], begun: [] });
});

test("a device that looked for a way back asks on", async () => {
  const looking = {
    cause: "unopened",
    by: CAROL,
    since: NOW - 60_000,
    asked: { [BOB]: { times: 2, at: NOW - 9_000, given: 1, gaveAt: NOW - 9_000 } },
    answers: { [BOB]: { standing: "goesOn", relation: "ahead", at: NOW - 8_000, first: NOW - 30_000, leaf: true } },
  };
  const { state, meta } = await migrated("9", { "rejoin c1": JSON.stringify(looking) });
  const kept = state("rejoin", "c1", rejoinCodec);
  expect(kept).toEqual(looking);
  expect(meta).toEqual({});
  const event = { type: "began", now: NOW, cause: "removed", by: DAVE } as const;
  expect(kept && stepRejoining(kept, event).state).toMatchObject({ cause: "removed", asked: looking.asked });
  const { first: _, ...said } = looking.answers[BOB] ?? {};
  const of4 = await migrated("4", { "rejoin c1": JSON.stringify({ ...looking, answers: { [BOB]: said } }) });
  expect(of4.state("rejoin", "c1", rejoinCodec)?.answers[BOB]?.first).toBe(NOW - 8_000);
  const asked = { who: [CAROL], ever: [BOB, CAROL], at: NOW - 5_000, since: NOW - 60_000 };
  const of3 = (await migrated("3", { "rejoin c1": JSON.stringify(asked) })).state("rejoin", "c1", rejoinCodec);
  expect(of3).toMatchObject({ cause: "lost", since: NOW - 60_000 });
  expect(Object.keys(of3?.asked ?? {})).toEqual([BOB, CAROL]);
});

test("a person who left has left, and a contact who lists them hears it", async () => {
  const { state, meta } = await migrated("9", { [`left ${SHARED}`]: String(NOW - 600_000) });
  const kept = state("leave", SHARED, leaveCodec);
  expect(hasLeft(kept, NOW)).toBe(true);
  expect(meta).toEqual({});
  const { effects } = stepLeave(kept, { type: "listed", now: NOW, by: BOB, isIn: false });
  expect(effects).toEqual([{ type: "tellOut", to: BOB }]);
  const of4 = await migrated("4", { [`left ${SHARED}`]: NOW - 600_000 });
  expect(of4.state("leave", SHARED, leaveCodec)).toEqual(kept);
});

test.each([
  ["is leaving still", "ready", true, true],
  ["is back", "ready", false, false],
  ["is out", "left", false, true],
])("a person who left while version 10 ran, and %s", async (_, state, leaves, isKept) => {
  const kept = await migrated("10", { [`left ${SHARED}`]: String(NOW) }, async (sql) => {
    await sql.run(
      `INSERT INTO conversations (id, kind, shared, contact, store, feed, generation, state, active_at)
       VALUES ('c1', 'group', x'${SHARED}', '', 'http://store', 0, 1, ?, 0)`,
      [state],
    );
    if (leaves)
      await sql.run(
        `INSERT INTO intentions (conversation, kind, body, created_at, due_at) VALUES ('c1', 'leave', '{}', 0, 0)`,
      );
  });
  expect(kept.state("leave", SHARED, leaveCodec) !== undefined).toBe(isKept);
  expect(kept.meta).toEqual({});
});

test("what was heard of successor groups, whom it suspects and the old group it keeps open", async () => {
  const rows = {
    "heard c1": JSON.stringify({ calls: { [BOB]: [DAVE] }, founder: CAROL, without: [DAVE], leftOutBy: [ALICE] }),
    "suspects c1": JSON.stringify({ epoch: 7, who: [DAVE] }),
    "refound c1": JSON.stringify({ old: 5, roles: { [BOB]: "admin" }, since: NOW - 1_000 }),
    "suspects c2": JSON.stringify({ epoch: 8, who: [BOB] }),
    "heard c3": JSON.stringify({ calls: {} }),
  };
  const { state, meta, states } = await migrated("9", rows);
  const kept = state("successor", "c1", successorCodec);
  expect(kept).toEqual({
    calls: { [BOB]: [DAVE] },
    founder: CAROL,
    without: [DAVE],
    leftOutBy: [ALICE],
    suspects: { epoch: 7, who: [DAVE] },
    open: { old: 5, roles: { [BOB]: "admin" }, since: NOW - 1_000 },
  });
  expect(state("successor", "c2", successorCodec)).toMatchObject({ suspects: { epoch: 8, who: [BOB] } });
  expect([meta, states]).toEqual([{}, 3]);
  expect(isLeftBehind(kept, DAVE)).toBe(true);
  const view: SuccessorView = { now: NOW, self: ALICE, epoch: 7, isBlocked: true, founders: [ALICE], founds: false };
  const blocked = stepSuccessor(kept, { type: "blocked", view });
  expect(blocked.effects).toEqual([{ type: "block", suspects: [DAVE] }]);
  const day = stepSuccessor(kept, { type: "day", members: [ALICE, BOB], view });
  expect(day.effects).toEqual([{ type: "release", epoch: 5 }]);
});

test("who led a device away is doubted", async () => {
  const doubt = { group: GROUP, by: BOB, others: [CAROL] };
  const { state, meta } = await migrated("9", { "doubt c1": JSON.stringify(doubt) });
  const kept = state("doubt", "c1", doubtCodec);
  expect([kept, meta]).toEqual([doubt, {}]);
  expect(contradicts(kept, CAROL, GROUP)).toBe(true);
  const way = { type: "wayShown", now: NOW, since: 0, by: BOB, group: "77", held: "88" } as const;
  expect(stepDoubt(kept, { ...way, isDoubtful: true, others: [] }).effects).toEqual([{ type: "wait" }]);
  const of4 = await migrated("4", { "doubt c1": JSON.stringify({ group: GROUP, by: BOB }) });
  expect(of4.state("doubt", "c1", doubtCodec)).toEqual({ ...doubt, others: [] });
});

test("who lists a device that is not in is asked again, and not given consent twice", async () => {
  const id = `${SHARED} ${BOB}`;
  const waiting = { at: NOW - 60_000, times: 2, consented: 2 };
  const { state, meta } = await migrated("9", { [`first ${id}`]: JSON.stringify(waiting) });
  const kept = state("first-join", id, firstJoinCodec);
  expect([kept, meta]).toEqual([{ since: NOW - 60_000, times: 2, askedAt: NOW - 60_000, consented: 2 }, {}]);
  expect(kept && firstJoinTimers(kept, NOW)).toEqual([{ name: "ask", since: NOW - 60_000, wait: 40_000 }]);
  const leaf = { group: GROUP, encryptionKey: "99" };
  expect(stepFirstJoin(kept, { type: "leafNamed", leaf }).effects).toEqual([]);
  const asked = stepFirstJoin(kept, { type: "timer", now: NOW });
  expect(asked.effects).toEqual([{ type: "ask" }]);
  expect(stepFirstJoin(asked.state, { type: "leafNamed", leaf }).effects).toEqual([{ type: "consent", leaf }]);
  const of4 = await migrated("4", { [`first ${id}`]: JSON.stringify({ at: NOW, told: true }) });
  expect(of4.state("first-join", id, firstJoinCodec)).toEqual({ since: NOW, times: 1, askedAt: NOW, consented: 1 });
});

test("what a reducer of version 10 has come to know since counts more", async () => {
  const newer = { group: GROUP, by: CAROL, others: [] };
  const { state, meta } = await migrated(
    "10",
    { "doubt c1": JSON.stringify({ group: GROUP, by: BOB, others: [] }) },
    (sql) =>
      sql.run("INSERT INTO reducer_states (reducer, id, state) VALUES ('doubt', 'c1', ?)", [doubtCodec.encode(newer)]),
  );
  expect([state("doubt", "c1", doubtCodec), meta]).toEqual([newer, {}]);
});

test.each([
  ["is no JSON", "{"],
  ["is of nothing", "null"],
  ["is of another shape", JSON.stringify({ ...BRANCH, marks: [["three", 3]] })],
])("a row that %s is dropped, and the database opens", async (_, value) => {
  const rows = { "branch c1": value, "rejoin c1": value, "heard c1": value, "left c1": value, "doubt c1": value };
  const { state, meta } = await migrated("9", rows);
  expect([state("fork", "c1", forkCodec), state("rejoin", "c1", rejoinCodec), meta]).toEqual([
    undefined,
    undefined,
    {},
  ]);
});

test("what version 4 wrote as plain values is JSON, and a revoked sender stays one", async () => {
  const limits = JSON.stringify({ 3: 17 });
  const { meta } = await migrated("4", {
    home: "http://store",
    "echo http://other": 1,
    "lapsed 5": limits,
    readReceipts: 0,
    "removed c1": JSON.stringify({ by: BOB, at: NOW, unsent: [] }),
  });
  expect(meta).toEqual({
    home: '"http://store"',
    "echo http://other": "true",
    "revoked 5": limits,
    readReceipts: 0,
    "removed c1": JSON.stringify({ by: BOB, at: NOW, unsent: [] }),
  });
});
