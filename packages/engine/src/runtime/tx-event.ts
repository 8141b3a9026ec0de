import type { Tx } from "./context.ts";

/**
 * Something that one part finds out inside a transaction, and that others act on in the same one.
 * Handlers run one after the other, in the order they were registered; when one fails, the
 * transaction does.
 */
export interface TxEvent<T> {
  on(handler: (tx: Tx, what: T) => Promise<void>): void;
  emit(tx: Tx, what: T): Promise<void>;
}

export function createTxEvent<T>(): TxEvent<T> {
  const handlers: ((tx: Tx, what: T) => Promise<void>)[] = [];
  return {
    on: (handler) => void handlers.push(handler),
    emit: async (tx, what) => {
      for (const handler of handlers) await handler(tx, what);
    },
  };
}
