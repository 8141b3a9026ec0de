/** What features hand in to answer calls, and the API made of it. */
import type { MessageView } from "./views.ts";
import {
  commandsBy,
  isCommand,
  isQuery,
  topicsOf,
  type CommandName,
  type Commands,
  type PliApi,
  type Queries,
  type QueryName,
} from "./schema.ts";
import type { Context, Tx } from "../runtime/context.ts";
import { PliError } from "../runtime/errors.ts";

type Transact = Context["transact"];

/** Answers a command in one transaction. `tx.after` does what must wait until it is durable. */
type InOne<N extends CommandName> = (tx: Tx, parameters: Commands[N]["parameters"]) => Promise<Commands[N]["result"]>;

/** Answers a command that takes several transactions, or none. */
interface InSteps<N extends CommandName> {
  inSteps(transact: Transact, parameters: Commands[N]["parameters"]): Promise<Commands[N]["result"]>;
}

/** An answer for every command. A feature has some of them. */
export type CommandHandlers = { readonly [N in CommandName]: InOne<N> | InSteps<N> };

/** An answer for every query, read in one transaction. */
export type QueryHandlers = {
  readonly [N in QueryName]: (tx: Tx, parameters: Queries[N]["parameters"]) => Promise<Queries[N]["result"]>;
};

/**
 * The API of an engine. Parameters are checked before anything is done: `request_malformed`. After
 * the engine's end every call rejects with `engine_gone`.
 */
export function createApi(
  context: Context,
  deps: { commands: CommandHandlers; queries: QueryHandlers; messageListeners: Set<(message: MessageView) => void> },
): PliApi {
  const transact: Transact = async (work) => {
    if (context.clock.closed) throw new PliError("engine_gone");
    return context.transact(work);
  };

  async function command<N extends CommandName>(name: N, parameters: object): Promise<Commands[N]["result"]> {
    if (!isCommand(name, parameters)) throw new PliError("request_malformed");
    if (context.clock.closed) throw new PliError("engine_gone");
    const handler: InOne<N> | InSteps<N> = deps.commands[name];
    const given = parameters as Commands[N]["parameters"];
    return typeof handler === "function" ? transact((tx) => handler(tx, given)) : handler.inSteps(transact, given);
  }

  async function read<N extends QueryName>(
    name: N,
    parameters: Queries[N]["parameters"],
  ): Promise<Queries[N]["result"]> {
    if (!isQuery(name, parameters)) throw new PliError("request_malformed");
    return transact((tx) => deps.queries[name](tx, parameters));
  }

  return {
    watch: (name, parameters, listener) =>
      context.live.watch(topicsOf(name, parameters), () => read(name, parameters), listener),
    read,
    onMessage: (listener) => {
      deps.messageListeners.add(listener);
      return () => void deps.messageListeners.delete(listener);
    },
    ...commandsBy(command),
  };
}
