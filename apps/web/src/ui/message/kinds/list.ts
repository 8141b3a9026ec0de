/** Every kind of message, under its name: one line a kind. One that is missing does not compile. */
export { away } from "./away.ts";
export { blocked } from "./blocked.ts";
export { change } from "./change.ts";
export { deleted } from "./deleted.ts";
export { devices } from "./devices.ts";
export { gap } from "./gap.ts";
export { held } from "./held.tsx";
export { newKeys } from "./new-keys.ts";
export { paired } from "./paired.ts";
export { rejoined } from "./rejoined.ts";
export { renamed } from "./renamed.ts";
export { shutOut } from "./shut-out.ts";
export { text } from "./text.tsx";
export { unknown } from "./unknown.tsx";
