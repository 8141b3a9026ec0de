import type { HostApi, HostState } from "@pli/engine-web";
import type { ConversationView, PliApi } from "@pli/engine/api";
import { PliError } from "@pli/engine/errors";
import { expect, test } from "vitest";
import { page, userEvent } from "vitest/browser";
import { ArchiveScreen } from "../src/ui/archive/screen.tsx";
import { ConversationRow } from "../src/ui/conversations/row.tsx";
import { LockSettings } from "../src/ui/settings/lock-settings.tsx";
import { LockedThread } from "../src/ui/thread/locked.tsx";
import { Thread } from "../src/ui/thread/thread.tsx";
import { fr } from "../src/words/fr.ts";
import { conversation, fakeApi, group, message } from "./fake.ts";
import { show, WithApi } from "./screen.tsx";

const SECRET = "le mot de la fin";
const locked = (change: Partial<ConversationView> = {}): ConversationView =>
  conversation({ locked: true, last: message({ order: 1 }), draft: "un brouillon", ...change });

/** A device that this locks, and that opens with `SECRET`. */
function host(lock: HostState["lock"] = "passphrase"): Partial<HostApi> {
  return {
    watchHost: (listener) => {
      listener({ phase: "open", lock, leader: true });
      return () => undefined;
    },
    confirm: async (secret) => {
      if (!("passphrase" in secret) || secret.passphrase !== SECRET) throw new PliError("passphrase_wrong");
    },
  };
}

function api(calls: Partial<PliApi> = {}, conversations = [locked()]) {
  const messages = { messages: [message({ order: 1 })], hasOlder: false, hasNewer: false };
  return fakeApi({ group: group(), messages, conversations }, calls);
}

const field = () => page.getByLabelText(fr.lock.field);
const text = () => page.getByText("message 1");

async function open(passphrase: string): Promise<void> {
  await userEvent.fill(field(), passphrase);
  await userEvent.click(page.getByRole("button", { name: fr.lock.open }));
}

test("the list shows neither what was said last nor the draft of a locked conversation", async () => {
  show(
    <WithApi api={api()} host={host()}>
      <ConversationRow conversation={locked()} current={false} now={0} />
    </WithApi>,
  );
  await expect.element(page.getByText(fr.list.locked)).toBeVisible();
  expect(text().elements()).toEqual([]);
  expect(page.getByText("un brouillon").elements()).toEqual([]);
});

test("a locked conversation opens with what opens the device, not with anything else, and shuts when it is left", async () => {
  const one = (
    <WithApi api={api()} host={host()}>
      <LockedThread conversation={locked()} />
    </WithApi>
  );
  const first = show(one);
  await open("autre chose");
  await expect.element(page.getByRole("alert")).not.toBeEmptyDOMElement();
  expect(text().elements()).toEqual([]);
  await open(SECRET);
  await expect.element(text()).toBeVisible();
  first.unmount();
  show(one);
  await expect.element(field()).toBeVisible();
  expect(text().elements()).toEqual([]);
});

test("where nothing locks the device any more, it opens without a question", async () => {
  show(
    <WithApi api={api()} host={host("none")}>
      <LockedThread conversation={locked()} />
    </WithApi>,
  );
  await expect.element(text()).toBeVisible();
});

test.each([
  [
    "the lock is changed",
    <LockSettings key="lock" />,
    () => page.getByRole("radio", { name: new RegExp(`^${fr.lock.none}`, "u") }),
  ],
  [
    "everything is exported",
    <ArchiveScreen key="archive" />,
    () => page.getByRole("button", { name: fr.archive.exportDo }),
  ],
] as const)("while one is locked, the passphrase is asked for before %s", async (_, screen, behind) => {
  show(
    <WithApi api={api()} host={host()}>
      {screen}
    </WithApi>,
  );
  await expect.element(page.getByText(fr.lock.confirmText)).toBeVisible();
  expect(behind().elements()).toEqual([]);
  await open(SECRET);
  await expect.element(behind().first()).toBeInTheDocument();
});

test("the menu locks a conversation, and where nothing locks the device leads to a lock first", async () => {
  const calls: unknown[] = [];
  const lockConversation: PliApi["lockConversation"] = async (asked) => void calls.push(asked);
  const choose = async (lock: HostState["lock"]) => {
    const { unmount } = show(
      <WithApi api={api({ lockConversation }, [])} host={host(lock)}>
        <Thread conversation={conversation()} />
      </WithApi>,
    );
    await userEvent.click(page.getByRole("button", { name: fr.thread.more }));
    await userEvent.click(page.getByRole("menuitem", { name: fr.thread.lock }));
    unmount();
  };
  await choose("passphrase");
  expect(calls).toEqual([{ conversation: "g", locked: true }]);
  await choose("none");
  expect(calls).toHaveLength(1);
  expect(location.pathname).toBe("/settings/lock");
  history.replaceState(null, "", "/");
});
