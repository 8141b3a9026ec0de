import { propertyRuns } from "@pli/testkit/dials";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { concat, createCrypto, createSeededCrypto, toHex, utf8, type Crypto } from "@pli/protocol/crypto";
import { encodePairing } from "@pli/protocol/pairing";
import {
  encodeBundle,
  encodeHello,
  encodeOffer,
  encodeReveal,
  parseAnswer,
  parseHello,
} from "../src/pairing/messages.ts";
import { parseBundle, parseOffer } from "../src/pairing/messages.ts";
import { seedOf, type PairingObject } from "../src/pairing/objects.ts";
import { CHANNEL_CONTEXT, codeFrom, commitmentFrom, helloInfo, openingHash } from "../src/pairing/transcript.ts";
import { transcriptFrom } from "../src/pairing/transcript.ts";
import { createInviter, createResponder, createSelf, effectsOf, endOf, failuresOf, putBy } from "./pairing-world.ts";
import { run, saidBy, tell, type Inviter, type Party, type Self, type Table } from "./pairing-world.ts";

let real: Crypto;
let crypto: Crypto;
let alice: Self;
let bob: Self;
let asAlice: Self;
let asBob: Self;

beforeAll(async () => {
  real = await createCrypto();
  crypto = createSeededCrypto(real, utf8("attacks"));
  alice = createSelf(crypto, "Alice");
  bob = createSelf(crypto, "Bob");
  asAlice = createSelf(crypto, "Alice");
  asBob = createSelf(crypto, "Bob");
});

const type = (party: Party, digits = ""): void => void tell(party, { type: "typed", digits });

/**
 * The same randomness, but `first` is drawn first: how the attacker makes a bundle under a secret
 * he knows.
 */
function drawingFirst(from: Crypto, first: Uint8Array): Crypto {
  const drawn = [first];
  return { ...from, random: (length) => drawn.shift() ?? from.random(length) };
}

function expectNothingPaired(...parties: readonly Party[]): void {
  for (const party of parties) {
    expect(endOf(party)).not.toBe("paired");
    expect(effectsOf(party, "join")).toEqual([]);
    expect(effectsOf(party, "paired")).toEqual([]);
    expect(endOf(party) === undefined || encodePairing(party.state).length < 64).toBe(true);
  }
}

describe("a person in the middle who holds the link and owns the store", () => {
  /** Two stores where there should be one: Alice sees a false Bob, Bob a false Alice. */
  function playedBetween(seed: string): {
    toAlice: Table;
    toBob: Table;
    a: Inviter;
    b: Party;
    falseA: Party;
    falseB: Party;
  } {
    const from = createSeededCrypto(real, utf8(seed));
    const [toAlice, toBob]: [Table, Table] = [new Map(), new Map()];
    const a = createInviter(from, alice, "Alice");
    const falseB = createResponder(from, asBob, a.secret);
    const falseA = createInviter(drawingFirst(from, a.secret), asAlice, "Alice");
    const b = createResponder(from, bob, a.secret);
    run(toAlice, a, falseB);
    run(toBob, falseA, b);
    return { toAlice, toBob, a, b, falseA, falseB };
  }

  test("the codes differ, and both sides end with nothing paired", () => {
    const { toAlice, toBob, a, b, falseA, falseB } = playedBetween("middle");
    expect([a, b, falseA, falseB].map(({ state }) => state.phase)).toEqual(["codes", "codes", "codes", "codes"]);
    expect(saidBy(a)).not.toBe(saidBy(falseA));
    expect(saidBy(b)).not.toBe(saidBy(falseB));
    type(falseA, saidBy(b));
    type(falseB, saidBy(a));
    for (let i = 0; i < 3; i += 1) {
      type(a, saidBy(b));
      type(b, saidBy(a));
      run(toAlice, a, falseB);
      run(toBob, b, falseA);
    }
    expect([failuresOf(a), failuresOf(b)]).toEqual([["code_wrong"], ["code_wrong"]]);
    expectNothingPaired(a, b);
  });

  test("however often he tries, what Alice hears from Bob fits what she expects no more than by chance", () => {
    const fits = Array.from({ length: 12 }, (_, i) => playedBetween(`middle ${i}`)).filter(
      ({ a, b, falseA, falseB }) => saidBy(b) === saidBy(falseB) || saidBy(a) === saidBy(falseA),
    );
    expect(fits).toEqual([]);
  });

  test("showing Alice Bob's own card, certificate and key package does not help him", () => {
    const [toAlice, toBob]: [Table, Table] = [new Map(), new Map()];
    const a = createInviter(crypto, alice, "Alice");
    const falseA = createInviter(drawingFirst(crypto, a.secret), asAlice, "Alice");
    const kemSeed = falseA.state.phase === "waiting" ? falseA.state.kemSeed : new Uint8Array();
    const b = createResponder(crypto, bob, a.secret);
    run(toBob, falseA);
    run(toAlice, a);
    run(toBob, b);
    const bundle = putBy(falseA, "bundle");
    const hello = parseHello(putBy(b, "hello"));
    const opener = crypto.hpkeOpener(kemSeed, hello?.enc ?? new Uint8Array(), helloInfo(crypto, bundle));
    const offer = parseOffer(opener?.open(concat(), hello?.sealed ?? new Uint8Array()) ?? new Uint8Array());
    if (offer === undefined) throw new Error("he holds the key");
    expect(offer.card).toEqual(bob.card);
    const resealed = openingFor(putBy(a, "bundle"), { ...bob, ...offer }, new Uint8Array(), offer.commitment);
    toAlice.set(toHex(seedOf(crypto, "hello", { link: a.secret })), resealed.hello);
    run(toAlice, a);
    expect(a.state.phase).toBe("answered");
    run(toBob, falseA, b);
    toAlice.set(toHex(seedOf(crypto, "reveal", resealed)), putBy(b, "reveal"));
    run(toAlice, a);
    expect(failuresOf(a)).toEqual(["pairing_invalid"]);
    expectNothingPaired(a, b);
  });
});

