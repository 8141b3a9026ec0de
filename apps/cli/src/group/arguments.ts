import type { Role } from "@pli/engine/api";
import { switchFrom, valueWrong, wordsWrong, type Allowed, type Read, type UsageError } from "../usage.ts";
import { GROUP_ACTIONS, type GroupAction, type WantedRules } from "./action.ts";

const ROLES: readonly Role[] = ["owner", "admin", "member", "reader"];
/** Those of English and of French: hours, days, weeks. */
const UNITS: Readonly<Record<string, number>> = { h: 3_600, d: 86_400, j: 86_400, w: 604_800, sem: 604_800 };
const LONGEST_TIMER = 365 * 86_400;

type Built = GroupAction | UsageError;

/** `pli group SUBCOMMAND …`: what is asked, or what is wrong with it. */
export function groupFrom(read: Read, [what, ...words]: readonly string[]): Built {
  if (what === undefined) return { what: "list" };
  const action = GROUP_ACTIONS.find((known) => known === what);
  return action === undefined ? bad("unknown_command", `group ${what}`) : BUILDERS[action](words, read);
}

const bad = (problem: Exclude<UsageError["problem"], "value_wrong">, word: string): UsageError => ({ problem, word });

const BUILDERS: Record<GroupAction["what"], (words: readonly string[], read: Read) => Built> = {
  list: (words) => only(words, 0) ?? { what: "list" },
  create: ([name, ...contacts], { options }) =>
    name === undefined
      ? bad("word_missing", "NAME")
      : { what: "create", name, contacts, description: options.get("description") },
  show: withGroup((group, words) => only(words, 0) ?? { what: "show", group }),
  add: withGroup((group, contacts) => some(contacts, "CONTACT") ?? { what: "add", group, contacts }),
  remove: withGroup((group, members) => some(members, "MEMBER") ?? { what: "remove", group, members }),
  leave: withGroup(
    (group, words, { options }) => only(words, 0) ?? { what: "leave", group, successor: options.get("successor") },
  ),
  rename: withGroup((group, words) => some(words, "NAME") ?? { what: "rename", group, to: words.join(" ") }),
  describe: withGroup((group, words) => some(words, "TEXT") ?? { what: "describe", group, text: words.join(" ") }),
  role: withGroup(roleFrom),
  rules: withGroup((group, words, read) => only(words, 0) ?? rulesFrom(group, read)),
  picture: withGroup(
    (group, words) =>
      some(words, "FILE") ??
      only(words, 1) ?? { what: "picture", group, file: words[0] === "none" ? undefined : words[0] },
  ),
  keys: withGroup((group, words) => only(words, 0) ?? { what: "keys", group }),
  refound: withGroup(refoundFrom),
  cancel: withGroup(
    (group, words) => some(words, "CHANGE") ?? only(words, 1) ?? { what: "cancel", group, change: words[0] ?? "" },
  ),
  delete: withGroup((group, words) => only(words, 0) ?? { what: "delete", group }),
  questions: (words) => only(words, 0) ?? { what: "questions" },
  accept: (words) => some(words, "QUESTION") ?? { what: "accept", question: words.join(" ") },
  decline: (words) => some(words, "QUESTION") ?? { what: "decline", question: words.join(" ") },
  asking: (words) => {
    const asked = switchFrom(words);
    return "problem" in asked ? asked : { what: "asking", ...asked };
  },
};

function withGroup(build: (group: string, words: readonly string[], read: Read) => Built) {
  return ([group, ...words]: readonly string[], read: Read): Built =>
    group === undefined ? bad("word_missing", "GROUP") : build(group, words, read);
}

const some = (words: readonly string[], missing: string): UsageError | undefined =>
  words.length === 0 ? bad("word_missing", missing) : undefined;

function only(words: readonly string[], count: number): UsageError | undefined {
  const extra = words[count];
  return extra === undefined ? undefined : bad("word_extra", extra);
}

function roleFrom(group: string, [member, wanted, ...rest]: readonly string[]): Built {
  if (member === undefined) return bad("word_missing", "MEMBER");
  if (wanted === undefined) return bad("word_missing", "owner|admin|member|reader");
  const role = ROLES.find((known) => known === wanted);
  return only(rest, 0) ?? (role === undefined ? wordsWrong(wanted, ROLES) : { what: "role", group, member, role });
}

/** Without an option, the rules are shown. */
function rulesFrom(group: string, { options }: Read): Built {
  const rules: WantedRules = {};
  for (const option of ["who-adds", "who-writes", "newcomers", "timer"] as const) {
    const value = options.get(option);
    if (value !== undefined && !SETTERS[option](rules, value)) return valueWrong(`--${option}`, ALLOWED[option]);
  }
  return Object.keys(rules).length === 0 ? { what: "show", group } : { what: "rules", group, rules };
}

const ALLOWED = {
  "who-adds": { what: "words", words: ["admins", "members"] },
  "who-writes": { what: "words", words: ["everyone", "admins"] },
  newcomers: { what: "words", words: ["nothing", "week"] },
  timer: { what: "time" },
} as const satisfies Record<string, Allowed>;

/** Each sets one rule; false when the value is none it can have. */
const SETTERS: Readonly<Record<keyof typeof ALLOWED, (rules: WantedRules, value: string) => boolean>> = {
  "who-adds": (rules, value) => {
    if (value !== "admins" && value !== "members") return false;
    rules.whoAdds = value;
    return true;
  },
  "who-writes": (rules, value) => {
    if (value !== "everyone" && value !== "admins") return false;
    rules.whoWrites = value;
    return true;
  },
  newcomers: (rules, value) => {
    if (value !== "nothing" && value !== "week") return false;
    rules.newcomersRead = value;
    return true;
  },
  timer: (rules, value) => {
    const seconds = timerFrom(value);
    if (seconds === undefined) return false;
    rules.timer = seconds;
    return true;
  },
};

/** `off`, or a number of hours, days or weeks, up to a year, in the units of either language. */
function timerFrom(value: string): number | undefined {
  if (value === "off") return 0;
  const [, count, unit = ""] = /^([1-9]\d{0,3})(h|d|j|w|sem)$/u.exec(value) ?? [];
  const seconds = Number(count) * (UNITS[unit] ?? 0);
  return seconds > 0 && seconds <= LONGEST_TIMER ? seconds : undefined;
}

/** `--without A B --without C` names all three. */
function refoundFrom(group: string, words: readonly string[], { lists }: Read): Built {
  const without = lists.get("without") ?? [];
  if (without.length === 0) return only(words, 0) ?? { what: "refound", group, without };
  return { what: "refound", group, without: [...without, ...words] };
}
