import { createRecoverySecret, recoverySecretFrom } from "@pli/protocol/identity";
import { secretFromWords, wordsFromSecret } from "@pli/protocol/recovery";
import { seededFor, type VectorFile } from "./json.ts";

/** The recovery secret as words, section 6.4. */
export async function recoveryWordsVectors(): Promise<VectorFile> {
  const crypto = await seededFor("recovery words");
  const fixed = [new Uint8Array(24), new Uint8Array(24).fill(255)].flatMap((bytes) => recoverySecretFrom(bytes) ?? []);
  const secrets = [...fixed, createRecoverySecret(crypto), createRecoverySecret(crypto)];
  const valid = secrets.flatMap((secret) =>
    (["en", "fr"] as const).map((language) => ({
      name: `${language}: ${wordsFromSecret(crypto, secret, language)[0] ?? ""}…`,
      secret,
      language,
      words: wordsFromSecret(crypto, secret, language),
    })),
  );
  const words = wordsFromSecret(crypto, createRecoverySecret(crypto), "fr");
  const refused = (name: string, typed: readonly string[]) => {
    const read = secretFromWords(crypto, typed.join(" "));
    if (read.ok) throw new Error(name);
    return { name, typed: typed.join(" "), error: read.error.code };
  };
  return {
    structure: "recovery-words",
    about:
      'The 192 bits of the secret and the first 17 of SHA-256("pli recovery words v1", secret), 11 bits a word, most significant first, in the BIP39 list of the language. Read without capitals, accents and numbers; four letters stand for their word.',
    valid,
    invalid: [
      refused("two words in each other's place", words.with(0, words[1] ?? "").with(1, words[0] ?? "")),
      refused("a word of no list", words.with(4, "xylophage")),
      refused("a word too few", words.slice(0, 18)),
      refused("a word too many", [...words, "zoologie"]),
      refused("nothing", []),
    ],
  };
}
