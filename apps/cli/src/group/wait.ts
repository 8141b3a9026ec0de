import type { GroupView, MessageView, PendingChange, PliApi } from "@pli/engine/api";
import { isErrorCode } from "@pli/engine/errors";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import type { Asked } from "./perform.ts";

/** Enough for every line that one change can bring. */
const LINES = 300;

type Waiting = (change: PendingChange, group: GroupView) => void;

/**
 * Resolves once nothing of what was asked is pending any more: with the lines of history that came
 * since `before` by this person. Rejects with the reason when it was dropped; gives undefined when
 * interrupted: it stays wanted. Of a group just founded, all that is pending was asked.
 */
export async function untilInEffect(
  context: Context,
  api: PliApi,
  p: { asked: Asked; kind: PendingChange["wanted"]["kind"]; before: number; waiting: Waiting },
): Promise<MessageView[] | undefined> {
  const { conversation, change } = p.asked;
  const isAsked = ({ id }: PendingChange): boolean => change === undefined || id === change;
  const over = Promise.withResolvers<"settled" | "interrupted">();
  let said = "";
  const look = (group: GroupView | undefined): void => {
    const open = group?.state === "left" ? undefined : group?.pending.find(isAsked);
    if (group === undefined || open === undefined) return over.resolve("settled");
    const now = `${open.id} ${open.waitsFor} ${group.state}`;
    if (said !== now) p.waiting(open, group);
    said = now;
  };
  const stops = [
    context.world.onInterrupt(() => over.resolve("interrupted")),
    api.watch("group", { id: conversation }, look),
  ];
  const how = await over.promise;
  for (const stop of stops) stop();
  if (how === "interrupted") return undefined;
  const lines = await linesSince(api, conversation, p.before);
  await throwDropped(api, lines, p.kind);
  return lines;
}

/** The place of the newest message of a conversation. */
export async function newestOrder(api: PliApi, conversation: string): Promise<number> {
  const { messages } = await api.read("messages", { conversation, limit: 1 });
  return messages.at(-1)?.order ?? -1;
}

async function linesSince(api: PliApi, conversation: string, order: number): Promise<MessageView[]> {
  const { messages } = await api.read("messages", { conversation, limit: LINES });
  return messages.filter((message) => message.mine && message.order > order && message.body.kind === "change");
}

/** The failure says it, once: its line does not stay in the conversation as well. */
async function throwDropped(
  api: PliApi,
  lines: readonly MessageView[],
  kind: PendingChange["wanted"]["kind"],
): Promise<void> {
  for (const { id, body } of lines) {
    if (body.kind !== "change" || body.change.what !== "dropped" || body.change.wanted.kind !== kind) continue;
    await api.forgetMessage({ message: id });
    throw new Failure(isErrorCode(body.change.why) ? body.change.why : "internal");
  }
}
