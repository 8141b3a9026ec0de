/** What has not left yet, and what has come. */
import type { ConversationView, StatusView, StorageView, WaitingMessages } from "@pli/engine/api";
import { nameForQuotes } from "@pli/engine/content";
import type { Context } from "../context.ts";
import { waitingPhrase, waitingThings, type Waiting } from "../parting.ts";
import { awayText, waitingFields } from "../waiting.ts";
import type { Check } from "./check.ts";

/** Receipts that wait are nothing to worry about. */
export function checkMessages(
  context: Context,
  { counters }: StorageView,
  { left, status, conversations }: { left: Waiting; status: StatusView; conversations: readonly ConversationView[] },
): Check {
  const { doctor } = context.words;
  const repairs = counters.rejoins + counters.forks + counters.refoundings;
  const details = { pending: left.messages, waiting: left, ...counters, repairs };
  if (waitingThings(left) > 0) {
    const { waitsFor = [], connection } = status;
    const then = connection.state === "online" ? doctor.waitingOnlineAdvice : doctor.waitingAdvice;
    const advice = [...waitsFor.map((one) => waitingText(context, one, conversations)), then].join(" ");
    const reasons = waitsFor.map((one) => ({ conversation: one.conversation, ...waitingFields(one) }));
    const text = doctor.waiting(waitingPhrase(context, left));
    return { name: "messages", state: "warn", text, advice, details: { ...details, waitsFor: reasons } };
  }
  const text = doctor.counters({ ...counters, repairs });
  if (counters.gaps + counters.undecryptable > 0)
    return { name: "messages", state: "warn", text, advice: doctor.countersAdvice, details };
  const said = left.receipts === 0 ? text : `${text}; ${doctor.receipts(left.receipts)}`;
  return { name: "messages", state: "ok", text: said, details };
}

/** To whom messages are written that wait, and what they wait for. */
function waitingText(context: Context, waiting: WaitingMessages, conversations: readonly ConversationView[]): string {
  const say = context.words.waiting.doctor;
  const name = nameForQuotes(conversations.find(({ id }) => id === waiting.conversation)?.name ?? "?");
  if (waiting.away !== undefined) return say.store(waiting.messages, name, awayText(context, waiting.away));
  return say[waiting.what === "people" ? "people" : "turn"](waiting.messages, name);
}
