/**
 * What devices say, hear and come to, as lines of a trace: what one reads to find out why a run
 * failed.
 */
import { parseContent } from "@pli/protocol/content";
import { LABELS_EXPORT, type GroupEngine, type GroupState } from "@pli/protocol/conversation";
import { toHex } from "@pli/protocol/crypto";
import { parseGroupControl, parseRules, profileOf, type GroupControl } from "@pli/protocol/group";
import { nameOf } from "./sight.ts";
import type { Trace } from "./trace.ts";

/** So much of an id, a key or a mark is shown, in hexadecimal characters. */
const SHOWN = 8;

/**
 * `groups` as `name` uses them; what goes through is noted. `nameOfProfile`: people by their
 * profile id.
 */
export function noted(
  groups: GroupEngine,
  { trace, name, people }: { trace: Trace; name: string; people: ReadonlyMap<string, string> },
): GroupEngine {
  const note = (line: string): void => trace.note(`${name} ${line}`);
  const membersOf = (state: GroupState): string =>
    groups
      .members(state)
      .map((member) => people.get(profileOf(member) ?? "") ?? "?")
      .join(" ");

  /** A group of people by the epoch; one of two by its other member. */
  function placeOf(state: GroupState): string {
    if (!isOfPeople(groups, state)) return `with ${membersOf(state).replace(name, "").trim()}`;
    const mark = toHex(groups.epochAuthenticator(state)).slice(0, SHOWN);
    return `in ${toHex(groups.groupId(state)).slice(0, 4)} ${groups.epoch(state)}:${mark}`;
  }

  return {
    ...groups,
    encrypt: (state, content, aad) => {
      const words = wordsOf(content);
      if (words !== undefined) note(`says ${words} ${placeOf(state)}`);
      return groups.encrypt(state, content, aad);
    },
    decrypt: async (state, message, p) => {
      const opened = await groups.decrypt(state, message, p);
      const words = opened.ok ? wordsOf(opened.value.content) : `what does not open: ${opened.error}`;
      if (words !== undefined) note(`hears ${words} of leaf ${p.sender} ${placeOf(state)}`);
      return opened;
    },
    commit: async (state, p) => {
      const made = await groups.commit(state, p);
      note(
        `commits ${made.ok ? "" : `in vain (${made.error}) `}+${p.add?.length ?? 0} -${p.remove?.join() ?? ""} ${placeOf(state)}`,
      );
      return made;
    },
    processCommit: async (state, bytes, p) => {
      const done = await groups.processCommit(state, bytes, p);
      note(
        `reads a commit of leaf ${done.ok ? done.value.sender : p.sender}: ${done.ok ? (done.value.removedSelf ? "removes it" : "follows") : JSON.stringify(done.error)} ${placeOf(state)}`,
      );
      return done;
    },
    join: async (welcome, p) => {
      const joined = await groups.join(welcome, p);
      note(joined.ok ? `joins ${placeOf(joined.value)}` : `cannot join: ${joined.error}`);
      return joined;
    },
    exportSecret: (state, label, context, length) => {
      if (label === LABELS_EXPORT && isOfPeople(groups, state)) note(`begins ${placeOf(state)} ${membersOf(state)}`);
      return groups.exportSecret(state, label, context, length);
    },
  };
}

function isOfPeople(groups: GroupEngine, state: GroupState): boolean {
  const rules = groups.rules(state);
  return rules !== undefined && parseRules(rules).ok;
}

/** Receipts and cards are left out: there are many, and they say nothing of groups. */
function wordsOf(content: Uint8Array): string | undefined {
  const parsed = parseContent(content);
  if (!parsed.ok) return "what nobody can read";
  const { body } = parsed.value;
  if (body.kind === "text") return nameOf(body.text);
  if (body.kind !== "control") return undefined;
  const control = parseGroupControl(body.name, body.body);
  return control.ok ? `${body.name}${detailsOf(control.value)}` : undefined;
}

function detailsOf(control: GroupControl): string {
  const short = (bytes: Uint8Array): string => toHex(bytes).slice(0, SHOWN);
  const placed = (place: { group: Uint8Array; epoch: number; mark: Uint8Array } | null): string =>
    place === null ? "nowhere" : `${toHex(place.group).slice(0, 4)} ${place.epoch}:${short(place.mark)}`;
  switch (control.name) {
    case "group-state":
      return ` ${toHex(control.group).slice(0, 4)} since ${control.since ?? "?"} ${control.epochs.map(({ epoch, mark }) => `${epoch}:${short(mark)}`).join(" ")}`;
    case "group-rejoin":
      return ` at ${placed(control.place)}${control.keyPackage.length > 0 ? " with a key package" : ""}`;
    case "group-rejoin-answer":
      return ` ${["works", "stuck", "out"][control.standing]} at ${placed(control.place)}${control.leaf.length > 0 ? ` leaf ${short(control.leaf)}` : ""}`;
    default:
      return "";
  }
}
