/** What all subcommands that change one group have in common. */
import type { GroupView, PliApi } from "@pli/engine/api";
import type { Context } from "../../context.ts";
import { EXIT, type ExitCode } from "../../exit.ts";
import type { Asked } from "../../group/asked.ts";
import { findGroup } from "../../group/find.ts";
import { follow, notesWaiting } from "../../group/follow.ts";
import { newestOrder, type ChangeKind } from "../../group/wait.ts";
import { found } from "../../home.ts";
import { missing, type UsageError } from "../../line/errors.ts";
import type { Typed } from "../../line/tokens.ts";
import type { Subcommand, SubcommandDeps } from "../subcommand.ts";

/** A group, and what it takes to ask for a change of it. */
export interface About {
  readonly context: Context;
  readonly api: PliApi;
  readonly group: GroupView;
}

interface GroupAction {
  readonly what: string;
  readonly group: string;
}

/** A subcommand that changes a group. `pli group` and the chat ask the engine in the same way. */
export interface GroupChange<
  Own extends GroupAction = GroupAction,
  Instead extends GroupAction = never,
> extends Subcommand<Own, Instead> {
  /** How the engine calls the change. `cancel` and `delete` are done at once. */
  readonly kind: ChangeKind | "cancel" | "delete";
  ask(about: About, action: Own): Promise<Asked>;
}

export const groupChange = <Own extends GroupAction, Instead extends GroupAction = never>(
  change: Omit<GroupChange<Own, Instead>, "acts" | "run">,
): GroupChange<Own, Instead> => ({
  ...change,
  acts: true,
  run: (deps, action) => make(deps, change.kind, action.group, (about) => change.ask(about, action)),
});

async function make(
  deps: SubcommandDeps,
  kind: GroupChange["kind"],
  query: string,
  ask: (about: About) => Promise<Asked>,
): Promise<ExitCode> {
  const { context, api } = deps;
  const group = await found(api, () => findGroup(context, api, query));
  const before = await newestOrder(api, group.id);
  const notes = await notesWaiting(api);
  const asked = await found(api, () => ask({ context, api, group }));
  if (kind !== "cancel" && kind !== "delete") return follow(deps, { asked, kind, name: group.name, before, notes });
  context.emit({ event: "change", group: group.name, groupId: group.id, state: "done" });
  context.say(context.words.group.done[kind]);
  return EXIT.done;
}

/** Reads the words behind a subcommand whose first word is a group. */
export const ofGroup =
  <T>(read: (group: string, words: readonly string[], typed: Typed) => T | UsageError) =>
  ([group, ...words]: readonly string[], typed: Typed): T | UsageError =>
    group === undefined ? missing("GROUP") : read(group, words, typed);

export const atLeastOne = (words: readonly string[], what: string): UsageError | undefined =>
  words.length === 0 ? missing(what) : undefined;
