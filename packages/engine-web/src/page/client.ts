import { PliError } from "@pli/engine/errors";
import type { ErrorCode } from "@pli/engine/errors";
import { connectApi } from "@pli/engine/rpc";
import { channelFromPort } from "../channels.ts";
import type { HostApi, HostCall, HostState, PliClient } from "../host.ts";
import type { PasskeyHint, VaultSecret } from "../vault/vault.ts";
import { createPasskey, readPasskey } from "./passkey.ts";
import { canKeepRecovery, createRecoveryPasskey, readRecoveryPasskey } from "./recovery-passkey.ts";
import type { Neighbours } from "./neighbours.ts";
import type { WorkerEnd } from "./worker-end.ts";

/**
 * The client of a tab's worker; sends it `start`. `name` keeps two sets of data of one origin
 * apart.
 */
export function createClient(
  worker: WorkerEnd,
  neighbours: Neighbours,
  start: { store: string; name: string; profiles?: readonly string[] },
): PliClient {
  const api = connectApi();
  const listeners = new Set<(state: HostState) => void>();
  const activityListeners = new Set<(at: number) => void>();
  const sightListeners = new Set<(places: readonly string[]) => void>();
  let sight: readonly string[] = [];
  const calls = new Map<number, { resolve: () => void; reject: (error: PliError) => void }>();
  let state: HostState = { phase: "starting", lock: "none", leader: false };
  let passkey: PasskeyHint | undefined;
  let lastCall = 0;

  function show(next: HostState): void {
    state = next;
    for (const listener of listeners) listener(next);
  }

  function settle(id: number, error: ErrorCode | undefined): void {
    const call = calls.get(id);
    calls.delete(id);
    if (error === undefined) call?.resolve();
    else call?.reject(new PliError(error));
  }

  function call(named: HostCall): Promise<void> {
    lastCall += 1;
    const id = lastCall;
    worker.post({ type: "call", id, call: named });
    return new Promise((resolve, reject) => calls.set(id, { resolve, reject }));
  }

  worker.onMessage((data, port) => {
    switch (data.type) {
      case "state":
        passkey = data.passkey;
        return show(data.state);
      case "connect":
        return port === undefined ? undefined : api.replaceChannel(channelFromPort(port));
      case "disconnect":
        return api.dropChannel();
      case "done":
        return settle(data.id, data.error);
      case "activity":
        return activityListeners.forEach((listener) => listener(data.at));
      case "sight":
        sight = data.places;
        return sightListeners.forEach((listener) => listener(sight));
    }
  });
  worker.onError(() => {
    if (state.phase === "starting") show({ ...state, phase: "failed", error: "internal" });
  });
  worker.post({ type: "start", ...start });
  neighbours.onPort((port) => worker.post({ type: "meet" }, [port]));

  async function vaultSecret(secret: Parameters<HostApi["unlock"]>[0]): Promise<VaultSecret> {
    if ("passphrase" in secret) return secret;
    if (passkey === undefined) throw new PliError("passkey_unavailable");
    return { passkeySecret: await readPasskey(passkey) };
  }

  const host: HostApi = {
    watchHost(listener) {
      listeners.add(listener);
      listener(state);
      return () => listeners.delete(listener);
    },
    unlock: async (secret) => call({ name: "unlock", secret: await vaultSecret(secret) }),
    confirm: async (secret) => call({ name: "confirm", secret: await vaultSecret(secret) }),
    lock: () => call({ name: "lock" }),
    setLock: async (lock) => call({ name: "setLock", lock: lock.kind === "passkey" ? await createPasskey() : lock }),
    setDuress: (duress) => call({ name: "setDuress", ...(duress && { duress }) }),
    canKeepRecovery,
    createRecoveryPasskey,
    readRecoveryPasskey,
    erase: ({ forGood } = { forGood: false }) => call({ name: "erase", forGood }),
    notifyActivity: (at) => worker.post({ type: "touched", at }),
    watchActivity(listener) {
      activityListeners.add(listener);
      return () => activityListeners.delete(listener);
    },
    notifySight: (places) => worker.post({ type: "sight", places }),
    watchSight(listener) {
      sightListeners.add(listener);
      listener(sight);
      return () => sightListeners.delete(listener);
    },
  };
  return { api, host };
}
