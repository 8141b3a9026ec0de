import { parseArgs } from "node:util";
import type { Language } from "@pli/engine/words";
import type { ContactAction } from "./commands/contact.ts";
import type { ConversationAction } from "./commands/conversation.ts";
import type { PassphraseCommand } from "./commands/settings.ts";
import type { InvitationsAction } from "./commands/invitations.ts";
import type { GroupAction } from "./group/action.ts";
import { groupFrom } from "./group/arguments.ts";
import { switchFrom, valueWrong, wordsWrong, type Read, type UsageError } from "./usage.ts";

export const COMMANDS = [
  "init",
  "invite",
  "accept",
  "invitations",
  "contacts",
  "send",
  "listen",
  "messages",
  "group",
  "search",
  "delete",
  "resend",
  "again",
  "mute",
  "unmute",
  "block",
  "unblock",
  "name",
  "receipts",
  "passphrase",
  "doctor",
] as const;
export type CommandName = (typeof COMMANDS)[number];

/** What every command can be told; the environment fills what is left out. */
export interface Globals {
  home: string | undefined;
  store: string | undefined;
  json: boolean;
  language: Language;
  passphraseFile: string | undefined;
}

export type Command =
  | { name: "chat" }
  | { name: "help"; about: CommandName | undefined }
  | { name: "version" }
  | { name: "init"; displayName: string | undefined; askPassphrase: boolean }
  | { name: "invite"; base: string | undefined; invitationName: string | undefined }
  | { name: "invitations"; action: InvitationsAction }
  | { name: "accept"; link: string | undefined }
  | { name: "contacts" }
  | { name: "send"; contact: string; text: string; patience: number }
  | { name: "listen"; unread: boolean }
  | { name: "messages"; contact: string; limit: number; before?: number; after?: number; ids: boolean }
  | { name: "search"; text: string; limit: number }
  | { name: "conversation"; action: ConversationAction }
  | { name: "contact"; action: ContactAction }
  | { name: "receipts"; on: boolean | undefined }
  | ({ name: "passphrase" } & PassphraseCommand)
  | { name: "group"; action: GroupAction; wait: boolean }
  | { name: "doctor" };

export type ParsedLine = { globals: Globals } & ({ ok: true; value: Command } | { ok: false; error: UsageError });

type Environment = Record<string, string | undefined>;

