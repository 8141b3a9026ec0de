/** Waits until a change of a group is in effect. */
import type { GroupView, MessageView, PendingChange, PliApi } from "@pli/engine/api";
import { isErrorCode } from "@pli/engine/errors";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import type { Asked } from "./asked.ts";

/** Enough for every line that one change can bring. */
const LINES = 300;

/** How the engine calls a change. */
export type ChangeKind = PendingChange["operation"]["kind"];

type Waiting = (change: PendingChange, group: GroupView) => void;

/**
 * Resolves once nothing of what was asked is pending any more, with the lines of history that this
 * person's changes brought after the message `before`. Rejects with the reason when the change was
 * dropped. Gives undefined when interrupted: the change stays pending. In a new group, everything
 * pending was asked.
 */
export async function untilInEffect(
  context: Context,
  api: PliApi,
  { asked, kind, before, waiting }: { asked: Asked; kind: ChangeKind; before: number; waiting: Waiting },
): Promise<MessageView[] | undefined> {
  const { conversation, change } = asked;
  const isAsked = ({ id }: PendingChange): boolean => change === undefined || id === change;
  const over = Promise.withResolvers<"settled" | "interrupted">();
  let said = "";
  const look = (group: GroupView | undefined): void => {
    const open = group?.state === "left" ? undefined : group?.pending.find(isAsked);
    if (group === undefined || open === undefined) return over.resolve("settled");
    const now = `${open.id} ${open.waitsFor} ${group.state}`;
    if (said !== now) waiting(open, group);
    said = now;
  };
  const stops = [
    context.world.onInterrupt(() => over.resolve("interrupted")),
    api.watch("group", { id: conversation }, look),
  ];
  const how = await over.promise;
  for (const stop of stops) stop();
  if (how === "interrupted") return undefined;
  const lines = await linesSince(api, conversation, before);
  await throwDropped(api, lines, kind);
  return lines;
}

/** The order of the newest message of a conversation; -1 for none. */
export async function newestOrder(api: PliApi, conversation: string): Promise<number> {
  const { messages } = await api.read("messages", { conversation, limit: 1 });
  return messages.at(-1)?.order ?? -1;
}

async function linesSince(api: PliApi, conversation: string, order: number): Promise<MessageView[]> {
  const { messages } = await api.read("messages", { conversation, limit: LINES });
  return messages.filter((message) => message.mine && message.order > order && message.body.kind === "change");
}

/** A dropped change becomes a failure of the command, and its line leaves the conversation. */
async function throwDropped(api: PliApi, lines: readonly MessageView[], kind: ChangeKind): Promise<void> {
  for (const { id, body } of lines) {
    if (body.kind !== "change" || body.change.what !== "dropped" || body.change.operation.kind !== kind) continue;
    await api.forgetMessage({ message: id });
    throw new Failure(isErrorCode(body.change.why) ? body.change.why : "internal");
  }
}
