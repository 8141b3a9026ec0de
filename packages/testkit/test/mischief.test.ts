import type { GroupEngine } from "@pli/protocol/conversation";
import type { Crypto } from "@pli/protocol/crypto";
import { expect, test } from "vitest";
import { at, createWorld, group, NOW, person, trustAll, value } from "../../protocol/test/group-people.ts";
import { bentCommits, mistaggedCommits } from "../src/simulation/mischief.ts";

const BOB = 2;

/** What an update by the first of four is to the others: whether they follow it. */
async function followed(committer: (crypto: Crypto) => Pick<GroupEngine, "commit">): Promise<boolean[]> {
  const world = await createWorld();
  const people = [];
  for (const name of ["Mallory", "Alice", "Bob", "Carol"]) people.push(await person(world, name));
  const states = await group(world, people);
  const made = await committer(world.crypto).commit(at(states, 0), { update: true, now: NOW, ...trustAll });
  const { commit } = value(made);
  const seen: boolean[] = [];
  for (const state of states.slice(1)) seen.push((await world.engine.processCommit(state, commit, trustAll)).ok);
  return seen;
}

test("a bent commit is one that its victim alone cannot open", async () => {
  expect(await followed((crypto) => bentCommits(crypto, ({ leaf }) => leaf === BOB))).toEqual([true, false, true]);
});

test("a commit bent for everybody is one that nobody can open", async () => {
  expect(await followed((crypto) => bentCommits(crypto, () => true))).toEqual([false, false, false]);
});

test("a commit with a wrong tag is followed by nobody who stays", async () => {
  expect(await followed(mistaggedCommits)).toEqual([false, false, false]);
});
