import { createGroupEngine, type GroupEngine } from "@pli/protocol/conversation";
import { createCrypto } from "@pli/protocol/crypto";
import { codesOf, copyDisk, createWorld, invite, meet, pair, pairingOf, type Person } from "@pli/testkit";
import { describe, expect, test } from "vitest";
import { watchPairingNews } from "../src/features/pairing/news.ts";
import { heardAll, loseThread, lines, rowsOf, unsent } from "./support/friends.ts";

async function strangers() {
  const world = createWorld();
  return { world, alice: await world.person("Alice"), bob: await world.person("Bob") };
}

const wrong = (digits: string): string => String((Number(digits) + 1) % 10_000).padStart(4, "0");

/** Everything a pairing could leave behind, in every table that has to do with one. */
async function remains(person: Person): Promise<number> {
  let count = 0;
  for (const table of [
    "contacts",
    "conversations",
    "epochs",
    "leaf_parts",
    "messages",
    "watches",
    "send_queue",
    "pending_contents",
  ]) {
    count += (await rowsOf(copyDisk(person.disk), `SELECT * FROM ${table}`)).length;
  }
  const secret = `SELECT * FROM pairings WHERE key_package IS NOT NULL OR key_package_secret IS NOT NULL
    OR group_state IS NOT NULL OR length(state) > 64 OR view LIKE '%/i#%'`;
  return count + (await rowsOf(copyDisk(person.disk), secret)).length;
}

describe.each(["inviter", "responder"] as const)("a wrong code typed by the %s", (who) => {
  test("once or twice: it says how many tries are left, and the right one still pairs", async () => {
    const { world, alice, bob } = await strangers();
    const meeting = await meet(world, alice, bob);
    const codes = await codesOf(world, alice, bob, meeting);
    const typist = who === "inviter" ? alice : bob;
    const [pairing, right] =
      who === "inviter" ? [meeting.invitation, codes.responder] : [meeting.acceptance, codes.inviter];
    for (const left of [2, 1]) {
      await expect(typist.engine.typeCode({ pairing, digits: wrong(right) })).rejects.toMatchObject({
        code: "code_wrong",
      });
      expect((await pairingOf(typist, pairing)).attemptsLeft).toBe(left);
    }
    await typist.restart();
    await expect(typist.engine.typeCode({ pairing, digits: "12" })).rejects.toMatchObject({ code: "code_malformed" });
    await typist.engine.typeCode({ pairing, digits: `${right.slice(0, 2)} ${right.slice(2)}` });
    const other = who === "inviter" ? bob : alice;
    const theirs = who === "inviter" ? meeting.acceptance : meeting.invitation;
    const theirRight = who === "inviter" ? codes.inviter : codes.responder;
    await other.engine.typeCode({ pairing: theirs, digits: theirRight });
    await world.until(async () => (await pairingOf(typist, pairing)).step === "paired");
  });

  test("three times: burned on both sides, and nothing remains on either", async () => {
    const { world, alice, bob } = await strangers();
    const meeting = await meet(world, alice, bob);
    const codes = await codesOf(world, alice, bob, meeting);
    const typist = who === "inviter" ? alice : bob;
    const [pairing, right] =
      who === "inviter" ? [meeting.invitation, codes.responder] : [meeting.acceptance, codes.inviter];
    for (let i = 0; i < 3; i++) {
      await expect(typist.engine.typeCode({ pairing, digits: wrong(right) })).rejects.toMatchObject({
        code: "code_wrong",
      });
    }
    const other = who === "inviter" ? bob : alice;
    const theirs = who === "inviter" ? meeting.acceptance : meeting.invitation;
    await world.until(async () => (await pairingOf(other, theirs)).step === "failed", "the other's end");
    expect(await pairingOf(typist, pairing)).toMatchObject({ step: "failed", error: "code_wrong" });
    expect(await pairingOf(other, theirs)).toMatchObject({ step: "failed", error: "pairing_burned" });
    await world.clock.advance(60_000);
    expect([await remains(alice), await remains(bob)]).toEqual([0, 0]);
    await expect(typist.engine.typeCode({ pairing, digits: right })).rejects.toMatchObject({ code: "pairing_unknown" });
  });
});

