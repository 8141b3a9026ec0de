/** The recovery secret of this profile: as this device has it still, or from words. */
import { toHex } from "@pli/protocol/crypto";
import type { Crypto } from "@pli/protocol/crypto";
import { identityFromRecovery, recoverySecretFrom, type RecoverySecret } from "@pli/protocol/identity";
import { secretFromWords } from "@pli/protocol/recovery";
import type { WordsProblem } from "../../api/views.ts";
import { findRecovery } from "../../people/profile.table.ts";
import type { Tx } from "../../runtime/context.ts";
import { PliError } from "../../runtime/errors.ts";
import { damaged } from "../../runtime/storage/row.ts";

/** Until the words are confirmed. Rejects with `recovery_words_gone` then. */
export async function secretHere(tx: Tx): Promise<RecoverySecret> {
  const bytes = await findRecovery(tx);
  if (bytes === undefined) throw new PliError("recovery_words_gone");
  return recoverySecretFrom(bytes) ?? damaged("recovery");
}

/** What somebody has typed, if it is the words of this profile. */
export function secretFromTyped(crypto: Crypto, profile: string, words: string): RecoverySecret | WordsProblem {
  const read = secretFromWords(crypto, words);
  if (!read.ok) return read.error;
  const { secret } = read.value;
  const { id } = identityFromRecovery(crypto, secret, 0);
  return toHex(id) === profile ? secret : { code: "recovery_words_of_another" };
}
