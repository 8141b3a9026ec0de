import type { EngineOptions } from "@pli/engine";
import { createWorld, EVERYTHING, pair, type Person } from "../people.ts";
import { createDice, type Dice } from "../simulation/dice.ts";
import { type Moment, putsOf } from "./clues.ts";
import { recordStore } from "./recorder.ts";
import { since } from "./view.ts";

/** People in twos, who write to each other and to nobody else. */
export interface CouplesOptions {
  readonly seed: number;
  readonly couples: number;
  readonly hours: number;
  /** Texts that each writes in an hour, on average. */
  readonly texts: number;
  /** Whether what one writes is answered within minutes, or each writes when they like. */
  readonly answers: boolean;
  readonly engine: Partial<EngineOptions>;
}

export interface CouplesSeen {
  /** What the store saw from when all were paired. */
  readonly puts: readonly Moment[];
  readonly partners: ReadonlyMap<string, string>;
  /**
   * How long it took until the other's device said that it has a text, in ms; texts that nobody did
   * are left out.
   */
  readonly delivered: readonly number[];
  /** Texts written. */
  readonly texts: number;
}

interface PendingOperation {
  readonly at: number;
  readonly who: number;
  readonly do: "write" | "read";
}

const SETTLE_MS = 1_800_000;
const HOUR_MS = 3_600_000;

/**
 * Lets couples talk over a store in memory, with the app open all the time, and gives what the
 * store saw.
 */
export async function watchCouples(options: CouplesOptions): Promise<CouplesSeen> {
  const dice = createDice(`couples ${options.seed}`);
  const world = createWorld();
  const recorder = recordStore(world.store);
  const people: Person[] = [];
  for (let i = 0; i < options.couples * 2; i++) {
    const who = `P${i}`;
    people.push(await world.person(who, options.engine, { store: recorder.as(who) }));
  }
  const at = (who: number): Person => people[who] ?? raise();
  const partnerOf = (who: number): number => who ^ 1;
  for (let who = 0; who < people.length; who += 2) await pair(world, at(who), at(partnerOf(who)));
  await world.clock.advance(SETTLE_MS);
  const conversations = await Promise.all(
    people.map(async (person, who) => (await person.conversationWith(at(partnerOf(who)).name)).id),
  );
  const delays: number[] = [];
  for (const [who, person] of people.entries()) watchDelivery(person, conversations[who] ?? "", delays);
  const began = world.clock.now();
  const operations = wishesOf(dice, options);
  for (const operation of operations) {
    await world.clock.advance(Math.max(0, began + operation.at - world.clock.now()));
    const conversation = conversations[operation.who] ?? "";
    if (operation.do === "read") await at(operation.who).engine.markRead({ conversation, upTo: EVERYTHING });
    else await at(operation.who).engine.sendText({ conversation, text: `${operation.at}` });
  }
  await world.clock.advance(Math.max(0, began + options.hours * HOUR_MS - world.clock.now()));
  for (const person of people) await person.engine.close();
  const partners = new Map(people.map(({ name }, who) => [name, at(partnerOf(who)).name]));
  const puts = putsOf(since(recorder.view(), began + 1));
  return {
    puts,
    partners,
    delivered: delays,
    texts: operations.filter((operation) => operation.do === "write").length,
  };

  function watchDelivery(person: Person, conversation: string, into: number[]): void {
    const known = new Set<string>();
    person.engine.watch("messages", { conversation, limit: 60 }, ({ messages }) => {
      for (const { id, mine, state, sentAt } of messages) {
        if (!mine || (state !== "delivered" && state !== "read") || known.has(id)) continue;
        known.add(id);
        into.push(world.clock.now() - sentAt);
      }
    });
  }
}

/**
 * Irregular: talks of a few texts that follow each other within a minute or so, at any time; who
 * gets one looks at it soon.
 */
function wishesOf(dice: Dice, { couples, hours, texts, answers }: CouplesOptions): PendingOperation[] {
  const [operations, end]: [PendingOperation[], number] = [[], hours * HOUR_MS];
  const fraction = (): number => dice.below(2 ** 30) / 2 ** 30;
  const wait = (mean: number): number => Math.ceil(-Math.log(1 - fraction()) * mean);
  const write = (who: number, at: number): void => {
    if (at >= end) return;
    operations.push({ at, who, do: "write" }, { at: at + 1_000 + wait(30_000), who: who ^ 1, do: "read" });
  };
  for (let couple = 0; couple < couples; couple++) {
    const mean = HOUR_MS / texts / 2;
    for (let at = wait(mean * (answers ? 5 : 1)); at < end; at += wait(mean * (answers ? 5 : 1))) {
      let who = couple * 2 + (fraction() < 0.5 ? 0 : 1);
      write(who, at);
      let then = at;
      while (answers && fraction() < 0.8) {
        then += 3_000 + wait(25_000);
        who = fraction() < 0.75 ? who ^ 1 : who;
        write(who, then);
      }
    }
  }
  return operations.toSorted((a, b) => a.at - b.at);
}

const raise = (): never => {
  throw new RangeError("nobody of this number");
};

/**
 * The share of addresses whose partner was guessed, from 0 to 1. Chance is 1 of all others.
 */
export function shareRight(
  guesses: readonly { readonly who: string; readonly other: string }[],
  partners: ReadonlyMap<string, string>,
): number {
  return guesses.filter(({ who, other }) => partners.get(who) === other).length / partners.size;
}
