import type { MessageView } from "@pli/engine/api";
import { useState } from "react";
import { expect, test, vi } from "vitest";
import { page } from "vitest/browser";
import type { Goal } from "../src/ui/thread/log/goal.ts";
import { Log } from "../src/ui/thread/log/log.tsx";
import { rowsFrom } from "../src/ui/thread/log/rows.ts";
import { fakeApi, message } from "./fake.ts";
import { show, WithApi } from "./screen.tsx";

const MESSAGES = Array.from({ length: 200 }, (_, order) => message({ order }));

const actions = {
  copy: vi.fn(),
  resend: vi.fn(),
  askAgain: vi.fn(),
  forget: vi.fn(),
  openLink: vi.fn(),
  writable: true,
  mayDelete: () => false,
  deleteForEveryone: vi.fn(),
  answer: vi.fn(),
  edit: vi.fn(),
  react: vi.fn(),
  star: vi.fn(),
  forward: vi.fn(),
  showVersions: vi.fn(),
  goTo: vi.fn(),
};

const nothing = () => undefined;

const END: Goal = { at: "end" };

function Frame({ unreadFrom, goal: first = END }: { unreadFrom?: string; goal?: Goal }) {
  const [goal] = useState<Goal>(first);
  const [extra, setExtra] = useState<MessageView[]>([]);
  const more = () => setExtra([...extra, message({ order: MESSAGES.length + extra.length })]);
  return (
    <WithApi api={fakeApi({})}>
      <div style={{ display: "flex", flexDirection: "column", blockSize: "400px" }}>
        <Log
          rows={rowsFrom([...MESSAGES, ...extra], unreadFrom)}
          name="Camille"
          group={false}
          goal={goal}
          isMoving={false}
          unread={0}
          isPast={false}
          target={undefined}
          hasOlder={false}
          hasNewer={false}
          onView={nothing}
          onSee={nothing}
          onGoal={nothing}
          onUnread={nothing}
          actions={actions}
        />
        <button onClick={more}>more</button>
      </div>
    </WithApi>
  );
}

const text = (order: number) => page.getByText(`message ${order}`, { exact: true });
const settled = () => new Promise((resolve) => setTimeout(resolve, 300));

test("opens at the end when nothing is unread, and follows what comes", async () => {
  show(<Frame />);
  await expect.element(text(199)).toBeInViewport();
  await page.getByRole("button", { name: "more" }).click();
  await expect.element(text(200)).toBeInViewport();
});

test("opens at the first unread message and stays there, also when more arrives", async () => {
  show(<Frame unreadFrom="m100" goal={{ at: 100, as: "first" }} />);
  await expect.element(text(100)).toBeInViewport();
  await settled();
  await expect.element(text(100)).toBeInViewport();
  await expect.element(text(199)).not.toBeInViewport();
  await page.getByRole("button", { name: "more" }).click();
  await settled();
  await expect.element(text(100)).toBeInViewport();
});

test("opens at the message a search led to, whatever is unread", async () => {
  show(<Frame unreadFrom="m180" goal={{ at: 40 }} />);
  await expect.element(text(40)).toBeInViewport();
  await settled();
  await expect.element(text(40)).toBeInViewport();
  await expect.element(text(199)).not.toBeInViewport();
});
