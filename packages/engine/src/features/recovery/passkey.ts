/** The second copy in a passkey, as a person makes it and removes it. */
import { fromHex, toHex } from "@pli/protocol/crypto";
import { identityFromRecovery, recoverySecretFrom, type RecoverySecret } from "@pli/protocol/identity";
import { createPasskeyCopy, PASSKEY_SECRET_BYTES, secretFromWords } from "@pli/protocol/recovery";
import type { CommandHandlers } from "../../api/handlers.ts";
import type { WordsProblem } from "../../api/views.ts";
import type { Kit } from "../../kit.ts";
import { findRecovery } from "../../people/profile.table.ts";
import type { Tx } from "../../runtime/context.ts";
import { PliError } from "../../runtime/errors.ts";
import { damaged } from "../../runtime/storage/row.ts";
import type { PasskeyCopies } from "./passkey-copy.ts";
import type { BackupWriting } from "./writing.ts";

export function createPasskeyCommands(
  { context, profiles }: Kit,
  { copies, writing }: { copies: PasskeyCopies; writing: BackupWriting },
) {
  const { clock, crypto } = context;

  /** `recovery_words_gone`: this device has no secret, and its words are needed. */
  async function ownSecret(tx: Tx): Promise<RecoverySecret> {
    const bytes = await findRecovery(tx);
    if (bytes === undefined) throw new PliError("recovery_words_gone");
    return recoverySecretFrom(bytes) ?? damaged("recovery");
  }

  function typedSecret(profile: string, words: string): RecoverySecret | WordsProblem {
    const read = secretFromWords(crypto, words);
    if (!read.ok) return read.error;
    const { id } = identityFromRecovery(crypto, read.value.secret, 0);
    return toHex(id) === profile ? read.value.secret : { code: "recovery_words_of_another" };
  }

  return {
    makePasskeyCopy: async (tx, { passkey, words }) => {
      const { id } = await profiles.get(tx);
      const secret = words === undefined ? await ownSecret(tx) : typedSecret(id, words);
      if ("code" in secret) return { right: false, ...secret };
      const key = passkeyFrom(passkey);
      const copy = createPasskeyCopy(crypto, { passkey: key, secret, madeAt: clock.now() });
      crypto.wipe(key, secret);
      await copies.keep(tx, copy);
      // Without a backup the secret gives nothing back.
      await writing.begin(tx);
      return { right: true };
    },
    removePasskeyCopy: async (tx) => {
      await profiles.get(tx);
      await copies.remove(tx);
    },
  } satisfies Partial<CommandHandlers>;
}

/** What a passkey gave, from its hex. */
export function passkeyFrom(hex: string): Uint8Array {
  const bytes = fromHex(hex);
  if (bytes?.length !== PASSKEY_SECRET_BYTES) throw new PliError("request_malformed");
  return bytes;
}
