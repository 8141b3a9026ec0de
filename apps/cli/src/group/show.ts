/** A group in JSON and as lines for people. */
import type { ConversationView, GroupMemberView, GroupView, Named, PendingChange } from "@pli/engine/api";
import { isolated, shownName } from "@pli/engine/content";
import { dots, shortId } from "../contact.ts";
import type { Context } from "../context.ts";
import { GUTTER } from "../text/gutter.ts";
import { cutName, type Reader } from "../naming.ts";
import { safeLines } from "../text/safe.ts";
import { createSizes } from "../text/size.ts";
import { columnsOf, cut, fit, wrap } from "../text/width.ts";
import { people, timerSentence, pendingPhrase } from "./history.ts";
import { rejoiningFields, rejoiningSaid } from "./rejoining.ts";
import { visibleOperation } from "./visible.ts";

const WIDEST_NAME = 32;

/** A group in JSON: the shape of docs/cli.md. */
export const groupEvent = (group: GroupView) => ({
  event: "group",
  name: group.name,
  id: group.id,
  description: group.description,
  picture: group.picture !== undefined,
  role: group.role,
  state: group.state,
  ...(group.archive !== undefined && { archive: group.archive }),
  whoAdds: group.whoAdds,
  whoWrites: group.whoWrites,
  timer: group.timer,
  newcomersRead: group.newcomersRead,
  members: group.members.map(memberFields),
  pending: group.pending.map((change) => pendingFields(change)),
  ...(group.blocked !== undefined && { jammed: group.blocked.suspects }),
  ...(group.rejoining !== undefined && { rejoining: rejoiningFields(group.rejoining) }),
});

/** A group of the list in JSON: what is known of it without opening it. */
export const groupListed = ({
  name,
  id,
  members,
  role,
  level,
  timer,
  state,
  unread,
  joining,
  archive,
}: ConversationView) => ({
  event: "group",
  name,
  id,
  members: members ?? 0,
  role: role ?? null,
  level,
  timer: timer ?? 0,
  state,
  unread,
  ...(archive !== undefined && { archive }),
  ...(joining !== undefined && { joining: { ...joining, by: joining.by.name } }),
});

const memberFields = ({ name, id, role, level, isSelf, isContact, devices }: GroupMemberView) => ({
  name,
  id,
  role,
  level,
  self: isSelf,
  contact: isContact,
  devices,
});

export const pendingFields = ({ id, operation, since, waitsFor }: PendingChange) => ({
  change: id,
  wanted: visibleOperation(operation),
  since,
  waitsFor,
});

/**
 * A group as lines of at most `columns`: its state, its members, its rules, its pending changes.
 */
export function groupLines(context: Context, group: GroupView, reader: Reader, columns: number): string[] {
  const { words, style } = context;
  const { facts, roles } = words.group;
  const state = [roles[group.role], stateText(words, group, group.may.write)].filter((text) => text !== "").join(", ");
  const wrapped = (line: string): string[] => wrap(line, columns - 2);
  const section = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : ["", style.bold(title), ...lines.map((line) => `  ${line}`)];
  const description = group.description === "" ? [] : safeLines(group.description);
  const name = cutName(shownName(group.name), columns / 2);
  const about = cut(`${shortId(group.id)}  ${state}`, columns - columnsOf(name) - 2);
  return [
    `${style.bold(name)}  ${style.dim(about)}`,
    ...rejoiningLines(context, group, reader).flatMap(wrapped).map(style.warning),
    ...blockedLines(context, group, reader).flatMap(wrapped).map(style.warning),
    ...section(
      facts.description,
      description.flatMap((line) => wrap(line, columns - 4)).map((line) => style.dim(GUTTER) + isolated(line)),
    ),
    ...section(`${facts.members} (${words.number(group.members.length)})`, memberLines(context, group.members)),
    ...section(facts.rules, ruleLines(context, group).flatMap(wrapped)),
    ...section(
      facts.pending,
      group.pending.flatMap((change) => pendingLines(context, group, change, reader)).flatMap(wrapped),
    ),
  ];
}

/** What is unusual about a group. Nothing waits for somebody who may not write there. */
export function stateText(
  { archive: said, group }: Context["words"],
  { archive, state }: Pick<GroupView, "archive" | "state">,
  writes: boolean,
): string {
  if (archive !== undefined) return said.state;
  return state === "rejoining" && !writes ? group.rejoining.silent : group.states[state];
}

/** What a group waits for that this person has accepted to join. */
export function joiningText({ group }: Context["words"], { joining, progress }: ConversationView): string | undefined {
  if (joining === undefined || progress !== undefined) return undefined;
  const { waitsInviter, waitsStore } = group.questions;
  return joining.waitsFor === "inviter" ? waitsInviter(shownName(joining.by.name)) : waitsStore(joining.store);
}

const capital = (text: string): string => text.slice(0, 1).toLocaleUpperCase() + text.slice(1);

function rejoiningLines(context: Context, { rejoining }: GroupView, reader: Reader): string[] {
  if (rejoining === undefined) return [];
  const { since, hope, advice } = rejoiningSaid(context, rejoining, reader);
  return [`${capital(since)}. ${hope.join(" ")}`, ...(advice === undefined ? [] : [advice])];
}

function blockedLines({ words }: Context, { blocked }: GroupView, reader: Reader): string[] {
  if (blocked === undefined) return [];
  const suspects: Named[] = blocked.suspects;
  const who = suspects.length === 0 ? [] : [words.group.suspects(people(words, suspects, reader))];
  return [words.group.blocked, ...who, words.group.successorAdvice];
}

function memberLines({ words, style }: Context, members: readonly GroupMemberView[]): string[] {
  const name = ({ name: own, isSelf }: GroupMemberView): string =>
    isSelf ? `${shownName(own)} (${words.group.you})` : shownName(own);
  const widest = Math.min(WIDEST_NAME, Math.max(0, ...members.map((member) => columnsOf(name(member)))));
  return members.map((member) => {
    const trust = member.isSelf ? "   " : dots(member.level);
    const about = style.dim(`${shortId(member.id)}  ${words.group.roles[member.role]}`);
    return `${style.accent(trust)}  ${fit(name(member), widest)}  ${about}`;
  });
}

function ruleLines({ words, globals }: Context, group: GroupView): string[] {
  const { rules, facts } = words.group;
  return [
    group.whoAdds === "admins" ? rules.addsAdmins : rules.addsMembers,
    group.whoWrites === "admins" ? rules.writesAdmins : rules.writesEveryone,
    group.newcomersRead === "week" ? rules.newcomersWeek : rules.newcomersNothing,
    timerSentence(words, group.timer),
    ...(group.picture === undefined
      ? []
      : [facts.picture(createSizes(globals.language)(Math.floor((group.picture.length * 3) / 4)))]),
  ];
}

/** A pending change: the word that cancels it, what it changes, what it waits for. */
const pendingLines = ({ words }: Context, group: GroupView, change: PendingChange, reader: Reader): string[] => [
  `${change.id}  ${pendingPhrase(words, change.operation, reader)}`,
  `${" ".repeat(change.id.length)}  ${words.group.waits[waitOf(group, change)]}`,
];

/** While this device sets the group up again, its changes wait for nothing else. */
export const waitOf = ({ state }: GroupView, { waitsFor }: PendingChange): PendingChange["waitsFor"] | "rejoining" =>
  state === "rejoining" ? "rejoining" : waitsFor;