describe("an exchange for a device and one for people", () => {
  const purposes = [
    ["device", "person"],
    ["person", "device"],
  ] as const;

  test("ends like any other when both sides mean a device", () => {
    const from = createSeededCrypto(real, utf8("device"));
    const table: Table = new Map();
    const a = createInviter(from, alice, "Telephone", "device");
    const b = createResponder(from, bob, a.secret, undefined, "device");
    run(table, a, b);
    type(a, saidBy(b));
    type(b, saidBy(a));
    run(table, a, b);
    expect([endOf(a), endOf(b)]).toEqual(["paired", "paired"]);
  });

  test.each(purposes)("cannot meet, whatever the link says: one for a %s, the other for a %s", (one, other) => {
    const from = createSeededCrypto(real, utf8(one));
    const table: Table = new Map();
    const a = createInviter(from, alice, "Alice", one);
    const b = createResponder(from, bob, a.secret, undefined, other);
    run(table, a, b);
    expect(failuresOf(b)).toEqual(["pairing_invalid"]);
    expectNothingPaired(a, b);
  });

  test.each(purposes)("nor by somebody who makes a bundle for a %s pass for one for a %s", (one, other) => {
    const from = createSeededCrypto(real, utf8(`relayed ${one}`));
    const table: Table = new Map();
    const a = createInviter(from, alice, "Alice", one);
    const b = createResponder(from, bob, a.secret, undefined, other);
    b.lens = (name, bytes) => {
      const bundle = parseBundle(bytes);
      return name === "bundle" && bundle.ok ? encodeBundle({ ...bundle.value, purpose: other }) : bytes;
    };
    run(table, a, b);
    expect(failuresOf(a)).toEqual(["pairing_invalid"]);
    expectNothingPaired(a, b);
  });
});

