/** What an application sees of the engine: the calls, and the values they give. */
export type * from "./views.ts";
export { commandsBy, type CommandName, type PliApi, type Queries, type QueryName } from "./schema.ts";
