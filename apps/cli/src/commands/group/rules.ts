import type { NewcomersRead, WhoAdds, WhoWrites } from "@pli/engine/api";
import { extra, valueWrong, type Allowed, type UsageError } from "../../line/errors.ts";
import type { Typed } from "../../line/tokens.ts";
import { groupChange, ofGroup } from "./change.ts";

/** Hours, days and weeks, as English and French shorten them, in seconds. */
const UNITS: Readonly<Record<string, number>> = { h: 3_600, d: 86_400, j: 86_400, w: 604_800, sem: 604_800 };
const LONGEST_TIMER = 365 * 86_400;

interface Rules {
  whoAdds?: WhoAdds;
  whoWrites?: WhoWrites;
  timer?: number;
  newcomersRead?: NewcomersRead;
}

type RulesAction = { what: "rules"; group: string; rules: Rules };
/** Without an option, the rules are shown. */
type ShowAction = { what: "show"; group: string };

export const rules = groupChange<RulesAction, ShowAction>({
  what: "rules",
  kind: "rules",
  options: {
    "who-adds": { type: "string" },
    "who-writes": { type: "string" },
    timer: { type: "string" },
    newcomers: { type: "string" },
  },
  read: ofGroup((group, words, typed) => extra(words, 0) ?? rulesFrom(group, typed)),
  ask: async ({ api, group: { id: conversation } }, action) => ({
    conversation,
    ...(await api.changeGroup({ conversation, ...action.rules })),
  }),
});

function rulesFrom(group: string, { options }: Typed): RulesAction | ShowAction | UsageError {
  const rules: Rules = {};
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

/** Each sets one rule. False when the rule cannot have this value. */
const SETTERS: Readonly<Record<keyof typeof ALLOWED, (rules: Rules, value: string) => boolean>> = {
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

/** Seconds from `off` or a number of hours, days or weeks up to a year. */
function timerFrom(value: string): number | undefined {
  if (value === "off") return 0;
  const [, count, unit = ""] = /^([1-9]\d{0,3})(h|d|j|w|sem)$/u.exec(value) ?? [];
  const seconds = Number(count) * (UNITS[unit] ?? 0);
  return seconds > 0 && seconds <= LONGEST_TIMER ? seconds : undefined;
}