test.each(["inviter", "responder"] as const)(
  "cancelled by the %s at the code: nothing remains on either side",
  async (who) => {
    const { world, alice, bob } = await strangers();
    const meeting = await meet(world, alice, bob);
    await codesOf(world, alice, bob, meeting);
    const [quitter, other] = who === "inviter" ? [alice, bob] : [bob, alice];
    const [own, theirs] =
      who === "inviter" ? [meeting.invitation, meeting.acceptance] : [meeting.acceptance, meeting.invitation];
    await quitter.engine.cancelPairing({ pairing: own });
    expect(await quitter.read("pairing", { id: own })).toBeUndefined();
    await world.until(async () => (await pairingOf(other, theirs)).error === "pairing_stopped", "the other's end");
    await other.engine.cancelPairing({ pairing: theirs });
    await world.clock.advance(60_000);
    expect([await remains(alice), await remains(bob)]).toEqual([0, 0]);
  },
);

test("an invitation cancelled before anyone came is refused to who opens it", async () => {
  const { world, alice, bob } = await strangers();
  const { pairing, link } = await invite(world, alice);
  await alice.engine.cancelPairing({ pairing });
  await world.clock.advance(1_000);
  const { pairing: accepted } = await bob.engine.acceptInvitation({ link });
  await world.until(async () => (await pairingOf(bob, accepted)).step === "failed");
  expect((await pairingOf(bob, accepted)).error).toBe("pairing_stopped");
});

test("an expired invitation, on both sides", async () => {
  const { world, alice, bob } = await strangers();
  const { pairing, link } = await invite(world, alice);
  await bob.engine.close();
  await world.clock.advance(8 * 86_400_000);
  expect(await pairingOf(alice, pairing)).toMatchObject({ step: "failed", error: "invitation_expired" });
  await bob.start(bob.disk);
  const { pairing: accepted } = await bob.engine.acceptInvitation({ link });
  await world.until(async () => (await pairingOf(bob, accepted)).step === "failed");
  expect((await pairingOf(bob, accepted)).error).toBe("invitation_expired");
  expect([await remains(alice), await remains(bob)]).toEqual([0, 0]);
});

test("a link that was used, and one opened twice on one device", async () => {
  const { world, alice, bob } = await strangers();
  const meeting = await meet(world, alice, bob);
  expect(await bob.engine.acceptInvitation({ link: ` ${meeting.link} ` })).toEqual({ pairing: meeting.acceptance });
  await codesOf(world, alice, bob, meeting);
  const carol = await world.person("Carol");
  const { pairing } = await carol.engine.acceptInvitation({ link: meeting.link });
  await world.until(async () => (await pairingOf(carol, pairing)).step === "failed");
  expect((await pairingOf(carol, pairing)).error).toBe("invitation_used");
  expect(await remains(carol)).toBe(0);
  expect((await pairingOf(alice, meeting.invitation)).step).toBe("code");
});

test.each([
  ["", "invitation_cut_short"],
  ["https://example.org/i#AAAA", "invitation_malformed"],
  ["hello", "invitation_malformed"],
])("a link that is none: %s", async (link, code) => {
  const { bob } = await strangers();
  await expect(bob.engine.acceptInvitation({ link })).rejects.toMatchObject({ code });
});

test("a link cut short is told from one that is none", async () => {
  const { world, alice, bob } = await strangers();
  const { link } = await invite(world, alice);
  await expect(bob.engine.acceptInvitation({ link: link.slice(0, -3) })).rejects.toMatchObject({
    code: "invitation_cut_short",
  });
});

test("a link is shown once it leads somewhere, and not before", async () => {
  const { world, alice, bob } = await strangers();
  world.store.takeDown();
  const { pairing } = await alice.engine.createInvitation({});
  const links: (string | undefined)[] = [];
  alice.engine.watch("pairing", { id: pairing }, (view) => links.push(view?.link));
  await world.clock.advance(5_000);
  expect((await alice.read("pairings", {})).map(({ link, step }) => ({ link, step }))).toEqual([{ step: "waiting" }]);
  world.store.bringUp();
  const link = await world.until(async () => links.find((shown) => shown !== undefined), "the link");
  const { pairing: accepted } = await bob.engine.acceptInvitation({ link });
  await world.until(async () => (await pairingOf(bob, accepted)).step === "code", "the code");
});

