import {
  answerRestore,
  createRestoreRequest,
  createRestoreStatement,
  openRestoreAnswer,
  restoreSeeds,
  returnSecretFrom,
} from "@pli/protocol/devices";
import { createRecoverySecret, encodeIdentity, identityFromRecovery } from "@pli/protocol/identity";
import { changed } from "./identity.ts";
import { damaged, seededFor, type VectorFile } from "./json.ts";

/** How a device that the recovery words made asks the others, and is answered. Section 7.6. */
export async function deviceRestoreVectors(): Promise<VectorFile> {
  const crypto = await seededFor("device-restore");
  const recovery = createRecoverySecret(crypto);
  const secret = returnSecretFrom(crypto, crypto.random(32));
  const valid = [
    { name: "the first of a day", place: { day: 20_788, index: 0 }, generation: 0 },
    { name: "the last of the last day", place: { day: 0xffff_ffff, index: 255 }, generation: 14 },
  ].map(({ name, place, generation }) => {
    const next = identityFromRecovery(crypto, recovery, generation + 1);
    const profile: Uint8Array = next.id;
    const [own, other, kem] = [crypto.signKeyPair(), crypto.signKeyPair(), crypto.kemKeyPair()];
    const device = { id: crypto.random(16), key: own.publicKey, addedAt: 1_790_000_000 };
    const entropy = crypto.random(32);
    const told = {
      ...crypto,
      mlDsaSign: (key: Uint8Array, message: Uint8Array) => crypto.mlDsaSign(key, message, entropy),
    };
    const statement = createRestoreStatement(told, next, device);
    const asked = { place, profile, statement, kemKey: kem.publicKey };
    const by = { id: crypto.random(16), key: other.publicKey };
    const answer = answerRestore(crypto, { ...asked, device: by.id, signKey: other.secretKey });
    const given = { ...asked, kemSecret: kem.secretKey, devices: [by] };
    return {
      name,
      generation,
      next: encodeIdentity(next),
      entropy,
      ...asked,
      device,
      by,
      secret,
      seeds: restoreSeeds(crypto, secret, place),
      signKey: own.secretKey,
      kemSecret: kem.secretKey,
      bytes: createRestoreRequest(crypto, { ...asked, signKey: own.secretKey }),
      answer: answer?.bytes,
      linking: answer && openRestoreAnswer(crypto, answer.bytes, given)?.secret,
    };
  });
  const [first, second] = valid;
  const [good, answer] = [first?.bytes ?? new Uint8Array(0), first?.answer ?? new Uint8Array(0)];
  return {
    structure: "device-restore",
    about:
      '`statement`: canonical CBOR, both signatures by `next`, keys of the generation after `generation`, over "pli restored device v1", 00 and the CBOR of { v, profileId } with the fields before them; `entropy` is the 32 bytes of the hedged ML-DSA-65 signature. `bytes` and `answer`: canonical CBOR { v: 1, statement, kemKey, signature } and { v: 1, device, enc, signature }. `linking` is the secret under which grant, ready and entry follow.',
    valid,
    invalid: [
      ...damaged(good, "malformed", { what: "request" }, "request: "),
      ...damaged(answer, "malformed", { what: "answer" }, "answer: "),
      {
        what: "request",
        name: "request: another signature",
        bytes: changed(good, { signature: new Uint8Array(64) }),
        error: "not_signed",
      },
      {
        what: "request",
        name: "request: the statement of another device",
        bytes: changed(good, { statement: second?.statement ?? new Uint8Array(0) }),
        error: "not_signed",
      },
      {
        what: "request",
        name: "request: a statement by keys of the same generation",
        bytes: changed(good, {
          statement: changed(first?.statement ?? new Uint8Array(0), { generation: 1 }),
        }),
        error: "not_signed",
      },
      {
        what: "answer",
        name: "answer: another signature",
        bytes: changed(answer, { signature: new Uint8Array(64) }),
        error: "not_signed",
      },
    ],
  };
}
