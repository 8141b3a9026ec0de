/** The second copy in a passkey, as a person makes it and removes it. */
import { fromHex } from "@pli/protocol/crypto";
import { createPasskeyCopy, PASSKEY_SECRET_BYTES } from "@pli/protocol/recovery";
import type { CommandHandlers } from "../../api/handlers.ts";
import type { Kit } from "../../kit.ts";
import { PliError } from "../../runtime/errors.ts";
import type { PasskeyCopies } from "./passkey-copy.ts";
import { secretFromTyped, secretHere } from "./secret.ts";
import type { BackupWriting } from "./writing.ts";

export function createPasskeyCommands(
  { context, profiles }: Kit,
  { copies, writing }: { copies: PasskeyCopies; writing: BackupWriting },
) {
  const { clock, crypto } = context;

  return {
    makePasskeyCopy: async (tx, { passkey, words }) => {
      const { id } = await profiles.get(tx);
      const secret = words === undefined ? await secretHere(tx) : secretFromTyped(crypto, id, words);
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