test("an invitation that no store knows", async () => {
  const { world, alice, bob } = await strangers();
  const { link } = await invite(world, alice);
  await alice.engine.close();
  world.store.replace();
  await bob.restart();
  const { pairing: accepted } = await bob.engine.acceptInvitation({ link });
  await world.until(async () => (await pairingOf(bob, accepted)).error === "invitation_not_found");
});

test("two pairings at once, with two people", async () => {
  const { world, alice, bob } = await strangers();
  const carol = await world.person("Carol");
  const [one, two] = [await meet(world, alice, bob), await meet(world, alice, carol)];
  const [withBob, withCarol] = [await codesOf(world, alice, bob, one), await codesOf(world, alice, carol, two)];
  await alice.engine.typeCode({ pairing: two.invitation, digits: withCarol.responder });
  await alice.engine.typeCode({ pairing: one.invitation, digits: withBob.responder });
  await bob.engine.typeCode({ pairing: one.acceptance, digits: withBob.inviter });
  await carol.engine.typeCode({ pairing: two.acceptance, digits: withCarol.inviter });
  await world.until(async () => (await alice.read("contacts", {})).length === 2, "both contacts");
  await alice.say("Bob", "to Bob");
  await alice.say("Carol", "to Carol");
  await world.until(async () => (await carol.heard("Alice")).length + (await bob.heard("Alice")).length === 2);
  expect(await carol.heard("Alice")).toEqual(["to Carol"]);
});

describe("one's own invitation, opened", () => {
  test("is recognised before anything is put, also off line; it stays, and the guest can still use it", async () => {
    const { world, alice, bob } = await strangers();
    const { pairing, link } = await invite(world, alice);
    world.store.takeDown();
    const before = (await unsent(copyDisk(alice.disk))).length;
    for (const form of [link, `<${link}>`, `${link.slice(0, 50)}\n${link.slice(50)}`])
      expect(await alice.engine.acceptInvitation({ link: form })).toEqual({ pairing, own: true });
    expect((await unsent(copyDisk(alice.disk))).length).toEqual(before);
    expect((await alice.read("pairings", {})).map(({ id, step }) => ({ id, step }))).toEqual([
      { id: pairing, step: "waiting" },
    ]);
    world.store.bringUp();
    const { pairing: acceptance } = await bob.engine.acceptInvitation({ link });
    await codesOf(world, alice, bob, { invitation: pairing, acceptance, link });
    expect(await alice.engine.acceptInvitation({ link })).toEqual({ pairing, own: true });
    expect((await pairingOf(alice, pairing)).step).toBe("code");
  });

  test("is recognised when it has ended too, after a restart", async () => {
    const { world, alice } = await strangers();
    const { pairing, link } = await invite(world, alice);
    await world.clock.advance(8 * 86_400_000);
    await alice.restart();
    expect(await alice.engine.acceptInvitation({ link })).toEqual({ pairing, own: true });
    expect((await pairingOf(alice, pairing)).error).toBe("invitation_expired");
    expect(await remains(alice)).toBe(0);
  });

  test("on another device of the same profile ends it, and nothing remains", async () => {
    const { world, alice } = await strangers();
    const elsewhere = await world.person("Alice", {}, { disk: copyDisk(alice.disk) });
    const meeting = await meet(world, alice, elsewhere);
    await world.until(async () => (await pairingOf(elsewhere, meeting.acceptance)).step === "failed");
    expect((await pairingOf(elsewhere, meeting.acceptance)).error).toBe("pairing_with_self");
    expect((await pairingOf(alice, meeting.invitation)).error).toBe("pairing_with_self");
    await world.clock.advance(60_000);
    expect(await remains(alice)).toBe(0);
  });
});

