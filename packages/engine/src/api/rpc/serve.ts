import type { PliApi, Queries, QueryName } from "../schema.ts";
import type { Channel } from "./channel.ts";
import { parseRequestMessage, type Call, type ReplyMessage, type RequestMessage } from "./messages.ts";

/** Watches one end may have open: more than any screen shows. */
const MAX_WATCHES = 1000;

/**
 * Message path 2/11: from the page to the worker that holds the engine. Lets the other end of a
 * channel use it: what it sends is checked, what fails is answered with its stable code and nothing
 * else. The returned function ends it; so does the channel's closing.
 */
export function serveApi(api: PliApi, channel: Channel): () => void {
  const watches = new Map<number, () => void>();
  let stopListening: (() => void) | undefined;
  let over = false;

  function reply(message: ReplyMessage): void {
    if (!over) channel.send(message);
  }

  function handle(request: RequestMessage): void {
    switch (request.type) {
      case "call":
        return void answer(request.id, request);
      case "watch":
        return watch(request.id, request.query, request.parameters);
      case "unwatch":
        return unwatch(request.id);
      case "listen":
        stopListening ??= api.onMessage((message) => reply({ type: "message", message }));
    }
  }

  async function answer(id: number, made: Call): Promise<void> {
    try {
      reply({ type: "result", id, value: await call(api, made) });
    } catch (error) {
      reply({ type: "error", id, code: codeOf(error) });
    }
  }

  function watch(id: number, query: QueryName, parameters: Record<string, unknown>): void {
    if (watches.has(id) || watches.size >= MAX_WATCHES) return reply({ type: "error", id, code: "request_malformed" });
    watches.set(id, () => undefined);
    const stop = api.watch(query, parameters as Queries[QueryName]["parameters"], (value) =>
      reply({ type: "value", id, value }),
    );
    watches.set(id, stop);
  }

  function unwatch(id: number): void {
    watches.get(id)?.();
    watches.delete(id);
  }

  function stop(): void {
    if (over) return;
    over = true;
    for (const end of watches.values()) end();
    watches.clear();
    stopListening?.();
  }

  channel.onMessage((message) => {
    if (over) return;
    const request = parseRequestMessage(message);
    if (request.ok) handle(request.value);
    else if (request.id > 0) reply({ type: "error", id: request.id, code: "request_malformed" });
  });
  channel.onClose(stop);
  return stop;
}

function call(api: PliApi, { method, parameters }: Call): Promise<unknown> {
  if (method !== "read") return (api[method] as (p: Record<string, unknown>) => Promise<unknown>)(parameters);
  return api.read(parameters.query, parameters.parameters as Queries[QueryName]["parameters"]);
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === "string" ? code : "internal";
}
