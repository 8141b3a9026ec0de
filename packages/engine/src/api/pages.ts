import type { MessageView } from "./views.ts";
import type { Queries } from "./schema.ts";

const PAGE = 200;

type Messages = Queries["messages"];

/**
 * A conversation from behind an order on, page by page, the last as it is when it is reached.
 * `read`: reads one page.
 */
export async function* pagesAfter(
  read: (parameters: Messages["parameters"]) => Promise<Messages["result"] | undefined>,
  { conversation, after }: { conversation: string; after: number },
): AsyncGenerator<readonly MessageView[]> {
  for (let from = after; ;) {
    const page = await read({ conversation, limit: PAGE, after: from });
    const last = page?.messages.at(-1);
    if (page === undefined || last === undefined) return;
    yield page.messages;
    if (!page.hasNewer) return;
    from = last.order;
  }
}

/** A whole conversation, oldest first: as much memory as it is long. */
export async function allMessages(
  read: Parameters<typeof pagesAfter>[0],
  conversation: string,
): Promise<MessageView[]> {
  const all: MessageView[] = [];
  for await (const page of pagesAfter(read, { conversation, after: 0 })) all.push(...page);
  return all;
}
