import type { ConversationView } from "@pli/engine/api";
import { PliError } from "@pli/engine/errors";
import { expect, test } from "vitest";
import { friends } from "./support/friends.ts";

async function withBob() {
  const { world, alice } = await friends();
  const { id: conversation } = await alice.conversationWith("Bob");
  const draft = async () => (await alice.engine.read("conversation", { id: conversation }))?.draft;
  return { world, alice, conversation, draft, api: alice.engine };
}

test("what is sent is no draft any more, in the same transaction", async () => {
  const { world, api, conversation } = await withBob();
  await api.saveDraft({ conversation, text: "Meet me" });
  const given: ConversationView[] = [];
  api.watch("conversation", { id: conversation }, (view) => view !== undefined && given.push(view));
  await api.sendText({ conversation, text: "Meet me at nine", draft: "Meet me" });
  await world.clock.advance(1_000);
  expect(given.map(({ draft, last }) => draft !== "" && last?.mine === true)).not.toContain(true);
  expect(given.at(-1)).toMatchObject({ draft: "", last: { body: { text: "Meet me at nine" } } });
});

test("a text that is refused leaves the draft that it was", async () => {
  const { api, conversation, draft } = await withBob();
  const text = "é".repeat(40_000);
  await api.saveDraft({ conversation, text });
  await expect(api.sendText({ conversation, text, draft: text })).rejects.toThrow(new PliError("message_too_long"));
  expect(await draft()).toBe(text);
});

test("what was begun in another window since stays when a text is sent", async () => {
  const { api, conversation, draft } = await withBob();
  await api.saveDraft({ conversation, text: "here" });
  await api.saveDraft({ conversation, text: "elsewhere", was: "here" });
  await api.sendText({ conversation, text: "here", draft: "here" });
  expect(await draft()).toBe("elsewhere");
});

test("a text that is sent by a program leaves the draft of whoever writes", async () => {
  const { api, conversation, draft } = await withBob();
  await api.saveDraft({ conversation, text: "half a" });
  await api.sendText({ conversation, text: "by a program" });
  expect(await draft()).toBe("half a");
});

test("of two windows that write at once both drafts are kept, and saving twice keeps them once", async () => {
  const { api, conversation } = await withBob();
  await api.saveDraft({ conversation, text: "one", was: "" });
  const second = { conversation, text: "two", was: "" };
  expect(await api.saveDraft(second)).toEqual({ draft: "one\ntwo" });
  expect(await api.saveDraft(second)).toEqual({ draft: "one\ntwo" });
  expect(await api.saveDraft({ conversation, text: "one\ntwo three", was: "one\ntwo" })).toEqual({
    draft: "one\ntwo three",
  });
});

test("a window that empties its field does not take what another began since", async () => {
  const { api, conversation } = await withBob();
  await api.saveDraft({ conversation, text: "one", was: "" });
  expect(await api.saveDraft({ conversation, text: "", was: "old" })).toEqual({ draft: "one" });
  expect(await api.saveDraft({ conversation, text: "", was: "one" })).toEqual({ draft: "" });
});
