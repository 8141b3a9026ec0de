import { createNodeWorld } from "./node/world.ts";
import { run } from "./run.ts";

const world = createNodeWorld(process);
const code = await run(process.argv.slice(2), world);
await world.flush();
process.exit(code);