describe("a link that was opened here before", () => {
  test("leads to the person it was for, once they are a contact: no alarm, and nothing is put", async () => {
    const { world, alice, bob } = await strangers();
    const { link, acceptance } = await pair(world, alice, bob);
    await world.clock.advance(86_400_000);
    expect(await bob.engine.acceptInvitation({ link })).toEqual({ pairing: acceptance });
    expect(await pairingOf(bob, acceptance)).toMatchObject({ step: "paired", peer: "Alice" });
    expect((await rowsOf(copyDisk(bob.disk), "SELECT 1 FROM send_queue WHERE stream LIKE 'pairing %'")).length).toBe(0);
  });

  test("is tried again when it led nowhere then, and leaves one line", async () => {
    const { world, alice, bob } = await strangers();
    const { link } = await invite(world, alice);
    await alice.engine.close();
    world.store.replace();
    await bob.restart();
    const first = await bob.engine.acceptInvitation({ link });
    await world.until(async () => (await pairingOf(bob, first.pairing)).error === "invitation_not_found");
    const second = await bob.engine.acceptInvitation({ link });
    expect(second.pairing).not.toBe(first.pairing);
    expect(await bob.read("pairings", {})).toHaveLength(1);
  });
});

/** The news that reach a person while they look elsewhere. */
function newsOf(person: Person): string[] {
  const told: string[] = [];
  watchPairingNews(person.engine, ({ what, pairing }) => told.push(`${what} ${pairing.error ?? pairing.peer ?? ""}`));
  return told;
}

describe("an invitation that came to nothing", () => {
  test("stays in the list of both with what happened and when, and is told once, until it is put away", async () => {
    const { world, alice, bob } = await strangers();
    const [toldAlice, toldBob] = [newsOf(alice), newsOf(bob)];
    const meeting = await meet(world, alice, bob);
    const codes = await codesOf(world, alice, bob, meeting);
    for (let i = 0; i < 3; i++) {
      const typed = bob.engine.typeCode({ pairing: meeting.acceptance, digits: wrong(codes.inviter) });
      await expect(typed).rejects.toMatchObject({ code: "code_wrong" });
    }
    const burned = await world.until(
      async () => (await alice.read("pairings", {})).find(({ step }) => step === "failed"),
      "the line",
    );
    expect(burned).toMatchObject({ id: meeting.invitation, error: "pairing_burned", peer: "Bob" });
    expect(burned).not.toHaveProperty("link");
    expect(burned.endedAt).toBeGreaterThanOrEqual(burned.createdAt);
    await alice.restart();
    await world.clock.advance(29 * 86_400_000);
    expect(await alice.read("pairings", {})).toHaveLength(1);
    await alice.engine.cancelPairing({ pairing: meeting.invitation });
    expect(await alice.read("pairings", {})).toEqual([]);
    expect(toldAlice).toEqual(["answered Bob", "ended pairing_burned"]);
    expect(toldBob).toEqual(["answered Alice", "ended code_wrong"]);
  });

  test("because it expired while the device was off for weeks: the line is there", async () => {
    const { world, alice } = await strangers();
    const { pairing } = await invite(world, alice);
    await alice.engine.close();
    await world.clock.advance(40 * 86_400_000);
    await alice.start(alice.disk);
    await world.clock.advance(60_000);
    expect(await alice.read("pairings", {})).toMatchObject([{ id: pairing, error: "invitation_expired" }]);
  });

  test("because the store holds back every word of it: the guest is told by their own clock", async () => {
    const { world, alice, bob } = await strangers();
    const meeting = await meet(world, alice, bob);
    await codesOf(world, alice, bob, meeting);
    await alice.engine.close();
    await world.clock.advance(8 * 86_400_000);
    expect(await pairingOf(bob, meeting.acceptance)).toMatchObject({ step: "failed", error: "pairing_timeout" });
    expect(await bob.read("pairings", {})).toHaveLength(1);
  });

  test("is one of fifty at most that are kept, the newest, for thirty days", async () => {
    const { world, alice } = await strangers();
    for (let i = 0; i < 60; i++) await alice.engine.createInvitation({});
    const later = async (days: number): Promise<number> => {
      await alice.engine.close();
      await world.clock.advance(days * 86_400_000);
      await alice.start(alice.disk);
      await world.clock.advance(60_000);
      return (await alice.read("pairings", {})).length;
    };
    expect(await later(8)).toBe(50);
    expect(await later(31)).toBe(0);
  });
});

