import { labelKey, type Label } from "@pli/protocol/wire";

/** Why a label is expected, and so what to do with the cell under it. */
export type Expectation =
  /** A sender's cell: place `step` of the chain of `leaf`. */
  | { readonly kind: "chain"; readonly epoch: number; readonly leaf: number; readonly step: number }
  /** This device's own next label: a cell there that we did not write means that our state is old. */
  | { readonly kind: "own"; readonly epoch: number }
  /** The one place of a group change. */
  | { readonly kind: "commit"; readonly epoch: number; readonly attempt: number }
  /** The first chunk of an object somebody is to write for us. */
  | { readonly kind: "object"; readonly owner: string; readonly name: string };

/**
 * The labels this device expects in the feeds: everything it can recognise. Kept in groups (a chain, a commit slot, a
 * watch) that are replaced as a whole when their state moves.
 */
export interface Expectations {
  find(label: Label): Expectation | undefined;
  set(group: string, labels: readonly { label: Label; expectation: Expectation }[]): void;
  /** Drops every group whose name starts with `prefix`. */
  drop(prefix: string): void;
  clear(): void;
}

export function createExpectations(): Expectations {
  const byLabel = new Map<string, Expectation>();
  const groups = new Map<string, readonly string[]>();

  function remove(group: string): void {
    for (const key of groups.get(group) ?? []) byLabel.delete(key);
    groups.delete(group);
  }

  return {
    find: (label) => byLabel.get(labelKey(label)),
    set: (group, labels) => {
      remove(group);
      for (const { label, expectation } of labels) byLabel.set(labelKey(label), expectation);
      const keys = labels.map(({ label }) => labelKey(label));
      if (keys.length > 0) groups.set(group, keys);
    },
    drop: (prefix) => {
      for (const group of groups.keys()) if (group.startsWith(prefix)) remove(group);
    },
    clear: () => {
      byLabel.clear();
      groups.clear();
    },
  };
}
