/** What was done with a message, in a line of an export: read from somebody's file, so bounded. */
import { parseEmoji, parseText } from "@pli/protocol/content";
import { LATEST_MS } from "@pli/protocol/object";
import { isRecord } from "../../api/shapes.ts";
import type { MessageView, Named, TextVersion } from "../../api/views.ts";
import { isId, isUpTo, nameFrom } from "./fields.ts";

export interface ExportedActions {
  /** The id of the message that it answers. */
  readonly replyTo?: string;
  /** What a text said, the oldest first; the last is what it says. */
  readonly versions?: readonly TextVersion[];
  readonly reactions?: readonly { readonly emoji: string; readonly people: readonly Named[] }[];
  readonly starred?: true;
}

const MOST_VERSIONS = 64;
/** Of all versions of one text, in JSON: a line has a bound. */
const VERSIONS_CHARS = 100_000;
const MOST_EMOJI = 1_000;
const MOST_PEOPLE = 1_000;

export function actionsOf(
  { replyTo, reactions, starred }: MessageView,
  versions: readonly TextVersion[],
): ExportedActions {
  return {
    ...(replyTo !== undefined && { replyTo: replyTo.message }),
    ...fitting(versions),
    ...(reactions !== undefined && { reactions: reactions.map(({ emoji, people }) => ({ emoji, people })) }),
    ...(starred === true && { starred }),
  };
}

/** The first, the last, and of those between the newest that fit; none if the two do not. */
function fitting(versions: readonly TextVersion[]): Pick<ExportedActions, "versions"> {
  const some = [...versions];
  while (some.length > 2 && JSON.stringify(some).length > VERSIONS_CHARS) some.splice(1, 1);
  return some.length > 0 && JSON.stringify(some).length <= VERSIONS_CHARS ? { versions: some } : {};
}

/** Undefined: it is not what an export says. */
export function parseActions({
  replyTo,
  versions,
  reactions,
  starred,
}: Record<string, unknown>): ExportedActions | undefined {
  if (replyTo !== undefined && !isId(replyTo)) return undefined;
  if (starred !== undefined && starred !== true) return undefined;
  const texts = versions === undefined ? [] : allOf(versions, MOST_VERSIONS, versionFrom);
  const emojis = reactions === undefined ? [] : allOf(reactions, MOST_EMOJI, reactionFrom);
  if (texts === undefined || emojis === undefined) return undefined;
  return {
    ...(replyTo !== undefined && { replyTo }),
    ...(texts.length > 0 && { versions: texts }),
    ...(emojis.length > 0 && { reactions: emojis }),
    ...(starred === true && { starred }),
  };
}

function allOf<T>(
  value: unknown,
  most: number,
  parse: (one: Record<string, unknown>) => T | undefined,
): T[] | undefined {
  if (!Array.isArray(value) || value.length > most) return undefined;
  const all = value.flatMap((one: unknown) => (isRecord(one) ? [parse(one)] : [undefined]));
  return all.every((one) => one !== undefined) ? all : undefined;
}

function versionFrom({ text, at }: Record<string, unknown>): TextVersion | undefined {
  const parsed = typeof text === "string" ? parseText(text) : undefined;
  return parsed?.ok === true && isUpTo(at, LATEST_MS) ? { text: parsed.value, at } : undefined;
}

function reactionFrom({ emoji, people }: Record<string, unknown>): { emoji: string; people: Named[] } | undefined {
  const parsed = typeof emoji === "string" ? parseEmoji(emoji) : undefined;
  const named = allOf(people, MOST_PEOPLE, personFrom);
  return parsed !== undefined && named !== undefined && named.length > 0 ? { emoji: parsed, people: named } : undefined;
}

const personFrom = ({ id, name }: Record<string, unknown>): Named | undefined =>
  isId(id) ? { id, name: nameFrom(name, id) } : undefined;
