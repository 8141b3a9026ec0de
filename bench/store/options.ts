import { parseArgs } from "node:util";
import { WORKS, type Work } from "./peer.ts";

export interface Options {
  readonly works: readonly Work[];
  readonly peers: readonly string[];
  readonly rounds: number;
  readonly seconds: number;
  /** Values a new reader takes, and values stored when the server is killed. */
  readonly caughtUp: number;
  readonly stored: number;
  /** Everything, as it is published: results are kept beside the code. */
  readonly whole: boolean;
}

const DEFAULTS = { rounds: 5, seconds: 3, caughtUp: 100_000, stored: 1_000_000 };
const QUICK = { rounds: 1, seconds: 0.5, caughtUp: 1000, stored: 2000 };

/**
 * `--only puts,gets --peers pli-log,redis --rounds 5 --seconds 3 --quick`. Throws with a sentence
 * about what is wrong.
 */
export const parseOptions = (args: readonly string[], allPeers: readonly string[]): Options => {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { only: text, peers: text, rounds: text, seconds: text, quick: { type: "boolean" } },
  });
  const { rounds, seconds, caughtUp, stored } = values.quick === true ? QUICK : DEFAULTS;
  return {
    works: listFrom(values.only, WORKS, "--only"),
    peers: listFrom(values.peers, allPeers, "--peers"),
    rounds: numberFrom(values.rounds, rounds, "--rounds"),
    seconds: numberFrom(values.seconds, seconds, "--seconds"),
    caughtUp,
    stored,
    whole: args.length === 0,
  };
};

const listFrom = <T extends string>(text: string | undefined, all: readonly T[], flag: string): readonly T[] => {
  if (text === undefined) return all;
  const wanted = text.split(",");
  const unknown = wanted.filter((name) => !(all as readonly string[]).includes(name));
  if (unknown.length > 0) throw new Error(`${flag}: there is no ${unknown.join(", ")}; there are ${all.join(", ")}`);
  return all.filter((name) => wanted.includes(name));
};

const numberFrom = (text: string | undefined, fallback: number, flag: string): number => {
  const value = text === undefined ? fallback : Number(text);
  if (!(value > 0)) throw new Error(`${flag} must be a number above 0, not ${text}`);
  return value;
};
