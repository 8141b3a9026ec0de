import type { ConversationView } from "../../api/views.ts";
import type { QueryHandlers } from "../../api/handlers.ts";
import type { Kit } from "../../kit.ts";
import type { Tx } from "../../runtime/context.ts";
import { isLockedDown } from "../lockdown/lockdown.ts";
import { findConversationView, listConversations, listGroupsWith } from "./conversations.views.table.ts";

/** What the list asks of groups. */
export interface JoiningGroups {
  /** What a group that is being joined waits for. */
  joining(tx: Tx, conversation: string): Promise<ConversationView["joining"]>;
}

/** The list of conversations, and each of them. */
export function createConversationQueries({ profiles }: Pick<Kit, "profiles">, groups: JoiningGroups) {
  async function withJoining(tx: Tx, view: ConversationView): Promise<ConversationView> {
    const joining = view.state === "joining" ? await groups.joining(tx, view.id) : undefined;
    return joining === undefined ? view : { ...view, joining };
  }

  return {
    conversations: async (tx) => {
      const all: ConversationView[] = [];
      for (const view of await undecoded(tx, await listConversations(tx, await profiles.self(tx))))
        all.push(await withJoining(tx, view));
      return all;
    },
    conversation: async (tx, { id }) => {
      const found = await findConversationView(tx, id, await profiles.self(tx));
      const [view] = found === undefined ? [] : await undecoded(tx, [found]);
      return view && withJoining(tx, view);
    },
    groupsWith: async (tx, { contact }) => undecoded(tx, await listGroupsWith(tx, contact, await profiles.self(tx))),
  } satisfies Partial<QueryHandlers>;
}

/** During a lockdown no app gets a picture that somebody else chose. */
async function undecoded(tx: Tx, views: readonly ConversationView[]): Promise<ConversationView[]> {
  if (!(await isLockedDown(tx))) return [...views];
  return views.map((view) => {
    const { picture: _, ...undrawn } = view;
    return undrawn;
  });
}
