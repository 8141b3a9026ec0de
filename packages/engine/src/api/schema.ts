/**
 * Every call of the engine, declared once: in the `calls.ts` of its feature. `PliApi`, the check of
 * what comes from elsewhere, RPC, what a watch depends on, and the fakes of tests are derived from
 * it. To add a call, declare it in its feature and handle it there; nothing else lists it.
 */
import { mergeOf } from "../runtime/merge.ts";
import type { Topic } from "../runtime/live.ts";
import type { MessageView } from "./views.ts";
import * as calls from "./calls.ts";
import type { Command } from "./declare.ts";
import { isRecordOf, type Fields, type RecordOf } from "./shapes.ts";

const COMMANDS = mergeOf(calls, "commands");
const QUERIES = mergeOf(calls, "queries");

type Declared = typeof COMMANDS;
export type CommandName = keyof Declared;
/** Every command: what it is given, and what it resolves with. */
export type Commands = {
  [N in CommandName]: { parameters: RecordOf<Declared[N]["parameters"]>; result: Declared[N]["returns"]["type"] };
};
/** Every command as a function. One that takes no parameters is called without any. */
export type CommandCalls = {
  [N in CommandName]: keyof Declared[N]["parameters"] extends never
    ? () => Promise<Commands[N]["result"]>
    : (p: Commands[N]["parameters"]) => Promise<Commands[N]["result"]>;
};

export type QueryName = keyof typeof QUERIES;
/** Every live query and what it gives. */
export type Queries = {
  [N in QueryName]: {
    parameters: RecordOf<(typeof QUERIES)[N]["parameters"]>;
    result: (typeof QUERIES)[N]["returns"]["type"];
  };
};

export interface PliApi extends CommandCalls {
  /** Gives the value now and again after each change, until the returned function is called. */
  watch<N extends QueryName>(
    name: N,
    parameters: Queries[N]["parameters"],
    listener: (value: Queries[N]["result"]) => void,
  ): () => void;
  /** The value of a query, once. */
  read<N extends QueryName>(name: N, parameters: Queries[N]["parameters"]): Promise<Queries[N]["result"]>;
  /**
   * Each message that arrives from now on (not our own), once, in the order of arrival; and each
   * line of a group's history that others brought about.
   */
  onMessage(listener: (message: MessageView) => void): () => void;
}

export const COMMAND_NAMES = Object.keys(COMMANDS) as CommandName[];
export const QUERY_NAMES = Object.keys(QUERIES) as QueryName[];

export function isCommandName(name: unknown): name is CommandName {
  return typeof name === "string" && Object.hasOwn(COMMANDS, name);
}

/** Whether there is a command of this name and these are parameters of it. */
export function isCommand(name: unknown, parameters: unknown): name is CommandName {
  return isCommandName(name) && isRecordOf(parameters, COMMANDS[name].parameters);
}

/** Whether there is a query of this name and these are parameters of it. */
export function isQuery(name: unknown, parameters: unknown): name is QueryName {
  return (
    typeof name === "string" && Object.hasOwn(QUERIES, name) && isRecordOf(parameters, fieldsOf(name as QueryName))
  );
}

/** The shapes of the parameters of a call. */
export function fieldsOf(name: CommandName | QueryName): Fields {
  return isCommandName(name) ? COMMANDS[name].parameters : QUERIES[name].parameters;
}

export const repeatability = (name: CommandName): Command["repeatable"] => (COMMANDS[name] as Command).repeatable;

/** The topics a query depends on. */
export function topicsOf<N extends QueryName>(name: N, parameters: Queries[N]["parameters"]): readonly Topic[] {
  const { topics } = QUERIES[name] as { topics(parameters: object): readonly Topic[] };
  return topics(parameters);
}

/** All commands, each made by `call`: for what passes calls on as they are, and for fakes. */
export function commandsBy(call: (name: CommandName, parameters: object) => Promise<unknown>): CommandCalls {
  const calls = COMMAND_NAMES.map((name) => [name, (parameters: object = {}) => call(name, parameters)]);
  return Object.fromEntries(calls) as CommandCalls;
}
