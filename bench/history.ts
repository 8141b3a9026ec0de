/**
 * What one question costs in a conversation of 200,000 texts, all unread: none of them may grow
 * with the conversation.
 */
import type { PliApi } from "@pli/engine/api";
import { createWorld, EVERYTHING, pair, writeLongHistory } from "@pli/testkit";
import { median, rounded, type Measurement } from "./measure.ts";

const ROUNDS = 20;
const SIZES = [1_000, 200_000] as const;

export async function run(): Promise<Measurement[]> {
  const measured: Measurement[] = [];
  for (const count of SIZES) measured.push(...(await measure(count)));
  return measured;
}

async function measure(count: number): Promise<Measurement[]> {
  const world = createWorld();
  const [alice, bob] = [await world.person("Alice"), await world.person("Bob")];
  await pair(world, alice, bob);
  const { id: conversation, contact: author } = await bob.conversationWith("Alice");
  await bob.engine.close();
  await writeLongHistory(bob.disk, { conversation, author, count });
  await bob.start(bob.disk);
  const api: PliApi = bob.engine;
  const newest = (await api.read("messages", { conversation, limit: 1 })).messages[0]?.order ?? 0;
  const middle = newest - Math.floor(count / 2);
  const page = (position: object) => () => api.read("messages", { conversation, limit: 200, ...position });
  const questions: Record<string, () => Promise<unknown>> = {
    "the list of conversations": () => api.read("conversations", {}),
    "the status": () => api.read("status", {}),
    "one conversation": () => api.read("conversation", { id: conversation }),
    "the newest 200": page({}),
    "200 around the middle": page({ around: middle }),
    "200 before the middle": page({ before: middle }),
    "200 after the middle": page({ after: middle }),
    "the oldest 200": page({ after: 0 }),
    "search, a word of one text": () => api.search({ text: `${Math.floor(count / 2)}`, limit: 31 }),
    "search, a word of every text": () => api.search({ text: "text", limit: 31 }),
    "search, the same from the middle on": () => api.search({ text: "text", limit: 31, before: middle }),
    "search, the same in this conversation": () => api.search({ text: "text", limit: 31, conversation }),
    "marking one more text as read": (() => {
      let upTo = newest - count + 1;
      return () => api.markRead({ conversation, upTo: upTo++ });
    })(),
  };
  const measured: Measurement[] = [];
  for (const [metric, ask] of Object.entries(questions)) measured.push(figure(count, metric, await timed(ask)));
  measured.push(
    figure(
      count,
      "marking all of it as read, once",
      await once(() => api.markRead({ conversation, upTo: EVERYTHING })),
    ),
  );
  await Promise.all([alice.engine.close(), bob.engine.close()]);
  return measured;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  await work();
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) times.push(await once(work));
  return median(times);
}

async function once(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

const figure = (count: number, metric: string, value: number): Measurement => ({
  bench: "history",
  subject: `${count} texts`,
  metric,
  value: rounded(value),
  unit: "ms",
});
