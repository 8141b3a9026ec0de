/** The engine: one profile on one device (docs in ARCHITECTURE.md, "The life of a message"). */
export type { EngineOptions } from "./core/context.ts";
export { createEngine, type Engine } from "./engine.ts";
