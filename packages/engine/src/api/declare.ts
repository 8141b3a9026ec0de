/** How a feature declares its calls, in its `calls.ts`. */
import type { Topic } from "../runtime/live.ts";
import { list, text, whole, type Fields, type RecordOf } from "./shapes.ts";

/** A type that a declaration carries. At run time there is nothing of it. */
interface Returns<R> {
  readonly type: R;
}
export const returns = <R>(): Returns<R> => ({}) as Returns<R>;

/** Something done once and answered once. */
export interface Command {
  readonly parameters: Fields;
  readonly returns: Returns<unknown>;
  /**
   * Made twice it has the effect of once, so a client makes it again when the answer is lost. `by
   * request`: if it carries the same `request`, which the client adds.
   */
  readonly repeatable?: true | "by request";
}
export type DeclaredCommands = Readonly<Record<string, Command>>;

/** A value that can be read, and watched. */
interface Query<F extends Fields, R> {
  readonly parameters: F;
  readonly returns: Returns<R>;
  /** When one of these changes, the value may be another. */
  topics(parameters: RecordOf<F>): readonly Topic[];
}
export const query = <const F extends Fields, R>(declared: Query<F, R>): Query<F, R> => declared;

export const id = text(256);
export const ids = list(id, 10_000);
/**
 * What a person writes. Its feature says what is too long, with a code of its own; this bound is
 * what no person reaches.
 */
export const words = text(2 ** 26);
/** A place in the order of messages. */
export const order = whole();
/** No page is longer: what follows is asked for from where it ends. */
export const limit = whole(1, 1_000);
