import type { ErrorCode } from "@pli/engine/errors";
import type { PageMessage, WorkerMessage } from "../host.ts";

/** What a page sees of its worker. */
export interface WorkerEnd {
  post(message: PageMessage, ports?: MessagePort[]): void;
  onMessage(listener: (message: WorkerMessage, port: MessagePort | undefined) => void): void;
  /** The worker could not be loaded, or threw where nobody caught it. */
  onError(listener: () => void): void;
}

export function workerEndFrom(worker: Worker): WorkerEnd {
  return {
    post: (message, ports = []) => worker.postMessage(message, ports),
    onMessage(listener) {
      worker.addEventListener("message", ({ data, ports }: MessageEvent<WorkerMessage>) => listener(data, ports[0]));
    },
    onError(listener) {
      worker.addEventListener("error", () => listener());
    },
  };
}

/** In the place of a worker where there cannot be one: says why, and does nothing. */
export function failedWorkerEnd(error: ErrorCode): WorkerEnd {
  const state = { phase: "failed", lock: "none", leader: false, error } as const;
  return {
    post: () => undefined,
    onMessage: (listener) => queueMicrotask(() => listener({ type: "state", state }, undefined)),
    onError: () => undefined,
  };
}
