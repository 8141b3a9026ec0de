import type { MessageView } from "../views.ts";
import { commandsBy, repeatability, type CommandName, type PliApi, type Queries, type QueryName } from "../schema.ts";
import { isErrorCode, PliError } from "../../runtime/errors.ts";
import type { Channel } from "./channel.ts";
import { parseReplyMessage, type ReplyMessage } from "./messages.ts";

/** An engine elsewhere, as if it were here. */
export interface RemoteApi extends PliApi {
  /** The engine is now at the other end of this channel: open watches continue there. */
  replaceChannel(channel: Channel): void;
  /**
   * The engine cannot be reached for now: what comes waits for the next one, and so does what may
   * be done twice. Any other call it has not answered fails with `engine_gone`: whether it was done
   * is not known.
   */
  dropChannel(): void;
  /** Ends for good: every call fails with `engine_gone`. */
  close(): void;
}

interface Watch {
  readonly query: QueryName;
  readonly parameters: Record<string, unknown>;
  listener(value: unknown): void;
  /** The last value given, so that a new engine does not give it again. */
  last: string | undefined;
}

interface Call {
  readonly method: Method;
  readonly parameters: Record<string, unknown>;
  sent: boolean;
  resolve(value: unknown): void;
  reject(error: PliError): void;
}

/** What a call names: a command, or the reading of a query. */
type Method = CommandName | "read";

/** Whether the next engine is asked again when the answer is lost. */
const isRepeatable = (method: Method): boolean => method === "read" || repeatability(method) !== undefined;

/** A name no other call of this device has; not a secret. */
function uniqueName(): string {
  return Array.from({ length: 3 }, () => Math.random().toString(36).slice(2))
    .join("")
    .slice(0, 32);
}

/**
 * The application's end of RPC. Without a channel, calls wait for one and watches give nothing yet.
 */
export function connectApi(first?: Channel): RemoteApi {
  const watches = new Map<number, Watch>();
  const calls = new Map<number, Call>();
  const listeners = new Set<(message: MessageView) => void>();
  let channel: Channel | undefined;
  let lastId = 0;
  let closed = false;

  function replaceChannel(next: Channel): void {
    dropChannel();
    if (closed) return next.close();
    channel = next;
    next.onMessage((message) => {
      const reply = parseReplyMessage(message);
      if (channel === next && reply !== undefined) receive(reply);
    });
    next.onClose(() => {
      if (channel === next) dropChannel();
    });
    if (listeners.size > 0) next.send({ type: "listen" });
    for (const [id, { query, parameters }] of watches) next.send({ type: "watch", id, query, parameters });
    for (const [id, call] of calls) sendCall(next, id, call);
  }

  function dropChannel(): void {
    const old = channel;
    channel = undefined;
    old?.close();
    for (const [id, call] of calls) {
      if (isRepeatable(call.method)) call.sent = false;
      else if (call.sent) fail(id, "engine_gone");
    }
  }

  function receive(reply: ReplyMessage): void {
    switch (reply.type) {
      case "message":
        return listeners.forEach((listener) => listener(reply.message as MessageView));
      case "value":
        return give(reply.id, reply.value);
      case "result":
        calls.get(reply.id)?.resolve(reply.value);
        return void calls.delete(reply.id);
      case "error":
        return reply.code === "engine_gone" ? keep(reply.id) : fail(reply.id, reply.code);
    }
  }

  /** An engine that is closing did nothing of this call: it waits for the next one. */
  function keep(id: number): void {
    const call = calls.get(id);
    if (call !== undefined) call.sent = false;
  }

  function give(id: number, value: unknown): void {
    const watch = watches.get(id);
    const shape = JSON.stringify(value) ?? "";
    if (watch === undefined || watch.last === shape) return;
    watch.last = shape;
    watch.listener(value);
  }

  function fail(id: number, code: string): void {
    calls.get(id)?.reject(new PliError(isErrorCode(code) ? code : "internal"));
    calls.delete(id);
  }

  function call<T>(method: Method, parameters: object): Promise<T> {
    if (closed) return Promise.reject(new PliError("engine_gone"));
    const id = (lastId += 1);
    return new Promise<unknown>((resolve, reject) => {
      const made: Call = { method, parameters: parameters as Record<string, unknown>, sent: false, resolve, reject };
      calls.set(id, made);
      if (channel !== undefined) sendCall(channel, id, made);
    }) as Promise<T>;
  }

  function sendCall(to: Channel, id: number, made: Call): void {
    made.sent = true;
    to.send({ type: "call", id, method: made.method, parameters: made.parameters });
  }

  function watch<N extends QueryName>(
    query: N,
    parameters: Queries[N]["parameters"],
    listener: (value: Queries[N]["result"]) => void,
  ): () => void {
    const id = (lastId += 1);
    const opened: Watch = {
      query,
      parameters,
      listener: (value) => listener(value as Queries[N]["result"]),
      last: undefined,
    };
    watches.set(id, opened);
    channel?.send({ type: "watch", id, query, parameters });
    return () => {
      if (watches.delete(id)) channel?.send({ type: "unwatch", id });
    };
  }

  if (first !== undefined) replaceChannel(first);
  return {
    watch,
    read: (query, parameters) => call("read", { query, parameters }),
    onMessage: (listener) => {
      if (listeners.size === 0) channel?.send({ type: "listen" });
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    ...commandsBy((name, parameters) =>
      call(name, repeatability(name) === "by request" ? { request: uniqueName(), ...parameters } : parameters),
    ),
    replaceChannel,
    dropChannel,
    close: () => {
      closed = true;
      dropChannel();
      for (const id of calls.keys()) fail(id, "engine_gone");
      watches.clear();
    },
  };
}
