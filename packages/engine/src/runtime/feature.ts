import type { CommandHandlers, QueryHandlers } from "../api/handlers.ts";
import type { ContentHandlers } from "../epochs/contents.ts";
import type { Tx } from "./context.ts";

/**
 * What a feature answers, and what it does by itself. It registers what it does when something
 * happens with the part that finds it out; the engine calls these.
 */
export interface Feature {
  /** The calls that it answers. */
  readonly commands?: Partial<CommandHandlers>;
  readonly queries?: Partial<QueryHandlers>;
  /** What it does with the kinds of content that are its own. */
  readonly contents?: Partial<ContentHandlers>;
  /**
   * The statements that make its own tables, each `IF NOT EXISTS`: they run at each start, after
   * the migration. What changes a table that devices have is a step of the migration.
   */
  readonly tables?: readonly string[];
  /** Takes up what a stop interrupted: at the start, before any store is called. */
  resume?(tx: Tx): Promise<void>;
  /** Once an hour, and at the start. */
  tick?(tx: Tx): Promise<void>;
  /**
   * As `tick`, for what is given up or erased after a time: only while this device's clock is known
   * to be right.
   */
  expire?(tx: Tx): Promise<void>;
}