test("a stranger who opens, stops and opens again costs the inviter one line, two words and no more cells", async () => {
  const { world, alice, bob } = await strangers();
  const told = newsOf(alice);
  const meeting = await meet(world, alice, bob);
  await codesOf(world, alice, bob, meeting);
  await bob.engine.cancelPairing({ pairing: meeting.acceptance });
  await world.until(async () => (await alice.read("pairings", {}))[0]?.step === "failed");
  await world.clock.advance(60_000);
  const kept = (await rowsOf(copyDisk(alice.disk), "SELECT * FROM pairings")).length;
  for (let i = 0; i < 5; i++) {
    const { pairing } = await bob.engine.acceptInvitation({ link: meeting.link });
    await world.until(async () => (await pairingOf(bob, pairing)).step === "failed");
    await bob.engine.cancelPairing({ pairing });
  }
  await world.clock.advance(60_000);
  expect(told).toEqual(["answered Bob", "ended pairing_stopped"]);
  expect((await rowsOf(copyDisk(alice.disk), "SELECT * FROM pairings")).length).toBe(kept);
  expect((await unsent(copyDisk(alice.disk))).length).toBe(0);
});

test("one's own digits cost no try, however they are written, and say that they are one's own", async () => {
  const { world, alice, bob } = await strangers();
  const meeting = await meet(world, alice, bob);
  const codes = await codesOf(world, alice, bob, meeting);
  for (const digits of [codes.inviter, ` ${codes.inviter.slice(0, 2)}-${codes.inviter.slice(2)}`])
    await expect(alice.engine.typeCode({ pairing: meeting.invitation, digits })).rejects.toMatchObject({
      code: "code_own",
    });
  expect(await pairingOf(alice, meeting.invitation)).toMatchObject({ attemptsLeft: 3, step: "code" });
  await alice.engine.typeCode({ pairing: meeting.invitation, digits: codes.responder });
  expect((await pairingOf(alice, meeting.invitation)).step).toBe("confirming");
});

test("invitations have names of one's own, which nobody else sees", async () => {
  const { world, alice, bob } = await strangers();
  const { pairing } = await alice.engine.createInvitation({ name: " Bob du bureau " });
  expect((await pairingOf(alice, pairing)).name).toBe("Bob du bureau");
  await alice.engine.nameInvitation({ pairing, name: "Bob" });
  const link = await world.until(async () => (await pairingOf(alice, pairing)).link, "the link");
  const { pairing: acceptance } = await bob.engine.acceptInvitation({ link });
  await codesOf(world, alice, bob, { invitation: pairing, acceptance, link });
  expect(await pairingOf(alice, pairing)).toMatchObject({ name: "Bob", peer: "Bob" });
  expect((await pairingOf(bob, acceptance)).name).toBe("");
  await alice.engine.nameInvitation({ pairing, name: "" });
  expect((await pairingOf(alice, pairing)).name).toBe("");
  for (const name of ["\u202egnp.exe", "a\u0000"])
    await expect(alice.engine.createInvitation({ name })).rejects.toMatchObject({ code: "name_not_allowed" });
  await expect(alice.engine.createInvitation({ name: "x".repeat(65) })).rejects.toMatchObject({
    code: "name_too_long",
  });
});

test("off line, an invitation says what it waits for and when that is tried next; on both sides", async () => {
  const { world, alice, bob } = await strangers();
  const { link } = await invite(world, alice);
  world.store.takeDown();
  const { pairing } = await alice.engine.createInvitation({});
  const { pairing: acceptance } = await bob.engine.acceptInvitation({ link });
  await world.clock.advance(60_000);
  for (const [person, id] of [
    [alice, pairing],
    [bob, acceptance],
  ] as const) {
    const { waitsFor } = await world.until(async () => {
      const view = await pairingOf(person, id);
      return view.waitsFor?.nextTry !== undefined && view;
    }, "the next try");
    expect(waitsFor).toMatchObject({ store: world.store.origin, error: "store_unreachable" });
    expect(waitsFor?.nextTry).toBeGreaterThan(world.clock.now());
  }
  world.store.bringUp();
  await world.until(async () => (await pairingOf(alice, pairing)).link, "the link");
  expect((await pairingOf(alice, pairing)).waitsFor).toBeUndefined();
});

