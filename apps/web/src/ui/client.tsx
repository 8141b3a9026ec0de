import {
  createContext,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import type { PliApi, Queries, QueryName } from "@pli/engine/api";
import type { HostApi } from "@pli/engine-web";
import type { Live, LiveEntry, LiveState } from "./live.ts";

export interface Client {
  api: PliApi;
  host: HostApi;
  live: Live;
  /** The store's address, as invitations carry it. */
  store: string;
}

export const ClientContext = createContext<Client | undefined>(undefined);

export function useClient(): Client {
  const client = useContext(ClientContext);
  if (client === undefined) throw new Error("no client around this component");
  return client;
}

export function useApi(): PliApi {
  return useClient().api;
}

type Parameters<N extends QueryName> = Queries[N]["parameters"];
type Result<N extends QueryName> = Queries[N]["result"];

function useEntry<N extends QueryName>(name: N, parameters: Parameters<N>): LiveEntry<Result<N>> {
  const { live } = useClient();
  const key = JSON.stringify(parameters);
  return useMemo(() => live.entry(name, JSON.parse(key) as Parameters<N>), [live, name, key]);
}

/** A live query with the difference between "not yet known" and "known to be absent". */
export function useLiveState<N extends QueryName>(name: N, parameters: Parameters<N>): LiveState<Result<N>> {
  const entry = useEntry(name, parameters);
  return useSyncExternalStore(entry.subscribe, entry.read);
}

export function useLive<N extends QueryName>(name: N, parameters: Parameters<N>): Result<N> | undefined {
  return useLiveState(name, parameters).value;
}

/**
 * A part of a live query: the component renders again only when that part changes. `select` must be
 * the same function at each render.
 */
export function useLivePart<N extends QueryName, P>(
  name: N,
  parameters: Parameters<N>,
  select: (value: Result<N>) => P,
): LiveState<P> {
  const entry = useEntry(name, parameters);
  return useSyncExternalStore(entry.subscribe, entry.readPart(select));
}

/** The stable code of anything a call rejected with. */
export function errorCode(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === "string" ? code : "internal";
}

export interface Action<A extends unknown[]> {
  run: (...parameters: A) => void;
  busy: boolean;
  error: string | undefined;
  clear: () => void;
}

/** Wraps a call: one at a time, its failure kept as a code to show. */
export function useAction<A extends unknown[]>(act: (...parameters: A) => Promise<unknown>): Action<A> {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const latest = useRef(act);
  const running = useRef(false);
  useEffect(() => {
    latest.current = act;
  });
  const run = useCallback((...parameters: A) => {
    if (running.current) return;
    running.current = true;
    setBusy(true);
    setError(undefined);
    latest
      .current(...parameters)
      .catch((failure: unknown) => setError(errorCode(failure)))
      .finally(() => {
        running.current = false;
        setBusy(false);
      });
  }, []);
  const clear = useCallback(() => setError(undefined), []);
  return { run, busy, error, clear };
}
