import { createHash, randomInt } from "node:crypto";
import { feedOf, labelKey, type Cell, type Entry, type Label } from "@pli/protocol/wire";
import type { Put, Storage } from "../../src/storage/storage.ts";
import { randomCell, randomLabel } from "../lib/client.ts";
import type { Operation } from "./linearizable.ts";

/** Every operation of a load, by label, and every new cell that each store node announced. */
export interface History {
  readonly operations: ReadonlyMap<string, readonly Operation[]>;
  /** `announced[node]`: label and value at each position from 0. */
  readonly announced: readonly (readonly string[])[];
  /** Times at which a put was acknowledged as created. */
  readonly acknowledged: readonly number[];
  readonly answers: Readonly<Record<string, number>>;
}

export interface Load {
  stop(): Promise<History>;
  /** The number of operations answered so far. */
  count(): number;
}

/** The name of a cell's bytes in a history. */
const valueOf = (cell: Uint8Array): string => createHash("sha256").update(cell).digest("hex").slice(0, 16);

/** The name of an entry of a feed: label and value. */
export const entryName = ({ label, cell }: Entry): string => `${labelKey(label)} ${valueOf(cell)}`;

const WORKERS_PER_NODE = 6;
const CONTENDED = 4;
const PAUSE_MS = 12;
const DAY = 20_000;

/**
 * Puts and gets through every store node until it is stopped. It uses fresh labels, labels that
 * several put at once, repeated puts as of a client that had no answer, and gets. It records every
 * answer.
 */
export const startLoad = (nodes: readonly Storage[]): Load => {
  const operations = new Map<string, Operation[]>();
  const acknowledged: number[] = [];
  const answers: Record<string, number> = {};
  const announced = nodes.map((node) => listenTo(node));
  const cells = new Map<string, Cell[]>();
  const recent: Label[] = [];
  let contended = Array.from({ length: CONTENDED }, () => randomLabel());
  let count = 0;
  let over = false;
  const renew = setInterval(() => {
    contended = contended.map((label) => ((operations.get(labelKey(label))?.length ?? 0) > 14 ? randomLabel() : label));
  }, 50);

  const record = (label: Label, operation: Operation, answer: string): void => {
    const key = labelKey(label);
    operations.set(key, [...(operations.get(key) ?? []), operation]);
    answers[answer] = (answers[answer] ?? 0) + 1;
    count += 1;
  };
  const put = async (node: Storage, label: Label, cell: Cell): Promise<boolean> => {
    const start = performance.now();
    const one: Put = { kind: "cell", label, bytes: cell };
    const [result] = await node.commit([one], DAY).catch(() => []);
    const answer = result === undefined || result.outcome === "failed" ? undefined : result.outcome;
    const end = answer === undefined ? Number.POSITIVE_INFINITY : performance.now();
    if (answer === "created") acknowledged.push(end);
    const refused = result?.outcome === "failed" ? result.code : "thrown";
    record(label, { kind: "put", start, end, value: valueOf(cell), answer }, answer ?? refused);
    return answer !== undefined;
  };
  const putFresh = async (node: Storage): Promise<void> => {
    const [label, cell] = [randomLabel(), randomCell()];
    recent[randomInt(64)] = label;
    for (let tries = 0; tries < 3 && !(await put(node, label, cell)) && !over; tries += 1) await pause();
  };
  const putContended = async (node: Storage): Promise<void> => {
    const label = contended[randomInt(CONTENDED)] as Label;
    const rivals = cells.get(labelKey(label)) ?? [randomCell(), randomCell(), randomCell()];
    cells.set(labelKey(label), rivals);
    await put(node, label, rivals[randomInt(rivals.length)] as Cell);
  };
  const get = async (node: Storage): Promise<void> => {
    const label = randomInt(2) === 0 ? contended[randomInt(CONTENDED)] : recent[randomInt(64)];
    if (label === undefined) return;
    const start = performance.now();
    const found = await node.get(label).catch(() => null);
    if (found === null) return;
    const answer = found === undefined ? undefined : valueOf(found);
    record(label, { kind: "get", start, end: performance.now(), answer }, answer === undefined ? "absent" : "found");
  };
  const work = async (node: Storage): Promise<void> => {
    while (!over) {
      const choice = randomInt(100);
      await (choice < 60 ? putFresh(node) : choice < 85 ? putContended(node) : get(node));
      await pause();
    }
  };
  const workers = nodes.flatMap((node) => Array.from({ length: WORKERS_PER_NODE }, () => work(node)));
  return {
    count: () => count,
    stop: async () => {
      over = true;
      clearInterval(renew);
      await Promise.all(workers);
      return { operations, announced, acknowledged, answers };
    },
  };
};

/**
 * Everything that a node announces of feed 0, by position. It throws when a position is announced
 * twice, or out of order.
 */
const listenTo = (node: Storage): string[] => {
  const announced: string[] = [];
  node.listen((feed, first, entries) => {
    if (feed !== 0 || first !== announced.length) throw new Error(`announced ${first} after ${announced.length}`);
    announced.push(...entries.map(entryName));
    if (entries.some(({ label }) => feedOf(label) !== 0)) throw new Error("announced a cell of another feed");
  });
  return announced;
};

const pause = (): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, randomInt(PAUSE_MS));
  });
