import { useMemo, useSyncExternalStore } from "react";
import type { Queries, QueryName } from "@pli/engine/api";
import { useClient } from "./client.ts";
import type { LiveEntry, LiveState } from "./live.ts";

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
