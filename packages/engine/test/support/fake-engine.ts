/** An engine that a test plays, and the line to it. */
import { commandsBy, type MessageView, type PliApi } from "@pli/engine/api";
import type { Channel } from "@pli/engine/rpc";

/** Both ends of a line; what passes is copied as JSON, like over a socket. */
export function line(): { app: Channel; engine: Channel; said: unknown[] } {
  const said: unknown[] = [];
  const ends = [createEnd(), createEnd()] as const;
  ends[0].other = ends[1];
  ends[1].other = ends[0];
  return { app: ends[0].channel, engine: ends[1].channel, said };

  function createEnd() {
    const listeners: ((message: unknown) => void)[] = [];
    const closings: (() => void)[] = [];
    let open = true;
    const end = {
      other: undefined as undefined | { hear(message: unknown): void; close(): void },
      hear: (message: unknown): void => listeners.forEach((listener) => listener(message)),
      close: (): void => {
        if (!open) return;
        open = false;
        closings.forEach((closing) => closing());
        end.other?.close();
      },
      channel: undefined as unknown as Channel,
    };
    end.channel = {
      send: (message) => {
        if (!open) return;
        said.push(message);
        const copy: unknown = JSON.parse(JSON.stringify(message));
        queueMicrotask(() => open && end.other?.hear(copy));
      },
      onMessage: (listener) => void listeners.push(listener),
      onClose: (listener) => void closings.push(listener),
      close: end.close,
    };
    return end;
  }
}

/** An engine that answers what a test tells it to. */
export function fakeEngine(answers: Partial<PliApi> = {}) {
  const watchers = new Set<(value: unknown) => void>();
  const listeners = new Set<(message: MessageView) => void>();
  const calls: unknown[] = [];
  const api: PliApi = {
    watch: (_query, _parameters, listener) => {
      watchers.add(listener as (value: unknown) => void);
      return () => watchers.delete(listener as (value: unknown) => void);
    },
    read: (query, parameters) => {
      calls.push(["read", { query, parameters }]);
      return Promise.resolve(undefined as never);
    },
    onMessage: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ...commandsBy((name, parameters) => {
      calls.push([name, parameters]);
      return Promise.resolve(undefined);
    }),
    ...answers,
  };
  return { api, watchers, listeners, calls };
}

export const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
