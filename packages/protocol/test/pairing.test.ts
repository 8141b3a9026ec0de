import { propertyRuns } from "@pli/testkit/dials";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { createCrypto, createSeededCrypto, toHex, utf8, type Crypto } from "@pli/protocol/crypto";
import { encodePairing, parsePairing, pairingStep, responderStart, standingEffects } from "@pli/protocol/pairing";
import {
  NOW,
  WELCOME,
  arrivals,
  createInviter,
  createResponder,
  createSelf,
  effectsOf,
  endOf,
  failuresOf,
  perform,
  restart,
  run,
  saidBy,
  tell,
  type Inviter,
  type Party,
  type Self,
  type Table,
} from "./pairing-world.ts";

let crypto: Crypto;
let alice: Self;
let bob: Self;

beforeAll(async () => {
  crypto = createSeededCrypto(await createCrypto(), utf8("pairing"));
  alice = createSelf(crypto, "Alice");
  bob = createSelf(crypto, "Bob");
});

type Meeting = { readonly table: Table; readonly inviter: Inviter; readonly responder: Party };

/** Alice and Bob at the point where each has four digits to read out. */
function meet(): Meeting {
  const table: Table = new Map();
  const inviter = createInviter(crypto, alice, "Alice");
  const responder = createResponder(crypto, bob, inviter.secret);
  run(table, inviter, responder);
  return { table, inviter, responder };
}

const type = (party: Party, digits = ""): void => void tell(party, { type: "typed", digits });
const wrong = (digits = "0000"): string => ((Number(digits) + 1) % 10_000).toString().padStart(4, "0");

function expectNothingLeft({ inviter, responder }: Meeting): void {
  for (const party of [inviter, responder]) {
    expect(effectsOf(party, "paired")).toEqual([]);
    expect(effectsOf(party, "join")).toEqual([]);
    expect(party.watches.size).toBe(0);
    expect(encodePairing(party.state).length).toBeLessThan(64);
  }
}

