import type { ConversationView, PliApi, Queries, QueryName } from "@pli/engine/api";
import { Profiler } from "react";
import { expect, test } from "vitest";
import { page } from "vitest/browser";
import { ConversationsPane } from "../src/ui/conversations/pane.tsx";
import { Banner } from "../src/ui/shell/connection/banner.tsx";
import { Screen } from "../src/ui/shell/screen.tsx";
import { contact, conversation, fakeApi, message, SELF } from "./fake.ts";
import { show, WithApi } from "./screen.tsx";

const MESSAGES = Array.from({ length: 20 }, (_, order) => message({ order: order + 1 }));

const CONVERSATIONS = [
  conversation({ id: "g", name: "Budget", last: MESSAGES.at(-1), readUpTo: 20 }),
  ...["Camille", "Paul", "Anna"].map((name) =>
    conversation({ id: `with-${name}`, kind: "direct", contact: `id-${name}`, name, level: 3 }),
  ),
];

const status = (receipts: number): Queries["status"]["result"] => ({
  profile: { id: SELF, name: "Nadia", createdAt: 0 },
  connection: { state: "online", store: "", since: 0 },
  pending: 0,
  waiting: { pairings: 0, changes: 0, notes: 0, receipts },
});

/**
 * The app on the thread of a group, and a way to give live queries new values, as an engine does.
 */
function showApp() {
  const listeners = new Map<QueryName, Set<(value: unknown) => void>>();
  const values = {
    status: status(0),
    conversations: CONVERSATIONS,
    contacts: ["Camille", "Paul", "Anna"].map(contact),
    pairings: [],
    groupQuestions: [],
    messages: { messages: MESSAGES, hasOlder: false, hasNewer: false },
  };
  const base = fakeApi(values);
  const api: Partial<PliApi> = {
    ...base,
    watch(name, parameters, listener) {
      const all = listeners.get(name) ?? new Set();
      listeners.set(name, all.add(listener as (value: unknown) => void));
      return base.watch?.(name, parameters, listener) ?? (() => undefined);
    },
  };
  const give = <N extends QueryName>(name: N, value: Queries[N]["result"]) =>
    listeners.get(name)?.forEach((listener) => listener(structuredClone(value)));
  const renders = { list: 0, thread: 0 };
  show(
    <WithApi api={api} host={{ watchHost: () => () => undefined }}>
      <Profiler id="list" onRender={() => (renders.list += 1)}>
        <Banner />
        <ConversationsPane current="g" />
      </Profiler>
      <div style={{ blockSize: "500px" }}>
        <Profiler id="thread" onRender={() => (renders.thread += 1)}>
          <Screen path="/c/g" />
        </Profiler>
      </div>
    </WithApi>,
  );
  /** How often each part was rendered while `act` was done ten times, with a pause after each. */
  const rendersOf = async (act: (time: number) => void) => {
    await expect.element(page.getByRole("article").filter({ hasText: "message 20" })).toBeVisible();
    await new Promise((resolve) => setTimeout(resolve, 500));
    Object.assign(renders, { list: 0, thread: 0 });
    for (let time = 1; time <= 10; time++) {
      act(time);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return renders;
  };
  return { give, rendersOf };
}

test("a status in which only receipts changed renders nothing", async () => {
  const { give, rendersOf } = showApp();
  expect(await rendersOf((receipts) => give("status", status(receipts)))).toEqual({ list: 0, thread: 0 });
});

test("a message in another conversation renders the list, and not the open thread", async () => {
  const { give, rendersOf } = showApp();
  const unread = (count: number): ConversationView[] =>
    CONVERSATIONS.map((one) => (one.name === "Paul" ? { ...one, unread: count } : one));
  expect(await rendersOf((count) => give("conversations", unread(count)))).toEqual({ list: 10, thread: 0 });
});
