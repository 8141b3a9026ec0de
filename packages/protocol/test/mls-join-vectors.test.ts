import type { KeyPackage, PrivateKeyPackage, Welcome } from "ts-mls";
import { verifyGroupInfoConfirmationTag, verifyGroupInfoSignature } from "ts-mls/groupInfo.js";
import { computePskSecret } from "ts-mls/presharedkey.js";
import type { PreSharedKeyID } from "ts-mls/presharedkey.js";
import { describe, expect, test } from "vitest";
import { toHex } from "../src/crypto/index.ts";
import { MAX_WELCOME_BYTES } from "../src/conversation/group.ts";
import { noPsk } from "../src/conversation/mls/ciphersuite.ts";
import type { Suite } from "../src/conversation/mls/ciphersuite.ts";
import { parseMlsMessage } from "../src/conversation/mls/codec.ts";
import { joinGroup, openedWelcome } from "../src/conversation/mls/join.ts";
import { parseKeyPackage } from "../src/conversation/mls/key-package.ts";
import { acceptEveryone, value } from "./group-people.ts";
import { altered, bothSuites, casesOf, sum, WITH_SHA256, WITH_SHA512 } from "./mls-cases.ts";
import type { Passive, Suited } from "./mls-cases.ts";
import { hex } from "./hex.ts";
import { announce, vectorsPresent } from "./published-vectors.ts";

const expected = {
  welcome: 1,
  "passive-client-welcome": 8,
  "passive-client-handling-commit": 13,
  psk_secret: 66,
};

const { interopSuite, pliSuite } = await bothSuites();

if (!vectorsPresent) announce("MLS, our own joining", sum(expected));

describe.skipIf(!vectorsPresent)("MLS working group vectors against our own joining", () => {
  test("a welcome is opened by whom it is for, and what is inside is the signer's and the epoch's", async () => {
    for (const v of casesOf<Welcomed>("welcome", expected.welcome, { how: "against our own joining" })) {
      const { welcome, keyPackage } = receivedBy(v);
      const keys = { initPrivateKey: hex(v.init_priv) };
      const { info, secrets } = value(await openedWelcome(interopSuite, welcome, { keyPackage, keys }));
      const { cs } = interopSuite;
      expect(await verifyGroupInfoSignature(info, hex(v.signer_pub), cs.signature)).toBe(true);
      expect(await verifyGroupInfoConfirmationTag(info, secrets.joinerSecret, noPsk(interopSuite), cs)).toBe(true);
      const other = { ...welcome, encryptedGroupInfo: altered(welcome.encryptedGroupInfo) };
      expect(await opens(other, keyPackage, keys)).toBe(false);
      expect(await opens(welcome, keyPackage, { initPrivateKey: altered(keys.initPrivateKey) })).toBe(false);
      const stranger = { ...keyPackage, signature: altered(keyPackage.signature) };
      expect(await openedWelcome(interopSuite, welcome, { keyPackage: stranger, keys })).toMatchObject({
        error: "not_for_us",
      });
    }
  });

  test("those who join by a welcome are in the group's epoch, unless it asks for a pre-shared key, which we refuse", async () => {
    const joined = casesOf<Passive>("passive-client-welcome", expected["passive-client-welcome"], {
      how: "against our own joining: 4 joined, 4 with pre-shared keys, which our code refuses",
    });
    const refused = casesOf<Passive>("passive-client-handling-commit", expected["passive-client-handling-commit"], {
      how: "against our own joining: all have pre-shared keys, so our code refuses them; their commits are not followed",
    });
    const outcomes = [];
    for (const v of [...joined, ...refused]) {
      const outcome = await outcomeOf(v);
      expect(outcome).toBe(v.external_psks.length === 0 ? v.initial_epoch_authenticator : "proposal_refused");
      outcomes.push(outcome);
    }
    expect(outcomes.filter((outcome) => outcome === "proposal_refused")).toHaveLength(4 + refused.length);
  });

  test("a psk_secret is as published by the library on our HKDF, and that of no keys is the one we always take", async () => {
    const cases = casesOf<PskSecret>("psk_secret", expected.psk_secret, {
      suites: [...WITH_SHA256, ...WITH_SHA512],
      how: "with the library's function on our HKDF (our code has no pre-shared keys and refuses them)",
      why: "of a suite with SHA-384, which we do not have",
    });
    const suiteOf = (v: Suited): Suite => (WITH_SHA512.includes(v.cipher_suite) ? pliSuite : interopSuite);
    for (const v of cases) {
      const psks = v.psks.map(({ psk_id: id, psk, psk_nonce: nonce }): [PreSharedKeyID, Uint8Array] => [
        { psktype: "external", pskId: hex(id), pskNonce: hex(nonce) },
        hex(psk),
      ]);
      expect(toHex(await computePskSecret(psks, suiteOf(v).cs))).toBe(v.psk_secret);
    }
    const none = cases.filter(({ psks }) => psks.length === 0);
    expect(none).toHaveLength(6);
    expect(none.map(({ psk_secret: secret }) => secret)).toEqual(none.map((v) => toHex(noPsk(suiteOf(v)))));
  });
});

function receivedBy(v: { welcome: string; key_package: string }): { welcome: Welcome; keyPackage: KeyPackage } {
  const { welcome } = value(parseMlsMessage(hex(v.welcome), "mls_welcome", MAX_WELCOME_BYTES));
  return { welcome, keyPackage: value(parseKeyPackage(hex(v.key_package))) };
}

/** Whether a welcome gives anything: it may be refused, or fail to decrypt. */
async function opens(
  welcome: Welcome,
  keyPackage: KeyPackage,
  keys: Pick<PrivateKeyPackage, "initPrivateKey">,
): Promise<boolean> {
  try {
    return (await openedWelcome(interopSuite, welcome, { keyPackage, keys })).ok;
  } catch {
    return false;
  }
}

/** The authenticator of the epoch joined, or why none was. */
async function outcomeOf(v: Passive): Promise<string> {
  const { welcome, keyPackage } = receivedBy(v);
  const keys = {
    initPrivateKey: hex(v.init_priv),
    hpkePrivateKey: hex(v.encryption_priv),
    signaturePrivateKey: hex(v.signature_priv),
  };
  const apart = v.ratchet_tree === null ? {} : { tree: hex(v.ratchet_tree) };
  const joined = await joinGroup(interopSuite, welcome, { keyPackage, keys }, { ...apart, check: acceptEveryone });
  return joined.ok ? toHex(joined.value.keySchedule.epochAuthenticator) : joined.error;
}

type Welcomed = Suited & Record<"init_priv" | "signer_pub" | "key_package" | "welcome", string>;
type PskSecret = Suited & { psks: Record<"psk_id" | "psk" | "psk_nonce", string>[]; psk_secret: string };
