/** What needs no engine: the ports and defaults of this machine. */
import { homedir } from "node:os";
import { join } from "node:path";
import type { Clock } from "@pli/engine/ports";
import { createWebSocketDialer } from "@pli/engine/web-socket";

export { SHORTEST_PASSPHRASE } from "@pli/engine/lock";

/** The Clock port of this machine. */
export const clock: Clock = {
  now: () => Date.now(),
  steady: () => performance.now(),
  after: (ms, work) => {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  },
};

/** The Dialer port on Node's own WebSocket. */
export const dialer = createWebSocketDialer((url, protocol) => new WebSocket(url, protocol));

/** The folder in which a platform keeps the data of a program. */
export function defaultHome(env: Record<string, string | undefined>, platform: string): string {
  if (platform === "darwin") return join(homedir(), "Library", "Application Support", "Pli");
  if (platform === "win32") return join(env["APPDATA"] || join(homedir(), "AppData", "Roaming"), "Pli");
  return join(env["XDG_DATA_HOME"] || join(homedir(), ".local", "share"), "pli");
}
