/** Follows a change of a group until the others can act on it. */
import type { GroupView, MessageView, PendingChange, PliApi } from "@pli/engine/api";
import { lineColumns, type Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import type { Deps } from "../home.ts";
import { emitMessage } from "../message/print.ts";
import { readerOf } from "../naming.ts";
import { leaving } from "../parting.ts";
import { wrap } from "../text/width.ts";
import type { Asked } from "./asked.ts";
import { changeSentence } from "./history.ts";
import { pendingFields, waitOf } from "./show.ts";
import { untilInEffect, type ChangeKind } from "./wait.ts";

/** An invitation into a large group takes this long to leave, in ms. */
const OUT_MS = 60_000;

interface Followed {
  readonly asked: Asked;
  readonly kind: ChangeKind;
  /** The name of the group. */
  readonly name: string;
  /** The order of the newest message before the change was asked for. */
  readonly before: number;
  /** How many notes of this device to others waited before. */
  readonly notes: number;
}

/** Waits until a change is in effect, if somebody waits, and says what happened. */
export async function follow(deps: Deps & { wait: boolean }, followed: Followed): Promise<ExitCode> {
  const { context, api } = deps;
  const { words, world } = context;
  const { conversation, change: id } = followed.asked;
  const about = {
    event: "change",
    group: followed.name,
    groupId: conversation,
    ...(id !== undefined && { change: id }),
  };
  if (!deps.wait) {
    context.emit({ ...about, state: "wanted" });
    context.say(words.group.asked);
    return EXIT.done;
  }
  const waiting = (open: PendingChange, shown: GroupView): void => {
    context.emit({ ...about, ...pendingFields(open), state: "waiting" });
    context.note(context.style.dim(words.group.waits[waitOf(shown, open)]));
  };
  const lines = await untilInEffect(context, api, { ...followed, waiting });
  const out = lines === undefined ? "interrupted" : await untilOut(context, api, followed.notes);
  if (lines === undefined || out === "interrupted") {
    context.emit({ ...about, state: "wanted" });
    world.stderr.write(context.globals.json ? "" : `${words.group.stillWanted}\n`);
    return EXIT.interrupted;
  }
  await sayLines(deps, followed, lines);
  context.emit({ ...about, state: out });
  return EXIT.done;
}

/**
 * Waits until the store has all that the others need to act on a change, such as invitations.
 * `wanted`: that takes too long, or the store is gone. The rest leaves later.
 */
async function untilOut(context: Context, api: PliApi, before: number): Promise<"done" | "wanted" | "interrupted"> {
  const left = await leaving(context, api, OUT_MS);
  if (left === undefined) return "interrupted";
  return left.changes === 0 && left.notes <= before ? "done" : "wanted";
}

export const notesWaiting = async (api: PliApi): Promise<number> => (await api.read("status", {})).waiting.notes;

/** Prints the lines of history that a change brought, or that it is done where it brought none. */
async function sayLines(
  { context, api, me }: Deps,
  { asked: { conversation }, name, kind }: Followed,
  lines: readonly MessageView[],
): Promise<void> {
  const { words, say, world } = context;
  const reader = await readerOf(api, me, conversation);
  for (const line of lines) {
    emitMessage(context, line, { kind: "group", id: conversation, name, conversation }, me);
    if (line.body.kind === "change")
      for (const part of wrap(changeSentence(words, line, line.body.change, reader), lineColumns(world))) say(part);
  }
  if (lines.length === 0) say(words.group.done[kind]);
}
