import { labelKey, tagOf, type Label } from "@pli/protocol/wire";

/** Why a label is expected, and so what to do with the cell under it. */
export type Expectation =
  /** A sender's cell: place `step` of the chain of `leaf`. */
  | { readonly kind: "chain"; readonly epoch: number; readonly leaf: number; readonly step: number }
  /**
   * This device's own next label: a cell there that we did not write means that our state is old.
   */
  | { readonly kind: "own"; readonly epoch: number }
  /** The one place of a group change. */
  | { readonly kind: "commit"; readonly epoch: number; readonly attempt: number }
  /**
   * Where the commit stood that ended this epoch of a group: another cell there is one too many.
   * `isNext`: the attempt behind it: a cell there is of somebody who has passed over the commit.
   */
  | { readonly kind: "settled"; readonly conversation: string; readonly epoch: number; readonly isNext?: true }
  /** The first chunk of an object somebody is to write for us. */
  | { readonly kind: "object"; readonly owner: string; readonly name: string };

/**
 * The labels this device expects in the feeds: everything it can recognise. Kept in groups (a
 * chain, a commit slot, a watch) that are replaced as a whole when their state moves, and the
 * groups in families (the chains of an epoch) that end as a whole.
 */
export interface Expectations {
  find(label: Label): Expectation | undefined;
  /** The expected labels that have this tag: what a feed in tag form may mean by it. */
  tagged(tag: number): readonly Label[];
  set(family: string, group: string, labels: readonly { label: Label; expectation: Expectation }[]): void;
  /** Drops one group of a family, or all of it. */
  drop(family: string, group?: string): void;
  clear(): void;
}

export function createExpectations(): Expectations {
  const byLabel = new Map<string, Expectation>();
  const byTag = new Map<number, readonly string[]>();
  const families = new Map<string, Map<string, readonly string[]>>();

  function remove(family: Map<string, readonly string[]>, group: string): void {
    for (const key of family.get(group) ?? []) forget(key);
    family.delete(group);
  }

  function forget(key: string): void {
    if (!byLabel.delete(key)) return;
    const tag = tagOf(labelFrom(key));
    const others = byTag.get(tag)?.filter((other) => other !== key) ?? [];
    if (others.length === 0) byTag.delete(tag);
    else byTag.set(tag, others);
  }

  function expect(label: Label, expectation: Expectation): string {
    const key = labelKey(label);
    const tag = tagOf(label);
    if (!byLabel.has(key)) byTag.set(tag, [...(byTag.get(tag) ?? []), key]);
    byLabel.set(key, expectation);
    return key;
  }

  return {
    find: (label) => byLabel.get(labelKey(label)),
    tagged: (tag) => (byTag.get(tag) ?? []).map(labelFrom),
    set: (name, group, labels) => {
      const family = families.get(name) ?? new Map<string, readonly string[]>();
      families.set(name, family);
      remove(family, group);
      family.set(
        group,
        labels.map(({ label, expectation }) => expect(label, expectation)),
      );
    },
    drop: (name, group) => {
      const family = families.get(name);
      if (family === undefined) return;
      for (const other of group === undefined ? [...family.keys()] : [group]) remove(family, other);
      if (family.size === 0) families.delete(name);
    },
    clear: () => {
      byLabel.clear();
      byTag.clear();
      families.clear();
    },
  };
}

function labelFrom(key: string): Label {
  const label = new Uint8Array(key.length);
  for (let i = 0; i < key.length; i++) label[i] = key.charCodeAt(i);
  return label as Label;
}
