/**
 * What a line of a conversation says, read from somebody's file. A shape that no app of this
 * version could have written is refused: apps show what stands here without asking again.
 */
import { MAX_LIFETIME_SECONDS, parseText } from "@pli/protocol/content";
import { isRecord } from "../../api/shapes.ts";
import type { GroupChange, MessageBody, Named } from "../../api/views.ts";
import { isId, isUpTo, nameFrom } from "./fields.ts";

/** What Pli noted of its own work, and asks about: an archive is not the place for it. */
const PASSED: ReadonlySet<unknown> = new Set(["forkRepaired", "ignored", "unopened", "notRemoved", "dropped"]);
const MOST_PEOPLE = 1_000;
const MOST_MISSING = 1_000_000;
const MOST_DEVICES = 1_000;

type Fields = Record<string, unknown>;
type Parse<T> = (fields: Fields) => T | "passed" | undefined;

/** What an archive keeps. A kind that is not here is passed over. */
const BODIES: Readonly<Partial<Record<string, Parse<MessageBody>>>> = {
  text: ({ text }) => {
    const parsed = typeof text === "string" ? parseText(text) : undefined;
    return parsed?.ok === true ? { kind: "text", text: parsed.value } : undefined;
  },
  unknown: () => ({ kind: "unknown" }),
  deleted: ({ by }) => {
    if (by === undefined) return { kind: "deleted" };
    const person = personFrom(by);
    return person && { kind: "deleted", by: person };
  },
  gap: ({ count }) => (isUpTo(count, MOST_MISSING) ? { kind: "gap", count } : undefined),
  // They can be asked for only where they were missed: in an archive they are missing.
  held: ({ count }) => (isUpTo(count, MOST_MISSING) ? { kind: "gap", count } : undefined),
  blocked: ({ count }) => (isUpTo(count, MOST_MISSING) ? { kind: "blocked", count } : undefined),
  shutOut: ({ count }) => (isUpTo(count, MOST_MISSING) ? { kind: "shutOut", count } : undefined),
  away: ({ days }) => (isUpTo(days, MOST_MISSING) ? { kind: "away", days } : undefined),
  rejoined: () => ({ kind: "rejoined" }),
  newKeys: () => ({ kind: "newKeys" }),
  devices: ({ added, removed, devices }) =>
    isUpTo(added, MOST_DEVICES) && isUpTo(removed, MOST_DEVICES) && isUpTo(devices, MOST_DEVICES)
      ? { kind: "devices", added, removed, devices }
      : undefined,
  paired: () => ({ kind: "paired" }),
  renamed: ({ from, to }) => ({ kind: "renamed", from: nameFrom(from, "?"), to: nameFrom(to, "?") }),
  change: ({ change }) => {
    const parsed = isRecord(change) ? changeFrom(change) : undefined;
    return parsed === undefined || parsed === "passed" ? parsed : { kind: "change", change: parsed };
  },
};

/** `passed`: a line that an archive does not keep. Total: it never throws. */
export function parseBody(value: unknown): MessageBody | "passed" | undefined {
  if (!isRecord(value)) return undefined;
  const { kind } = value;
  if (typeof kind !== "string") return undefined;
  return Object.hasOwn(BODIES, kind) ? BODIES[kind]?.(value) : "passed";
}

function changeFrom(fields: Fields): GroupChange | "passed" | undefined {
  const { what } = fields;
  if (PASSED.has(what)) return "passed";
  switch (what) {
    case "joined":
    case "described":
    case "pictured":
      return { what };
    case "created":
    case "named":
      return { what, name: nameFrom(fields["name"], "?") };
    case "added":
    case "removed":
    case "left": {
      const who = peopleFrom(fields["who"]);
      return who && { what, who };
    }
    case "refounded": {
      const without = peopleFrom(fields["without"]);
      return without && { what, without };
    }
    case "role":
      return roleChange(fields);
    default:
      return ruleChange(fields);
  }
}

function roleChange({ who, role }: Fields): GroupChange | undefined {
  const person = personFrom(who);
  if (person === undefined) return undefined;
  return role === "owner" || role === "admin" || role === "member" || role === "reader"
    ? { what: "role", who: person, role }
    : undefined;
}

/** A change that this version does not know is passed over. */
function ruleChange({ what, value, seconds }: Fields): GroupChange | "passed" | undefined {
  if (what === "whoAdds") return value === "admins" || value === "members" ? { what, value } : undefined;
  if (what === "whoWrites") return value === "everyone" || value === "admins" ? { what, value } : undefined;
  if (what === "newcomersRead") return value === "nothing" || value === "week" ? { what, value } : undefined;
  if (what === "timer") return isUpTo(seconds, MAX_LIFETIME_SECONDS) ? { what, seconds } : undefined;
  return typeof what === "string" ? "passed" : undefined;
}

function peopleFrom(value: unknown): Named[] | undefined {
  if (!Array.isArray(value) || value.length > MOST_PEOPLE) return undefined;
  const people = value.flatMap((one: unknown) => personFrom(one) ?? []);
  return people.length === value.length ? people : undefined;
}

function personFrom(value: unknown): Named | undefined {
  if (!isRecord(value)) return undefined;
  const { id, name } = value;
  return isId(id) ? { id, name: nameFrom(name, id) } : undefined;
}
