/**
 * Calls functions of a test's worker and waits for what they give; failures come back with their
 * code.
 */
export type Served = Record<string, (...parameters: never[]) => Promise<unknown>>;

export type Remote<S extends Served> = {
  [N in keyof S]: (...parameters: Parameters<S[N]>) => Promise<Awaited<ReturnType<S[N]>>>;
};

interface Answer {
  id: number;
  value?: unknown;
  error?: { code: string | undefined; message: string };
}

export function serveFunctions(functions: Served): void {
  addEventListener("message", ({ data }: MessageEvent<{ id: number; name: string; parameters: never[] }>) => {
    const { id, name, parameters } = data;
    Promise.resolve(functions[name]?.(...parameters)).then(
      (value) => postMessage({ id, value } satisfies Answer),
      ({ code, message }: Error & { code?: string }) => postMessage({ id, error: { code, message } } satisfies Answer),
    );
  });
}

export function remoteOf<S extends Served>(worker: Worker): Remote<S> {
  const waiting = new Map<number, (answer: Answer) => void>();
  let last = 0;
  worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => {
    waiting.get(data.id)?.(data);
    waiting.delete(data.id);
  });
  const call = (name: string, parameters: unknown[]): Promise<unknown> => {
    last += 1;
    const id = last;
    worker.postMessage({ id, name, parameters });
    return new Promise((resolve, reject) => {
      waiting.set(id, ({ value, error }) => {
        if (error === undefined) resolve(value);
        else reject(Object.assign(new Error(error.message), { code: error.code }));
      });
    });
  };
  return new Proxy({} as Remote<S>, {
    get:
      (_, name: string) =>
      (...parameters: unknown[]) =>
        call(name, parameters),
  });
}
