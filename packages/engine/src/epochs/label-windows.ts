import type { Chain } from "@pli/protocol/conversation";
import type { Expectation, Expectations } from "../delivery/feed/expectations.ts";
import type { EpochLabels } from "./epochs.table.ts";
import type { Windows } from "./windows.ts";

/**
 * Turns epochs into the labels this device expects: the next of every other sender, our own next,
 * the commit's.
 */
export interface LabelWindows {
  expect(view: EpochLabels): void;
  expectChain(view: EpochLabels, chain: Chain): void;
  expectCommit(view: EpochLabels): void;
  /** A past epoch: only late messages of the others are expected of it. */
  retire(epoch: number): void;
  forget(epoch: number): void;
}

export function createLabelWindows(expectations: Expectations, windows: Windows): LabelWindows {
  function expect(view: EpochLabels): void {
    for (const chain of view.chains) expectChain(view, chain);
    expectCommit(view);
  }

  function expectChain(view: EpochLabels, chain: Chain): void {
    const own = chain.leaf === view.ownLeaf;
    if (own && view.retired) return;
    const slots = windows.of(view.id, chain, view.feed, view.chains.length);
    if (own) return expectOwn(view, slots);
    expectations.set(
      `chain ${view.id}`,
      String(chain.leaf),
      slots.map(({ label, index }) => ({
        label,
        expectation: { kind: "chain", epoch: view.id, leaf: chain.leaf, step: index },
      })),
    );
  }

  function expectOwn(view: EpochLabels, slots: ReturnType<Windows["of"]>): void {
    const expectation: Expectation = { kind: "own", epoch: view.id };
    expectations.set(
      `own ${view.id}`,
      "",
      slots.slice(0, 1).map(({ label }) => ({ label, expectation })),
    );
  }

  /** All attempts that are left: garbage at one whose turn has not come is known when it comes. */
  function expectCommit(view: EpochLabels): void {
    if (view.retired) return expectations.drop(`commit ${view.id}`);
    expectations.set(
      `commit ${view.id}`,
      "",
      view.commits.slice(view.attempt).map(({ label }, i) => ({
        label,
        expectation: { kind: "commit", epoch: view.id, attempt: view.attempt + i },
      })),
    );
  }

  function retire(epoch: number): void {
    expectations.drop(`commit ${epoch}`);
    expectations.drop(`own ${epoch}`);
  }

  function forget(epoch: number): void {
    retire(epoch);
    expectations.drop(`chain ${epoch}`);
    windows.forget(epoch);
  }

  return { expect, expectChain, expectCommit, retire, forget };
}
