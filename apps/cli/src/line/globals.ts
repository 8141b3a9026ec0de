/** The options of every command. The environment fills what is left out. */
import type { Language } from "@pli/engine/words";
import { wordsWrong, type UsageError } from "./errors.ts";
import type { Options, Typed } from "./tokens.ts";

export interface Globals {
  home: string | undefined;
  /** A profile of the folder, by its label or id; without one the current one. */
  profile: string | undefined;
  store: string | undefined;
  json: boolean;
  language: Language;
  passphraseFile: string | undefined;
}

export type Environment = Readonly<Record<string, string | undefined>>;

export const GLOBAL_OPTIONS = {
  home: { type: "string" },
  profile: { type: "string" },
  store: { type: "string" },
  json: { type: "boolean" },
  lang: { type: "string" },
  "passphrase-file": { type: "string" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean", short: "V" },
} as const satisfies Options;

export const globalsFrom = ({ options, flags }: Typed, env: Environment): Globals => ({
  home: options.get("home") ?? given(env["PLI_HOME"]),
  profile: options.get("profile") ?? given(env["PLI_PROFILE"]),
  store: options.get("store") ?? given(env["PLI_STORE"]),
  json: flags.has("json"),
  language: languageFrom(options.get("lang"), env),
  passphraseFile: options.get("passphrase-file") ?? given(env["PLI_PASSPHRASE_FILE"]),
});

export function languageError({ options }: Typed): UsageError | undefined {
  const lang = options.get("lang");
  return lang === undefined || lang === "fr" || lang === "en" ? undefined : wordsWrong("--lang", ["fr", "en"]);
}

function languageFrom(asked: string | undefined, env: Environment): Language {
  const name = asked ?? given(env["LC_ALL"]) ?? given(env["LC_MESSAGES"]) ?? given(env["LANG"]) ?? "en";
  return /^fr\b|^fr_/iu.test(name) ? "fr" : "en";
}

const given = (value: string | undefined): string | undefined => (value === "" ? undefined : value);
