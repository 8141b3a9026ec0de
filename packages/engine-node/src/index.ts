/** The engine on this machine: encrypted files, a lock, a local socket, Node's own WebSocket. */
export { openDiskDatabase } from "./database.ts";
export { changeUnlock, openHome, setDuress, type Home } from "./home.ts";
export { hideProfile, setRoom } from "./hidden.ts";
export { homeStatus, type HomeStatus } from "./home-files.ts";
export { type Unlock } from "./key.ts";
