export * from "./group.ts";
export { createGroupEngine } from "./group-engine.ts";
