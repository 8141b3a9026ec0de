import { expect, test } from "vitest";
import { createNotifier } from "../src/ui/shell/notifier.ts";

function setUp(silent: readonly string[] = []) {
  const shown: number[] = [];
  const asked: string[] = [];
  let timer: (() => void) | undefined;
  const notifier = createNotifier({
    isSilent: async (conversation) => {
      asked.push(conversation);
      return silent.includes(conversation);
    },
    show: async (count) => void shown.push(count),
    later: (_, work) => {
      timer = work;
      return () => (timer = undefined);
    },
  });
  const pass = async (): Promise<void> => {
    const work = timer;
    timer = undefined;
    work?.();
    await settled();
  };
  return { notifier, shown, asked, pass };
}

const settled = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 0));

test("five hundred messages of one contact are one notification that counts", async () => {
  const { notifier, shown, asked, pass } = setUp();
  for (let i = 0; i < 500; i++) notifier.arrived("mallory");
  await settled();
  expect(shown).toEqual([1]);
  await pass();
  expect(shown).toEqual([1, 500]);
  await pass();
  expect(shown).toEqual([1, 500]);
  expect(asked).toHaveLength(2);
});

test("what was seen is not counted again", async () => {
  const { notifier, shown, pass } = setUp();
  for (let i = 0; i < 3; i++) notifier.arrived("bob");
  await settled();
  notifier.seen();
  await pass();
  notifier.arrived("bob");
  await settled();
  expect(shown).toEqual([1, 1]);
});

test("muted conversations are not counted, and keep nobody else's message from being told of", async () => {
  const { notifier, shown, pass } = setUp(["mallory"]);
  for (let i = 0; i < 500; i++) notifier.arrived("mallory");
  notifier.arrived("bob");
  await settled();
  expect(shown).toEqual([]);
  await pass();
  expect(shown).toEqual([1]);
});

test("nothing is told any more once it is stopped", async () => {
  const { notifier, shown, pass } = setUp();
  for (let i = 0; i < 3; i++) notifier.arrived("bob");
  await settled();
  notifier.stop();
  await pass();
  expect(shown).toEqual([1]);
});