const GLOBAL_OPTIONS = {
  home: { type: "string" },
  store: { type: "string" },
  json: { type: "boolean" },
  lang: { type: "string" },
  "passphrase-file": { type: "string" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean", short: "V" },
} as const;

const OWN_OPTIONS = {
  name: { type: "string", of: "init", also: "invite" },
  passphrase: { type: "boolean", of: "init" },
  base: { type: "string", of: "invite" },
  wait: { type: "string", of: "send" },
  unread: { type: "boolean", of: "listen" },
  limit: { type: "string", of: "messages", also: "search" },
  ids: { type: "boolean", of: "messages" },
  erase: { type: "boolean", of: "block" },
  clear: { type: "boolean", of: "name" },
  none: { type: "boolean", of: "passphrase" },
  "new-passphrase-file": { type: "string", of: "passphrase" },
  before: { type: "string", of: "messages" },
  after: { type: "string", of: "messages" },
  "no-wait": { type: "boolean", of: "group" },
  description: { type: "string", of: "group create" },
  successor: { type: "string", of: "group leave" },
  "who-adds": { type: "string", of: "group rules" },
  "who-writes": { type: "string", of: "group rules" },
  timer: { type: "string", of: "group rules" },
  newcomers: { type: "string", of: "group rules" },
  without: { type: "string", of: "group refound" },
} as const;

const OPTIONS = { ...GLOBAL_OPTIONS, ...OWN_OPTIONS };
const DEFAULT_LIMIT = 50;
const MOST_MESSAGES = 999_999;
const MOST_HITS = 1_000;
const LAST_ORDER = 999_999_999_999_999;
const DEFAULT_PATIENCE_S = 10;
const MOST_PATIENCE_S = 3_600;

/** A command line and its environment as a command, or what is wrong with it. Never throws. */
export function parseCommandLine(argv: readonly string[], env: Environment): ParsedLine {
  const read = readTokens(argv);
  const globals = globalsFrom(read, env);
  const error = garbled(argv) ?? read.error ?? languageError(read.options.get("lang"));
  if (error !== undefined) return { globals, ok: false, error };
  return { globals, ...commandFrom(read) };
}

/** What was typed in another encoding than UTF-8 has come as U+FFFD: its words are lost. */
function garbled(argv: readonly string[]): UsageError | undefined {
  const word = argv.find((one) => one.includes("\ufffd"));
  return word === undefined ? undefined : { problem: "not_text", word };
}

function readTokens(argv: readonly string[]): Read {
  const { tokens } = parseArgs({
    args: [...argv],
    options: OPTIONS,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const options = new Map<string, string>();
  const lists = new Map<string, string[]>();
  const flags = new Set<string>();
  const words: string[] = [];
  let error: UsageError | undefined;
  for (const token of tokens) {
    if (token.kind === "positional") words.push(token.value);
    if (token.kind !== "option") continue;
    error ??= optionError(
      token.name,
      token.rawName,
      token.inlineValue === false ? notAnOption(token.value) : token.value,
    );
    if (token.value === undefined) flags.add(token.name);
    else {
      options.set(token.name, token.value);
      lists.set(token.name, [...(lists.get(token.name) ?? []), token.value]);
    }
  }
  return { options, lists, flags, words, error };
}

/** `--name --json` forgot the name; a value that begins with a dash is written `--name=-x`. */
const notAnOption = (value: string): string => (value.startsWith("-") && value !== "-" ? "" : value);

function optionError(name: string, word: string, value: string | undefined): UsageError | undefined {
  const option = Object.entries(OPTIONS).find(([known]) => known === name)?.[1];
  if (option === undefined) return { problem: "unknown_option", word };
  if (option.type === "string" && (value === undefined || value === "")) return { problem: "value_missing", word };
  return option.type === "boolean" && value !== undefined ? valueWrong(word, { what: "nothing" }) : undefined;
}

function languageError(lang: string | undefined): UsageError | undefined {
  return lang === undefined || lang === "fr" || lang === "en" ? undefined : wordsWrong("--lang", ["fr", "en"]);
}

function globalsFrom(read: Read, env: Environment): Globals {
  return {
    home: read.options.get("home") ?? given(env["PLI_HOME"]),
    store: read.options.get("store") ?? given(env["PLI_STORE"]),
    json: read.flags.has("json"),
    language: languageFrom(read.options.get("lang"), env),
    passphraseFile: read.options.get("passphrase-file") ?? given(env["PLI_PASSPHRASE_FILE"]),
  };
}

function languageFrom(asked: string | undefined, env: Environment): Language {
  const name = asked ?? given(env["LC_ALL"]) ?? given(env["LC_MESSAGES"]) ?? given(env["LANG"]) ?? "en";
  return /^fr\b|^fr_/iu.test(name) ? "fr" : "en";
}

const given = (value: string | undefined): string | undefined => (value === "" ? undefined : value);

type Outcome = { ok: true; value: Command } | { ok: false; error: UsageError };
const good = (value: Command): Outcome => ({ ok: true, value });
const wrong = (error: UsageError): Outcome => ({ ok: false, error });
const bad = (problem: Exclude<UsageError["problem"], "value_wrong">, word: string): Outcome => wrong({ problem, word });

function commandFrom(read: Read): Outcome {
  if (read.flags.has("version")) return good({ name: "version" });
  const [first, ...words] = read.words;
  const help = read.flags.has("help") || first === "help";
  const name = COMMANDS.find((known) => known === (first === "help" ? words[0] : first));
  if (help) return good({ name: "help", about: name });
  if (first !== undefined && name === undefined) return bad("unknown_command", first);
  const stray = strayOption(read, name === "group" ? `group ${words[0] ?? ""}` : name);
  if (stray !== undefined) return bad("option_elsewhere", stray);
  return name === undefined ? good({ name: "chat" }) : BUILDERS[name](read, words);
}

/** An option of another command; one of `group` goes with each of its subcommands. */
function strayOption(read: Read, command: string | undefined): string | undefined {
  const stray = Object.entries(OWN_OPTIONS).find(
    ([name, option]) =>
      option.of !== command &&
      !("also" in option && option.also === command) &&
      command?.startsWith(`${option.of} `) !== true &&
      (read.options.has(name) || read.flags.has(name)),
  );
  return stray && `--${stray[0]}`;
}

const BUILDERS: Record<CommandName, (read: Read, words: string[]) => Outcome> = {
  init: (read, words) =>
    only(words, 0) ??
    good({ name: "init", displayName: read.options.get("name"), askPassphrase: read.flags.has("passphrase") }),
  invite: inviteFrom,
  // A shell makes several words of a link with spaces in it.
  accept: (_read, words) => good({ name: "accept", link: words.length === 0 ? undefined : words.join(" ") }),
  invitations: invitationsFrom,
  contacts: (_read, words) => only(words, 0) ?? good({ name: "contacts" }),
  send: sendFrom,
  listen: (read, words) => only(words, 0) ?? good({ name: "listen", unread: read.flags.has("unread") }),
  messages: messagesFrom,
  group: (read, words) => {
    const action = groupFrom(read, words);
    return "problem" in action ? wrong(action) : good({ name: "group", action, wait: !read.flags.has("no-wait") });
  },
  search: searchFrom,
  delete: (_read, [place, ...messages]) =>
    place === undefined
      ? bad("word_missing", "CONTACT")
      : messages.length === 0
        ? bad("word_missing", "MESSAGE")
        : good({ name: "conversation", action: { what: "delete", place, messages } }),
  resend: placed("resend"),
  again: placed("again"),
  mute: placed("mute"),
  unmute: placed("unmute"),
  block: withContact((contact, read) => ({ what: "block", contact, erase: read.flags.has("erase") })),
  unblock: withContact((contact) => ({ what: "unblock", contact })),
  name: nameFrom,
  receipts: (_read, words) => {
    const asked = switchFrom(words);
    return "problem" in asked ? wrong(asked) : good({ name: "receipts", ...asked });
  },
  passphrase: (read, words) =>
    only(words, 0) ??
    good({
      name: "passphrase",
      none: read.flags.has("none"),
      file: read.options.get("new-passphrase-file"),
    }),
  doctor: (_read, words) => only(words, 0) ?? good({ name: "doctor" }),
};

function only(words: readonly string[], count: number): Outcome | undefined {
  const extra = words[count];
  return extra === undefined ? undefined : bad("word_extra", extra);
}

/** The address that links begin with: that of a page, without anything a link has of its own. */
function inviteFrom(read: Read, words: string[]): Outcome {
  const base = read.options.get("base");
  if (base !== undefined && !isPage(base)) return wrong(valueWrong("--base", { what: "address" }));
  return only(words, 0) ?? good({ name: "invite", base, invitationName: read.options.get("name") });
}

function isPage(address: string): boolean {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  return url !== undefined && /^https?:$/u.test(url.protocol) && url.search + url.hash + url.username === "";
}

function invitationsFrom(_read: Read, [what = "list", ...words]: string[]): Outcome {
  const [invitation] = words;
  const act = (action: InvitationsAction): Outcome => good({ name: "invitations", action });
  switch (what) {
    case "list":
    case "clear":
      return only(words, 0) ?? act({ what });
    case "stop":
      return invitation === undefined
        ? bad("word_missing", "INVITATION")
        : (only(words, 1) ?? act({ what, invitation }));
    case "resume":
      return only(words, 1) ?? act({ what, invitation });
    default:
      return bad("unknown_command", what);
  }
}

function sendFrom(read: Read, words: string[]): Outcome {
  const [contact, ...text] = words;
  if (contact === undefined) return bad("word_missing", "CONTACT");
  if (text.length === 0) return bad("word_missing", "TEXT");
  const patience = wholeNumber(read.options.get("wait"), DEFAULT_PATIENCE_S, 0, MOST_PATIENCE_S);
  if (patience === undefined) return wrong(valueWrong("--wait", { what: "number", least: 0, most: MOST_PATIENCE_S }));
  return good({ name: "send", contact, text: text.join(" "), patience });
}

/** What is done about a whole conversation. */
function placed(what: "resend" | "again" | "mute" | "unmute") {
  return (_read: Read, [place, ...rest]: string[]): Outcome =>
    place === undefined
      ? bad("word_missing", "CONTACT")
      : (only(rest, 0) ?? good({ name: "conversation", action: { what, place } }));
}

function withContact(build: (contact: string, read: Read) => ContactAction) {
  return (read: Read, [contact, ...rest]: string[]): Outcome =>
    contact === undefined
      ? bad("word_missing", "CONTACT")
      : (only(rest, 0) ?? good({ name: "contact", action: build(contact, read) }));
}

/** A name, or with `--clear` their own again. */
function nameFrom(read: Read, [contact, ...to]: string[]): Outcome {
  const isCleared = read.flags.has("clear");
  if (contact === undefined) return bad("word_missing", "CONTACT");
  if (!isCleared && to.length === 0) return bad("word_missing", "NAME");
  return (
    (isCleared ? only(to, 0) : undefined) ??
    good({ name: "contact", action: { what: "name", contact, to: to.join(" ") } })
  );
}

function searchFrom(read: Read, words: string[]): Outcome {
  const limit = wholeNumber(read.options.get("limit"), DEFAULT_LIMIT, 1, MOST_HITS);
  if (words.length === 0) return bad("word_missing", "TEXT");
  if (limit === undefined) return wrong(valueWrong("--limit", { what: "number", least: 1, most: MOST_HITS }));
  return good({ name: "search", text: words.join(" "), limit });
}

function messagesFrom(read: Read, words: string[]): Outcome {
  const [contact, ...rest] = words;
  if (contact === undefined) return bad("word_missing", "CONTACT");
  const limit = wholeNumber(read.options.get("limit"), DEFAULT_LIMIT, 1, MOST_MESSAGES);
  if (limit === undefined) return wrong(valueWrong("--limit", { what: "number", least: 1, most: MOST_MESSAGES }));
  const [before, after] = [orderIn(read, "before"), orderIn(read, "after")];
  const order = { what: "number", least: 0, most: LAST_ORDER } as const;
  if (before === "wrong") return wrong(valueWrong("--before", order));
  if (after === "wrong") return wrong(valueWrong("--after", order));
  if (before !== undefined && after !== undefined) return bad("word_extra", "--after");
  const position = { ...(before !== undefined && { before }), ...(after !== undefined && { after }) };
  return only(rest, 0) ?? good({ name: "messages", contact, limit, ...position, ids: read.flags.has("ids") });
}

/** The place of a message, as `order` in JSON. */
function orderIn(read: Read, option: "before" | "after"): number | "wrong" | undefined {
  const text = read.options.get(option);
  if (text === undefined) return undefined;
  return /^\d{1,15}$/u.test(text) ? Number(text) : "wrong";
}

function wholeNumber(text: string | undefined, otherwise: number, least: number, most: number): number | undefined {
  if (text === undefined) return otherwise;
  const number = /^\d{1,6}$/u.test(text) ? Number(text) : -1;
  return number >= least && number <= most ? number : undefined;
}