describe("two honest people", () => {
  test("pair when each types what the other reads out", () => {
    const { table, inviter, responder } = meet();
    expect(saidBy(inviter)).toMatch(/^[0-9]{4}$/);
    expect(effectsOf(responder, "invitedBy")).toEqual([{ type: "invitedBy", name: "Alice" }]);
    type(responder, saidBy(inviter));
    type(inviter, saidBy(responder));
    run(table, inviter, responder);
    const [[a], [b]] = [effectsOf(inviter, "paired"), effectsOf(responder, "paired")];
    expect(a?.peer).toMatchObject({
      card: bob.card,
      certificate: bob.certificate,
      keyPackage: bob.keyPackage,
      role: "inviter",
    });
    expect(b?.peer).toMatchObject({ card: alice.card, certificate: alice.certificate, role: "responder" });
    expect(b?.peer.keyPackage).toBeUndefined();
    expect(a?.peer.pairwise).toEqual(b?.peer.pairwise);
    expect(effectsOf(responder, "join")).toMatchObject([{ welcome: WELCOME, peer: { card: alice.card } }]);
    expect([inviter.watches.size, responder.watches.size]).toEqual([0, 0]);
  });

  test("the responder confirms only once the welcome is there, and joins before it says so", () => {
    const { table, inviter, responder } = meet();
    type(responder, saidBy(inviter));
    run(table, inviter, responder);
    expect(effectsOf(responder, "put").map(({ name }) => name)).toEqual(["hello", "reveal"]);
    type(inviter, saidBy(responder));
    run(table, inviter, responder);
    const last = responder.done.filter(({ type: kind }) => kind !== "unwatch").slice(-3);
    expect(last.map(({ type: kind }) => kind)).toEqual(["join", "put", "paired"]);
  });

  test("until it is told that the group was joined, the responder says nothing and is not paired", () => {
    const { table, inviter, responder } = meet();
    type(inviter, saidBy(responder));
    run(table, inviter);
    type(responder, saidBy(inviter));
    const [arrived] = arrivals(responder, table);
    if (arrived === undefined) throw new Error("no confirmation came");
    const effects = tell(responder, { type: "object", ...arrived });
    expect(effects.map(({ type: kind }) => kind)).toEqual(["unwatch", "join"]);
    expect(endOf(responder)).toBeUndefined();
    expect(standingEffects(crypto, responder.state).map(({ type: kind }) => kind)).toContain("join");
    expect(tell(responder, { type: "joined" }).map(({ type: kind }) => kind)).toEqual(["unwatch", "put", "paired"]);
  });

  test("news of a joined group that nobody asked for changes nothing", () => {
    const { inviter, responder } = meet();
    for (const party of [inviter, responder]) expect(tell(party, { type: "joined" })).toEqual([]);
    type(inviter, saidBy(responder));
    expect(tell(inviter, { type: "joined" })).toEqual([]);
    type(responder, saidBy(inviter));
    expect(tell(responder, { type: "joined" })).toEqual([]);
    expect([endOf(inviter), endOf(responder)]).toEqual([undefined, undefined]);
  });

  test("pair in any interleaving, with repeats, restarts and states saved between every two steps", () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat(1 << 30)), (choices) => {
        const table: Table = new Map();
        const inviter = createInviter(crypto, alice, "Alice");
        const responder = createResponder(crypto, bob, inviter.secret);
        let restarts = 20;
        for (let step = 0; step < 600 && !(rests(inviter) && rests(responder)); step += 1) {
          const actions = [...actionsOf(inviter, responder), ...actionsOf(responder, inviter)];
          actions[choices.next().value % actions.length]?.();
        }
        expect([endOf(inviter), endOf(responder)]).toEqual(["paired", "paired"]);
        for (const party of [inviter, responder]) {
          expect(effectsOf(party, "paired").length).toBe(1);
          expect(effectsOf(party, "failed")).toEqual([]);
          const puts = effectsOf(party, "put").map(({ seed, bytes }) => ({ seed: toHex(seed), bytes: toHex(bytes) }));
          const seeds = new Set(puts.map(({ seed }) => seed));
          expect(new Set(puts.map(({ seed, bytes }) => seed + bytes)).size).toBe(seeds.size);
        }

        function actionsOf(party: Party, other: Party): (() => void)[] {
          const acts = party.queue.map((effect, i) => () => {
            party.queue.splice(i, 1);
            perform(party, table, effect);
          });
          for (const arrived of arrivals(party, table))
            acts.push(() => void tell(party, { type: "object", ...arrived }));
          const say = saidBy(other);
          if (say !== undefined) acts.push(() => type(party, say));
          const old = party.received.at(choices.next().value % Math.max(1, party.received.length));
          if (old !== undefined && old.type !== "typed") acts.push(() => void tell(party, old));
          if (restarts-- > 0) acts.push(() => restart(party));
          acts.push(() => void tell(party, { type: "tick", now: NOW + 100 }));
          return acts;
        }
      }),
      { numRuns: propertyRuns(40) },
    );
  });

  test("every state comes back whole, and a damaged one is refused", () => {
    const { inviter, responder } = meet();
    for (const { state } of [inviter, responder]) {
      const bytes = encodePairing(state);
      expect(parsePairing(bytes)).toEqual({ ok: true, value: state });
      expect(parsePairing(Uint8Array.of(...bytes, 0)).ok).toBe(false);
      for (const length of [0, 1, 2, 100, bytes.length - 1])
        expect(parsePairing(bytes.subarray(0, length))).toEqual({ ok: false, error: "pairing_state_malformed" });
    }
  });

  test("the secrets of the link and of the bundle are gone once the other is there", () => {
    const inviter = createInviter(crypto, alice, "Alice");
    if (inviter.state.phase !== "waiting") throw new Error("not waiting");
    const secrets = [inviter.state.secret, inviter.state.kemSeed].map(toHex);
    for (const secret of secrets) expect(toHex(encodePairing(inviter.state))).toContain(secret);
    const responder = createResponder(crypto, bob, inviter.secret);
    run(new Map(), inviter, responder);
    for (const { state } of [inviter, responder])
      for (const secret of secrets) expect(toHex(encodePairing(state))).not.toContain(secret);
  });
});

