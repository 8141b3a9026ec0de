/** Whether every conversation works. */
import type { ConversationView, GroupView, PliApi, StatusView } from "@pli/engine/api";
import { nameForQuotes } from "@pli/engine/content";
import type { Context } from "../context.ts";
import { rejoiningFields, rejoiningSaid } from "../group/rejoining.ts";
import { joiningText } from "../group/show.ts";
import { readerOf, type Reader } from "../naming.ts";
import type { Check } from "./check.ts";

/**
 * Each conversation in which something is wrong. When there is none, the number of conversations.
 */
export async function* checkConversations(
  context: Context,
  api: PliApi,
  { status, conversations }: { status: StatusView; conversations: readonly ConversationView[] },
): AsyncGenerator<Check> {
  const open = conversations.filter(({ state, blocked }) => state !== "left" && !blocked);
  const reader = await readerOf(api, status.profile);
  let amiss = 0;
  for (const conversation of open) {
    const check = await checkConversation(context, api, reader, conversation);
    if (check === undefined) continue;
    amiss += 1;
    yield { name: "conversations", state: "warn", ...check };
  }
  const text = context.words.doctor.conversations(open.length);
  if (amiss === 0) yield { name: "conversations", state: "ok", text, details: { conversations: open.length } };
}

type Finding = Pick<Check, "text" | "advice" | "details">;

async function checkConversation(
  context: Context,
  api: PliApi,
  reader: Reader,
  conversation: ConversationView,
): Promise<Finding | undefined> {
  const { doctor } = context.words;
  const { id, kind, name, contact, state } = conversation;
  if (kind === "group") {
    const found = checkGroup(context, reader, conversation, await api.read("group", { id }));
    return found && { ...found, details: { group: name, groupId: id, ...found.details } };
  }
  if (state !== "rejoining") return undefined;
  const text = doctor.rejoiningContact(reader.nameOf({ id: contact, name }));
  return { text, details: { contact: name, contactId: contact } };
}

/** A group that is being joined or set up again, or whose changes are blocked. */
function checkGroup(
  context: Context,
  reader: Reader,
  conversation: ConversationView,
  group: GroupView | undefined,
): Finding | undefined {
  const { words } = context;
  const shown = nameForQuotes(conversation.name);
  if (conversation.state === "joining")
    return { text: words.doctor.group(shown, joiningText(words, conversation) ?? words.group.states.joining) };
  if (group?.blocked !== undefined)
    return { text: words.doctor.group(shown, words.group.blocked), advice: words.group.successorAdvice };
  if (conversation.state !== "rejoining") return undefined;
  if (group?.rejoining === undefined) return { text: words.doctor.group(shown, words.group.rejoining.silent) };
  const { since, hope, advice } = rejoiningSaid(context, group.rejoining, reader);
  const text = words.doctor.rejoiningGroup({ group: shown, since, hope: hope.join(" ") });
  return { text, advice, details: rejoiningFields(group.rejoining) };
}
