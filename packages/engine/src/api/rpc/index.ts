/** The engine's API over a channel: page to worker, tab to tab, command to command. */
export type { Channel } from "./channel.ts";
export { connectApi, type RemoteApi } from "./connect.ts";
export { serveApi } from "./serve.ts";