describe("the typed code", () => {
  test.each(["ab cd", " abcd ", "a-b-c-d", "a\u00a0b\u202fcd"])("may be typed as %j", (form) => {
    const { inviter, responder } = meet();
    const digits = saidBy(inviter) ?? "";
    type(
      responder,
      form.replaceAll(/[abcd]/g, (letter) => digits.charAt("abcd".indexOf(letter))),
    );
    expect(responder.state).toMatchObject({ phase: "codes", heard: true });
  });

  test.each(["", "123", "12345", "abcd", "12e3", "١٢٣٤"])(
    "%j is no entry: it is asked for again and counts for nothing",
    (digits) => {
      const { responder } = meet();
      expect(tell(responder, { type: "typed", digits })).toEqual([{ type: "code", say: saidBy(responder) }]);
      expect(responder.state).toMatchObject({ attemptsLeft: 3 });
    },
  );

  test("wrong once, or twice, then right: they pair", () => {
    for (const times of [1, 2]) {
      const { table, inviter, responder } = meet();
      for (let i = 0; i < times; i += 1) type(inviter, wrong(saidBy(responder)));
      run(table, inviter, responder);
      expect(effectsOf(inviter, "wrongCode").map(({ attemptsLeft }) => attemptsLeft)).toEqual([2, 1].slice(0, times));
      type(inviter, saidBy(responder));
      type(responder, saidBy(inviter));
      run(table, inviter, responder);
      expect([endOf(inviter), endOf(responder)]).toEqual(["paired", "paired"]);
    }
  });

  test.each(["inviter", "responder"] as const)("wrong three times at the %s burns the pairing on both sides", (who) => {
    const meeting = meet();
    const { table, inviter, responder } = meeting;
    const [one, other] = who === "inviter" ? [inviter, responder] : [responder, inviter];
    type(other, saidBy(one));
    for (let i = 0; i < 3; i += 1) type(one, wrong(saidBy(other)));
    type(one, saidBy(other));
    run(table, inviter, responder);
    expect([failuresOf(one), failuresOf(other)]).toEqual([["code_wrong"], ["pairing_burned"]]);
    expectNothingLeft(meeting);
  });

  test.each(["inviter", "responder"] as const)(
    "one's own digits, typed by the %s however often, cost no try and open nothing",
    (who) => {
      const { table, inviter, responder } = meet();
      const [one, other] = who === "inviter" ? [inviter, responder] : [responder, inviter];
      for (let i = 0; i < 5; i += 1)
        expect(tell(one, { type: "typed", digits: saidBy(one) ?? "" })).toEqual([{ type: "code", say: saidBy(one) }]);
      expect(one.state).toMatchObject({ phase: "codes", heard: false, attemptsLeft: 3 });
      type(one, saidBy(other));
      type(other, saidBy(one));
      run(table, inviter, responder);
      expect([endOf(inviter), endOf(responder)]).toEqual(["paired", "paired"]);
    },
  );

  test("digits typed before the other side is known do nothing", () => {
    const inviter = createInviter(crypto, alice, "Alice");
    const before = inviter.state;
    for (let i = 0; i < 5; i += 1) type(inviter, "1234");
    expect(inviter.state).toEqual(before);
  });

  test("typing right on one side only pairs nobody", () => {
    const { table, inviter, responder } = meet();
    type(inviter, saidBy(responder));
    run(table, inviter, responder);
    expect([endOf(inviter), endOf(responder)]).toEqual([undefined, undefined]);
    expect(effectsOf(responder, "join")).toEqual([]);
  });
});

