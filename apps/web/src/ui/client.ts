/** What the app speaks to: the engine's API, its host, and the live queries. */
import { createContext, useContext } from "react";
import type { PliApi } from "@pli/engine/api";
import type { HostApi } from "@pli/engine-web";
import type { Live } from "./live.ts";

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
