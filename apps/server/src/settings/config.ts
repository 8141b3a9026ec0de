import { readFileSync } from "node:fs";
import { parseContacts, parseHosts, parseProxies } from "@pli/store";
import { acceptedBy, flagOf, keyOf, OPTIONS, variableOf, type Option } from "./options.ts";

/** Settings by their names in the file. */
export type Config = Readonly<Record<string, string | number | boolean>>;

/**
 * A mistake in the settings. The message says where it was given.
 *
 * - `config_unknown`: there is no such setting
 * - `config_invalid`: the setting does not accept the value
 * - `config_file_unreadable`, `config_file_malformed`: the file named by `config`
 */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly code: "config_unknown" | "config_invalid" | "config_file_unreadable" | "config_file_malformed";

  constructor(code: ConfigError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

interface Given {
  readonly value: unknown;
  readonly where: string;
}
type Source = ReadonlyMap<string, Given>;

/**
 * Reads the settings. A flag wins over the environment, the environment over the file, the file
 * over the default. Throws ConfigError.
 */
export const readConfig = (flags: readonly string[], environment: NodeJS.ProcessEnv): Config => {
  const sources = [fromFlags(flags), fromEnvironment(environment)];
  const file = sources.map((source) => source.get("config")?.value).find((value) => value !== undefined);
  if (typeof file === "string" && file !== "") sources.push(fromFile(file));
  const entries = OPTIONS.map((option): [string, string | number | boolean] => {
    const given = sources.map((source) => source.get(option.name)).find((value) => value !== undefined);
    return [keyOf(option), parseValue(option, given ?? { value: option.fallback, where: "the default" })];
  });
  return Object.fromEntries(entries);
};

const fromFlags = (flags: readonly string[]): Source => {
  const given = new Map<string, Given>();
  for (let i = 0; i < flags.length; i += 1) {
    const [flag, inline] = splitOnce(flags[i] ?? "");
    const option = OPTIONS.find((candidate) => flagOf(candidate) === flag);
    if (option === undefined) throw new ConfigError("config_unknown", `there is no setting ${flag}`);
    const value = inline ?? (takesNext(option, flags[i + 1]) ? flags[(i += 1)] : "true");
    given.set(option.name, { value, where: flag });
  }
  return given;
};

const splitOnce = (text: string): [string, string | undefined] => {
  const at = text.indexOf("=");
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
};

const takesNext = (option: Option, next: string | undefined): boolean =>
  option.kind !== "boolean" || next === "true" || next === "false";

const fromEnvironment = (environment: NodeJS.ProcessEnv): Source => {
  const given = new Map<string, Given>();
  for (const option of OPTIONS) {
    const value = environment[variableOf(option)];
    if (value !== undefined && value !== "") given.set(option.name, { value, where: variableOf(option) });
  }
  return given;
};

const fromFile = (file: string): Source => {
  const given = new Map<string, Given>();
  for (const [key, value] of Object.entries(parseFile(file))) {
    const option = OPTIONS.find((candidate) => keyOf(candidate) === key && candidate.name !== "config");
    if (option === undefined) throw new ConfigError("config_unknown", `there is no setting ${key}, in ${file}`);
    given.set(option.name, { value, where: `${key} in ${file}` });
  }
  return given;
};

const parseFile = (file: string): object => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    if (error instanceof SyntaxError) throw new ConfigError("config_file_malformed", `${file} is not JSON`);
    throw new ConfigError("config_file_unreadable", `${file} cannot be read`);
  }
  if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return parsed;
  throw new ConfigError("config_file_malformed", `${file} is not a JSON object`);
};

const parseValue = (option: Option, { value, where }: Given): string | number | boolean => {
  const parsed = valueOf(option, value);
  if (parsed !== undefined) return parsed;
  const shown = option.kind === "engine" ? "" : `, not ${JSON.stringify(value)}`;
  throw new ConfigError("config_invalid", `${where} must be ${acceptedBy(option)}${shown}`);
};

const valueOf = (option: Option, value: unknown): string | number | boolean | undefined => {
  switch (option.kind) {
    case "integer":
      return integerOf(value, option.min ?? 0, option.max ?? 0);
    case "boolean":
      if (value === true || value === "true") return true;
      return value === false || value === "false" ? false : undefined;
    case "choice":
      return typeof value === "string" && option.choices?.includes(value) === true ? value : undefined;
    case "engine":
      return typeof value === "string" && isEngine(option, value) ? value : undefined;
    case "networks":
      return typeof value === "string" && parseProxies(value) !== undefined ? value : undefined;
    case "names":
      return typeof value === "string" && parseHosts(value) !== undefined ? value : undefined;
    case "contacts":
      return typeof value === "string" && parseContacts(value) !== undefined ? value : undefined;
    case "text":
      return typeof value === "string" ? value : undefined;
  }
};

/** Names and passwords belong in files, so an address with an @ is refused. */
const isEngine = (option: Option, value: string): boolean =>
  option.choices?.includes(value) === true || /^(nats|tls):\/\/[^@\s]+$/.test(value);

const integerOf = (value: unknown, min: number, max: number): number | undefined => {
  if (typeof value !== "number" && !(typeof value === "string" && /^\d{1,10}$/.test(value))) return undefined;
  const number = Number(value);
  return Number.isInteger(number) && number >= min && number <= max ? number : undefined;
};
