/** The engine: one profile on one device (docs in ARCHITECTURE.md, "The life of a message"). */
export type { EngineOptions } from "./runtime/context.ts";
export { createEngine, RECEIPT_SLOTS, type Engine } from "./engine.ts";
