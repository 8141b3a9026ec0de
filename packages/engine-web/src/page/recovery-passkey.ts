/**
 * The passkey that opens the copy of the recovery secret. It is found without a name or an account,
 * and gives the same bytes on every device that its keeper brings it to.
 */
import { PliError } from "@pli/engine/errors";
import { hexOf } from "../hex.ts";
import { askForPasskey, passkeyCreation, prfEvaluated, prfResults, prfSecret, randomBytes } from "./passkey.ts";

/** One for all: an empty device knows nothing else to ask with. Another than those of locks. */
const PURPOSE = new TextEncoder().encode("pli recovery copy in a passkey v1");

/** Whether this browser says that its passkeys can keep secrets. */
export async function canKeepRecovery(): Promise<boolean> {
  try {
    return (await PublicKeyCredential.getClientCapabilities())["extension:prf"] === true;
  } catch {
    // It has no passkeys, or is too old to say what they can.
    return false;
  }
}

/**
 * Makes one, under a name by which its keeper lists it; a person confirms, perhaps twice. Gives 32
 * bytes in hex. Rejects with `passkey_unanswered` or `passkey_without_secret`.
 */
export async function createRecoveryPasskey(name: string): Promise<string> {
  const publicKey = passkeyCreation(PURPOSE, { name, residentKey: "required" });
  const created = await askForPasskey(() => navigator.credentials.create({ publicKey }), "passkey_unanswered");
  const prf = prfResults(created);
  if (prf?.enabled !== true) throw new PliError("passkey_without_secret");
  const secret = prfSecret(prf) ?? (await ask([{ type: "public-key", id: created.rawId }]));
  return hexOf(secret);
}

/** Asks for one that there is: the person chooses. Rejects as `createRecoveryPasskey` does. */
export async function readRecoveryPasskey(): Promise<string> {
  return hexOf(await ask([]));
}

async function ask(allowCredentials: PublicKeyCredentialDescriptor[]): Promise<Uint8Array> {
  const publicKey: PublicKeyCredentialRequestOptions = {
    challenge: randomBytes(32),
    allowCredentials,
    userVerification: "required",
    extensions: prfEvaluated(PURPOSE),
  };
  const asserted = await askForPasskey(() => navigator.credentials.get({ publicKey }), "passkey_unanswered");
  const secret = prfSecret(prfResults(asserted));
  if (secret === undefined) throw new PliError("passkey_without_secret");
  return secret;
}