describe("an invitation that cannot be taken up", () => {
  const open = (secret: Uint8Array, now = NOW): Party => createResponder(crypto, bob, secret, now);

  test("expired: refused from its own bundle", () => {
    const table: Table = new Map();
    const inviter = createInviter(crypto, alice, "Alice");
    const responder = open(inviter.secret, NOW + 86_401);
    run(table, inviter, responder);
    expect(failuresOf(responder)).toEqual(["invitation_expired"]);
    tell(inviter, { type: "tick", now: NOW + 86_401 });
    run(table, inviter);
    expect(failuresOf(inviter)).toEqual(["invitation_expired"]);
    expectNothingLeft({ table, inviter, responder });
  });

  test("used: the second to open it is told, and the first is not disturbed", () => {
    const { table, inviter, responder } = meet();
    const second = open(inviter.secret);
    run(table, second);
    expect(failuresOf(second)).toEqual(["invitation_used"]);
    type(responder, saidBy(inviter));
    type(inviter, saidBy(responder));
    run(table, inviter, responder);
    expect([endOf(inviter), endOf(responder)]).toEqual(["paired", "paired"]);
  });

  test("not there", () => {
    const responder = open(crypto.random(32));
    tell(responder, { type: "absentObject", name: "bundle" });
    run(new Map(), responder);
    expect(failuresOf(responder)).toEqual(["invitation_not_found"]);
  });

  test("made by a newer version", () => {
    const responder = open(crypto.random(32));
    tell(responder, { type: "object", name: "bundle", bytes: Uint8Array.of(0xa2, 0x61, 0x76, 2, 0x61, 0x78, 1) });
    run(new Map(), responder);
    expect(failuresOf(responder)).toEqual(["invitation_newer"]);
  });

  test("made for another store", () => {
    const inviter = createInviter(crypto, alice, "Alice");
    const { state } = responderStart({
      crypto,
      purpose: "person",
      now: NOW,
      secret: inviter.secret,
      store: "https://other.example",
      feed: 0,
    });
    const table: Table = new Map();
    run(table, inviter);
    const [bundle] = table.values();
    const step = pairingStep(crypto, state, { type: "object", name: "bundle", bytes: bundle ?? new Uint8Array() });
    expect(step.effects).toContainEqual({ type: "failed", code: "pairing_invalid" });
  });

  test("cancelled before anyone came: whoever opens it is told", () => {
    const table: Table = new Map();
    const inviter = createInviter(crypto, alice, "Alice");
    run(table, inviter);
    tell(inviter, { type: "cancel" });
    run(table, inviter);
    const responder = open(inviter.secret);
    run(table, inviter, responder);
    expect([failuresOf(inviter), failuresOf(responder)]).toEqual([["pairing_cancelled"], ["pairing_stopped"]]);
    expectNothingLeft({ table, inviter, responder });
  });

  test("one's own", () => {
    const table: Table = new Map();
    const inviter = createInviter(crypto, alice, "Alice");
    const responder = createResponder(crypto, alice, inviter.secret);
    run(table, inviter, responder);
    expect([failuresOf(inviter), failuresOf(responder)]).toEqual([["pairing_with_self"], ["pairing_with_self"]]);
    expect(effectsOf(inviter, "put").map(({ name }) => name)).toEqual(["bundle", "inviterRefused"]);
    expectNothingLeft({ table, inviter, responder });
  });

  test("answered by a device whose time is years away from ours", () => {
    const table: Table = new Map();
    const stranger = createSelf(crypto, "Bob", { notBefore: NOW + 1e8, notAfter: NOW + 2e8 });
    const inviter = createInviter(crypto, alice, "Alice");
    const responder = createResponder(crypto, stranger, inviter.secret);
    run(table, inviter, responder);
    expect([failuresOf(inviter), failuresOf(responder)]).toEqual([
      ["pairing_clocks_differ"],
      ["pairing_clocks_differ"],
    ]);
    expectNothingLeft({ table, inviter, responder });
  });
});

