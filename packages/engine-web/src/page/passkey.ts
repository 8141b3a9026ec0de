import { PliError, type ErrorCode } from "@pli/engine/errors";
import type { PasskeyHint, VaultLock } from "../vault/vault.ts";

type PrfResults = { enabled?: boolean; results?: { first?: ArrayBuffer } };

/**
 * Makes a passkey that can keep a secret (WebAuthn, extension `prf`) and asks it for it; a person
 * confirms, perhaps twice. `passkey_unavailable` when the device has none that can, or the person
 * declines.
 */
export async function createPasskey(): Promise<Extract<VaultLock, { kind: "passkey" }>> {
  const salt = randomBytes(32);
  const publicKey = passkeyCreation(salt, { name: "Pli", residentKey: "preferred" });
  const created = await askForPasskey(() => navigator.credentials.create({ publicKey }), "passkey_unavailable");
  const credential = new Uint8Array(created.rawId);
  const prf = prfResults(created);
  if (prf?.enabled !== true) throw new PliError("passkey_unavailable");
  const secret = prfSecret(prf) ?? (await readPasskey({ credential, salt }));
  return { kind: "passkey", credential, salt, secret };
}

/** The 32-byte secret the passkey keeps for this salt. Rejects with `passkey_unavailable`. */
export async function readPasskey({ credential, salt }: PasskeyHint): Promise<Uint8Array> {
  const publicKey: PublicKeyCredentialRequestOptions = {
    challenge: randomBytes(32),
    allowCredentials: [{ type: "public-key", id: credential as Uint8Array<ArrayBuffer> }],
    userVerification: "required",
    extensions: prfEvaluated(salt),
  };
  const asserted = await askForPasskey(() => navigator.credentials.get({ publicKey }), "passkey_unavailable");
  const secret = prfSecret(prfResults(asserted));
  if (secret === undefined) throw new PliError("passkey_unavailable");
  return secret;
}

/**
 * `name`: what the keeper of the passkeys lists it by. `salt`: what its secret is asked for with.
 */
export function passkeyCreation(
  salt: Uint8Array,
  { name, residentKey }: { name: string; residentKey: ResidentKeyRequirement },
): PublicKeyCredentialCreationOptions {
  return {
    challenge: randomBytes(32),
    rp: { name: "Pli" },
    user: { id: randomBytes(16), name, displayName: name },
    pubKeyCredParams: [-8, -7, -257].map((alg) => ({ type: "public-key", alg })),
    authenticatorSelection: { userVerification: "required", residentKey },
    attestation: "none",
    extensions: prfEvaluated(salt),
  };
}

export function prfEvaluated(salt: Uint8Array): AuthenticationExtensionsClientInputs {
  return { prf: { eval: { first: salt as Uint8Array<ArrayBuffer> } } };
}

export function prfResults(credential: PublicKeyCredential): PrfResults | undefined {
  return (credential.getClientExtensionResults() as { prf?: PrfResults }).prf;
}

export function prfSecret(prf: PrfResults | undefined): Uint8Array | undefined {
  const first = prf?.results?.first;
  return first?.byteLength === 32 ? new Uint8Array(first) : undefined;
}

/** Rejects with `code` when no passkey answers. */
export async function askForPasskey(
  ask: () => Promise<Credential | null>,
  code: ErrorCode,
): Promise<PublicKeyCredential> {
  try {
    const credential = await ask();
    if (credential instanceof PublicKeyCredential) return credential;
  } catch {
    // Declined, timed out, or no authenticator: browsers hide from pages which it was, and so do
    // we.
  }
  throw new PliError(code);
}

export function randomBytes(length: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(length));
}
