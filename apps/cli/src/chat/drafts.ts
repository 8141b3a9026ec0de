/** The drafts of all conversations, newer than those the engine has. */
import type { PliApi } from "@pli/engine/api";
import type { Ui } from "./ui.ts";

export interface Drafts {
  /** The draft of a conversation, as it was last kept. */
  of(conversation: string): string;
  /** Saves a draft only if it has changed, so that reading writes nothing to a full disk. */
  keep(conversation: string, text: string): void;
  /** Puts a text that could not be sent before the draft. */
  putBefore(conversation: string, text: string): void;
  /** The engine's drafts have come: they count, but where a newer one is on its way to it. */
  heard(): void;
  /** Resolves once the last draft is saved. */
  saved(): Promise<unknown>;
}

/** A text that could not be sent, and what was written since. */
export const joined = (unsent: string, later: string): string => (later === "" ? unsent : `${unsent}\n${later}`);

export function createDrafts(api: PliApi, { state, attempt }: Ui): Drafts {
  const drafts = new Map<string, string>();
  const saving = new Map<string, Promise<unknown>>();
  let lastSave: Promise<unknown> = Promise.resolve();

  const of = (conversation: string): string =>
    drafts.get(conversation) ?? state.conversations.find(({ id }) => id === conversation)?.draft ?? "";

  function save(conversation: string, text: string): void {
    drafts.set(conversation, text);
    const save = api.saveDraft({ conversation, text });
    lastSave = save;
    saving.set(conversation, save);
    attempt(() => save);
    void save.then(() => saving.get(conversation) === save && saving.delete(conversation)).catch(() => undefined);
  }

  /** What could not be saved is here alone, and stays. */
  function heard(): void {
    for (const conversation of drafts.keys()) if (!saving.has(conversation)) drafts.delete(conversation);
  }

  return {
    of,
    keep: (conversation, text) => {
      if (text !== of(conversation)) save(conversation, text);
    },
    putBefore: (conversation, text) => save(conversation, joined(text, drafts.get(conversation) ?? "")),
    heard,
    saved: () => lastSave,
  };
}
