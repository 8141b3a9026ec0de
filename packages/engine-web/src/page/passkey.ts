import { PliError } from "@pli/engine/errors";
import type { PasskeyHint, VaultLock } from "../vault/vault.ts";

type PrfResults = { prf?: { enabled?: boolean; results?: { first?: ArrayBuffer } } };

/**
 * Makes a passkey that can keep a secret (WebAuthn, extension `prf`) and asks it for it; a person
 * confirms, perhaps twice. `passkey_unavailable` when the device has none that can, or the person
 * declines.
 */
export async function createPasskey(): Promise<Extract<VaultLock, { kind: "passkey" }>> {
  const salt = random(32);
  const created = await attempt(() => navigator.credentials.create({ publicKey: creation(salt) }));
  const credential = new Uint8Array(created.rawId);
  const { prf } = created.getClientExtensionResults() as PrfResults;
  if (prf?.enabled !== true) throw new PliError("passkey_unavailable");
  const secret = secretFrom(prf) ?? (await readPasskey({ credential, salt }));
  return { kind: "passkey", credential, salt, secret };
}

/** The 32-byte secret the passkey keeps for this salt. Rejects with `passkey_unavailable`. */
export async function readPasskey({ credential, salt }: PasskeyHint): Promise<Uint8Array> {
  const publicKey: PublicKeyCredentialRequestOptions = {
    challenge: random(32),
    allowCredentials: [{ type: "public-key", id: credential as Uint8Array<ArrayBuffer> }],
    userVerification: "required",
    extensions: evaluated(salt),
  };
  const asserted = await attempt(() => navigator.credentials.get({ publicKey }));
  const secret = secretFrom((asserted.getClientExtensionResults() as PrfResults).prf);
  if (secret === undefined) throw new PliError("passkey_unavailable");
  return secret;
}

function creation(salt: Uint8Array): PublicKeyCredentialCreationOptions {
  return {
    challenge: random(32),
    rp: { name: "Pli" },
    user: { id: random(16), name: "Pli", displayName: "Pli" },
    pubKeyCredParams: [-8, -7, -257].map((alg) => ({ type: "public-key", alg })),
    authenticatorSelection: { userVerification: "required", residentKey: "preferred" },
    attestation: "none",
    extensions: evaluated(salt),
  };
}

function evaluated(salt: Uint8Array): AuthenticationExtensionsClientInputs {
  return { prf: { eval: { first: salt as Uint8Array<ArrayBuffer> } } };
}

function secretFrom(prf: PrfResults["prf"]): Uint8Array | undefined {
  const first = prf?.results?.first;
  return first?.byteLength === 32 ? new Uint8Array(first) : undefined;
}

async function attempt(ask: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  try {
    const credential = await ask();
    if (credential instanceof PublicKeyCredential) return credential;
  } catch {
    // Declined, timed out, or no authenticator: browsers hide from pages which it was, and so do
    // we.
  }
  throw new PliError("passkey_unavailable");
}

function random(length: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(length));
}
