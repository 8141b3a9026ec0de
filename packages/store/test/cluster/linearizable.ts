/**
 * One operation on one label, as its client saw it. Times are of one steady clock. An operation
 * without an answer has no `end`: it may take effect at any time after its start, or never.
 */
export type Operation = { readonly start: number; readonly end: number } & (
  | { readonly kind: "put"; readonly value: string; readonly answer: "created" | "taken" | undefined }
  | { readonly kind: "get"; readonly answer: string | undefined }
);

/**
 * Whether a history of one label could have happened one operation after the other, each at some
 * moment between its start and its end, on a cell that is written once. A put of the first bytes,
 * and of the same bytes again, is `created`; a put of other bytes is `taken`; a get returns the
 * bytes or undefined. It searches all orders (Wing and Gong, with Lowe's memory of states), for
 * histories of dozens of operations.
 */
export const isLinearizable = (history: readonly Operation[]): boolean => {
  const operations = history.toSorted((a, b) => a.start - b.start);
  const seen = new Set<string>();
  const search = (done: bigint, value: string | undefined): boolean => {
    const rest = operations.flatMap((_, i) => ((done >> BigInt(i)) & 1n ? [] : [i]));
    if (rest.every((i) => isOpen(operations[i] as Operation))) return true;
    const state = `${done} ${value}`;
    if (seen.has(state)) return false;
    seen.add(state);
    const firstEnd = Math.min(...rest.map((i) => (operations[i] as Operation).end));
    return rest.some((i) => {
      const operation = operations[i] as Operation;
      if (operation.start > firstEnd || !agrees(operation, value)) return false;
      return search(done | (1n << BigInt(i)), after(operation, value));
    });
  };
  return search(0n, undefined);
};

const isOpen = (operation: Operation): boolean => operation.end === Number.POSITIVE_INFINITY;

const agrees = (operation: Operation, value: string | undefined): boolean => {
  if (operation.kind === "get") return operation.answer === value;
  if (operation.answer === undefined) return true;
  return operation.answer === (value === undefined || value === operation.value ? "created" : "taken");
};

const after = (operation: Operation, value: string | undefined): string | undefined =>
  operation.kind === "put" ? (value ?? operation.value) : value;