test("a welcome that cannot be joined pairs nobody: both are told, and nothing remains on either", async () => {
  const world = createWorld();
  const alice = await world.person("Alice", {}, { groups: await groupsWithBadWelcomes() });
  const bob = await world.person("Bob");
  const meeting = await meet(world, alice, bob);
  const codes = await codesOf(world, alice, bob, meeting);
  await alice.engine.typeCode({ pairing: meeting.invitation, digits: codes.responder });
  await bob.engine.typeCode({ pairing: meeting.acceptance, digits: codes.inviter });
  await world.until(async () => (await pairingOf(bob, meeting.acceptance)).error === "pairing_invalid", "Bob's end");
  await world.until(
    async () => (await pairingOf(alice, meeting.invitation)).error === "pairing_refused",
    "Alice's end",
  );
  await world.clock.advance(60_000);
  expect([await remains(alice), await remains(bob)]).toEqual([0, 0]);
});

async function groupsWithBadWelcomes(): Promise<GroupEngine> {
  const groups = createGroupEngine(await createCrypto());
  return {
    ...groups,
    commit: async (state, p) => {
      const made = await groups.commit(state, p);
      return made.ok ? { ...made, value: { ...made.value, welcome: new Uint8Array(2000).fill(7) } } : made;
    },
  };
}

test("people who pair again go on in the conversation they had", async () => {
  const { world, alice, bob } = await strangers();
  await pair(world, alice, bob);
  await alice.say("Bob", "1");
  await heardAll({ world, alice, bob }, 1, 0);
  const { id } = await alice.conversationWith("Bob");
  await pair(world, bob, alice);
  await alice.say("Bob", "2");
  await bob.say("Alice", "3");
  await heardAll({ world, alice, bob }, 2, 1);
  expect((await alice.conversationWith("Bob")).id).toBe(id);
  expect(await lines(alice, "Bob", "paired")).toBe(2);
  expect(await alice.read("contacts", {})).toHaveLength(1);
});

test("pairing again mends what a very old backup broke, receipts and beacons included", async () => {
  const { world, alice, bob } = await strangers();
  const before = copyDisk(bob.disk);
  await pair(world, alice, bob);
  await alice.say("Bob", "1");
  await heardAll({ world, alice, bob }, 1, 0);
  await world.clock.advance(30_000);
  await bob.restart(before);
  await pair(world, alice, bob);
  await alice.say("Bob", "2");
  await world.until(async () => (await bob.heard("Alice")).includes("2"));
  await world.clock.advance(60_000);
  expect((await alice.messages("Bob")).at(-1)?.state).toBe("delivered");
  await loseThread(alice);
  await bob.say("Alice", "3");
  await heardAll({ world, alice, bob }, 1, 1);
});

test("off line in the middle, on both sides: it goes on when the store is back", async () => {
  const { world, alice, bob } = await strangers();
  const { pairing: invitation, link } = await invite(world, alice);
  world.store.takeDown();
  const { pairing: acceptance } = await bob.engine.acceptInvitation({ link });
  await world.clock.advance(600_000);
  await bob.restart();
  expect((await pairingOf(bob, acceptance)).step).toBe("opening");
  world.store.bringUp();
  const codes = await codesOf(world, alice, bob, { invitation, acceptance, link });
  world.store.takeDown();
  await alice.engine.typeCode({ pairing: invitation, digits: codes.responder });
  await bob.engine.typeCode({ pairing: acceptance, digits: codes.inviter });
  await alice.restart();
  await bob.restart();
  expect((await pairingOf(alice, invitation)).step).toBe("confirming");
  world.store.bringUp();
  await world.until(async () => (await pairingOf(alice, invitation)).step === "paired");
});

test("a new name reaches contacts, and their history shows it", async () => {
  const { world, alice, bob } = await strangers();
  await pair(world, alice, bob);
  await alice.engine.renameProfile({ name: "Alix" });
  await world.until(async () => (await bob.read("contacts", {}))[0]?.name === "Alix", "the new name");
  expect((await bob.messages("Alix")).at(-1)?.body).toEqual({ kind: "renamed", from: "Alice", to: "Alix" });
  await bob.engine.nameContact({ contact: (await bob.conversationWith("Alix")).contact, name: "Sister" });
  expect((await bob.read("contacts", {}))[0]).toMatchObject({ name: "Sister", ownName: "Alix" });
});