describe("stopping", () => {
  test.each(["inviter", "responder"] as const)(
    "cancelled by the %s at the code, even after typing right: the other is told",
    (who) => {
      for (const typed of [false, true]) {
        const meeting = meet();
        const [one, other] =
          who === "inviter" ? [meeting.inviter, meeting.responder] : [meeting.responder, meeting.inviter];
        if (typed) type(one, saidBy(other));
        run(meeting.table, one);
        tell(one, { type: "cancel" });
        run(meeting.table, meeting.inviter, meeting.responder);
        expect([failuresOf(one), failuresOf(other)]).toEqual([["pairing_cancelled"], ["pairing_stopped"]]);
        expectNothingLeft(meeting);
      }
    },
  );

  test("nobody types: it ends by itself on both sides, not before an hour has passed", () => {
    const meeting = meet();
    const { table, inviter, responder } = meeting;
    tell(inviter, { type: "tick", now: NOW + 86_400 });
    expect(inviter.state.phase).toBe("codes");
    tell(inviter, { type: "tick", now: NOW + 86_401 });
    run(table, inviter, responder);
    expect([failuresOf(inviter), failuresOf(responder)]).toEqual([["pairing_timeout"], ["pairing_timeout"]]);
    expectNothingLeft(meeting);
  });

  test("an ended pairing does nothing more, whatever comes", () => {
    const { inviter, responder, table } = meet();
    tell(inviter, { type: "cancel" });
    run(table, inviter, responder);
    const ended = inviter.state;
    for (const event of [...inviter.received, ...responder.received]) expect(tell(inviter, event)).toEqual([]);
    expect(inviter.state).toEqual(ended);
    expect(standingEffects(crypto, ended)).toEqual([]);
  });

  test("a label of ours that is taken, or an object that is broken, ends it and the other is told", () => {
    for (const event of [
      { type: "taken", name: "answer" },
      { type: "brokenObject", name: "reveal" },
    ] as const) {
      const table: Table = new Map();
      const inviter = createInviter(crypto, alice, "Alice");
      const responder = createResponder(crypto, bob, inviter.secret);
      while (inviter.state.phase !== "answered") {
        run(table, responder);
        const effect = inviter.queue.shift();
        if (effect !== undefined) perform(inviter, table, effect);
        else for (const arrived of arrivals(inviter, table)) tell(inviter, { type: "object", ...arrived });
      }
      tell(inviter, event);
      run(table, inviter, responder);
      expect([failuresOf(inviter), failuresOf(responder)]).toEqual([["pairing_invalid"], ["pairing_refused"]]);
      expectNothingLeft({ table, inviter, responder });
    }
  });

  test("a welcome MLS refuses ends it on both sides: neither is paired, nobody has confirmed in vain", () => {
    const { table, inviter, responder } = meet();
    responder.joins = false;
    type(inviter, saidBy(responder));
    type(responder, saidBy(inviter));
    run(table, inviter, responder);
    expect([failuresOf(inviter), failuresOf(responder)]).toEqual([["pairing_refused"], ["pairing_invalid"]]);
    expect([...effectsOf(inviter, "paired"), ...effectsOf(responder, "paired")]).toEqual([]);
    expect(effectsOf(responder, "put").map(({ name }) => name)).toEqual(["hello", "reveal", "responderRefused"]);
    for (const { state } of [inviter, responder]) expect(encodePairing(state).length).toBeLessThan(64);
  });

  test("a key package MLS refuses ends it on both sides", () => {
    const meeting = meet();
    const { table, inviter, responder } = meeting;
    tell(inviter, { type: "peerInvalid" });
    run(table, inviter, responder);
    expect([failuresOf(inviter), failuresOf(responder)]).toEqual([["pairing_invalid"], ["pairing_refused"]]);
    expectNothingLeft(meeting);
  });
});

const rests = (party: Party): boolean => party.queue.length === 0 && party.state.phase === "ended";