describe("an attacker who answers the invitation himself", () => {
  test("cannot search for a nonce once he has committed, though the search is easy", () => {
    const table: Table = new Map();
    const a = createInviter(crypto, alice, "Alice");
    run(table, a);
    const committed = crypto.random(32);
    const attack = openingFor(putBy(a, "bundle"), asBob, committed);
    table.set(toHex(seedOf(crypto, "hello", { link: a.secret })), attack.hello);
    run(table, a);
    const answer = parseAnswer(putBy(a, "answer"));
    if (answer === undefined) throw new Error("no answer");
    const transcript = transcriptFrom(crypto, attack.opening, attack.commitment, answer);
    const wanted = "4711";
    let nonce = committed;
    for (let i = 0; codeFrom(crypto, transcript, answer.nonce, nonce).slice(4) !== wanted; i += 1)
      nonce = crypto.sha256(utf8(`try ${i}`));
    table.set(toHex(seedOf(crypto, "reveal", attack)), encodeReveal({ nonce }));
    run(table, a);
    expect(failuresOf(a)).toEqual(["pairing_invalid"]);
    expectNothingPaired(a);
  });

  test("the same exchange with the nonce he committed to goes on: the test above fails for that reason alone", () => {
    const table: Table = new Map();
    const a = createInviter(crypto, alice, "Alice");
    run(table, a);
    const nonce = crypto.random(32);
    const attack = openingFor(putBy(a, "bundle"), asBob, nonce);
    table.set(toHex(seedOf(crypto, "hello", { link: a.secret })), attack.hello);
    run(table, a);
    table.set(toHex(seedOf(crypto, "reveal", attack)), encodeReveal({ nonce }));
    run(table, a);
    expect(a.state.phase).toBe("codes");
  });

  test("cannot show another's certificate with his card, nor Bob's card with his certificate", () => {
    for (const mixed of [
      { ...asBob, certificate: bob.certificate },
      { ...bob, certificate: asBob.certificate },
    ]) {
      const table: Table = new Map();
      const a = createInviter(crypto, alice, "Alice");
      run(table, a);
      const attack = openingFor(putBy(a, "bundle"), mixed, crypto.random(32));
      table.set(toHex(seedOf(crypto, "hello", { link: a.secret })), attack.hello);
      run(table, a);
      expect(failuresOf(a)).toEqual(["pairing_invalid"]);
      expectNothingPaired(a);
    }
  });

  test("who races Bob to the hello is Bob to nobody: Bob is told, and Alice waits for digits nobody reads", () => {
    const table: Table = new Map();
    const a = createInviter(crypto, alice, "Alice");
    const racer = createResponder(crypto, asBob, a.secret);
    run(table, a, racer);
    const b = createResponder(crypto, bob, a.secret);
    run(table, b);
    expect(failuresOf(b)).toEqual(["invitation_used"]);
    type(racer, saidBy(a));
    run(table, a, racer);
    expectNothingPaired(a, b, racer);
  });

  test("cannot have his confirmation taken for typed digits", () => {
    const table: Table = new Map();
    const a = createInviter(crypto, alice, "Alice");
    const racer = createResponder(crypto, asBob, a.secret);
    run(table, a, racer);
    const channel = racer.state.phase === "codes" ? racer.state.channel : undefined;
    if (channel === undefined) throw new Error("not at the code");
    table.set(toHex(seedOf(crypto, "responderConfirmed", { channel })), encodeReveal({ nonce: crypto.random(32) }));
    run(table, a);
    expect(failuresOf(a)).toEqual(["pairing_invalid"]);
    expectNothingPaired(a);
  });
});

describe("a message of the exchange that is damaged", () => {
  const messages: readonly (readonly [PairingObject, "inviter" | "responder"])[] = [
    ["bundle", "responder"],
    ["hello", "inviter"],
    ["answer", "responder"],
    ["reveal", "inviter"],
    ["inviterConfirmed", "responder"],
    ["responderConfirmed", "inviter"],
  ];

  /**
   * Alice and Bob, honest, type what they hear; on its way to its reader one message is changed.
   */
  function play(name: PairingObject, change: (bytes: Uint8Array) => Uint8Array): { a: Inviter; b: Party } {
    const table: Table = new Map();
    const a = createInviter(crypto, alice, "Alice");
    const b = createResponder(crypto, bob, a.secret);
    a.lens = b.lens = (arrived, bytes) => (arrived === name ? change(bytes) : bytes);
    run(table, a, b);
    for (let i = 0; i < 3; i += 1) {
      type(a, saidBy(b));
      type(b, saidBy(a));
      run(table, a, b);
    }
    return { a, b };
  }

  test.each(messages)(
    "%s, cut short, lengthened or with a flipped bit: its reader ends with nothing",
    (name, reader) => {
      fc.assert(
        fc.property(fc.nat(), fc.nat(7), fc.constantFrom("cut", "flip", "extend"), (at, bit, how) => {
          const change = (bytes: Uint8Array): Uint8Array => {
            if (how === "cut") return bytes.subarray(0, at % bytes.length);
            if (how === "extend") return Uint8Array.of(...bytes, bit);
            const flipped = bytes.slice();
            flipped[at % bytes.length] = (flipped[at % bytes.length] ?? 0) ^ (1 << bit);
            return flipped;
          };
          const { a, b } = play(name, change);
          const victim = reader === "inviter" ? a : b;
          expectNothingPaired(victim);
          if (name !== "responderConfirmed") expectNothingPaired(a, b);
          expect(victim.state.phase).toBe("ended");
        }),
        { numRuns: propertyRuns(25) },
      );
    },
  );
});

/** A hello to this bundle, made by hand; the commitment is to `nonce`, unless another is given. */
function openingFor(bundle: Uint8Array, self: Self, nonce: Uint8Array, given?: Uint8Array) {
  const parsed = parseBundle(bundle);
  const sealer = parsed.ok ? crypto.hpkeSealer(parsed.value.kemKey, helloInfo(crypto, bundle)) : undefined;
  if (sealer === undefined) throw new Error("no bundle");
  const { enc } = sealer;
  const { card, certificate, keyPackage = new Uint8Array() } = self;
  const opening = openingHash(crypto, { bundle, enc, card, certificate, keyPackage });
  const commitment = given ?? commitmentFrom(crypto, opening, nonce);
  const sealed = sealer.seal(concat(), encodeOffer({ card, certificate, keyPackage, commitment }));
  return { hello: encodeHello({ enc, sealed }), channel: sealer.export(CHANNEL_CONTEXT, 32), opening, commitment };
}
