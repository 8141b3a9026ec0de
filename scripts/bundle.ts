/**
 * `node scripts/bundle.ts cli server`: makes one file, or a few, of each program and of all that it
 * imports, in `apps/<app>/dist`, with the list of what it was made of. `scripts/bundled.mjs`
 * chooses it over the sources.
 */
import { rmSync, writeFileSync } from "node:fs";
import { isAbsolute, join, relative } from "node:path";
import { build, type Rolldown } from "vite";
import { bundleOf, stateOf } from "./bundled.mjs";

const root = join(import.meta.dirname, "..");
/** Loaded only where it is installed: `pg` asks for it. */
const OPTIONAL = ["pg-native"];

async function bundle(app: string): Promise<void> {
  const { folder, inputs } = bundleOf(app);
  rmSync(folder, { recursive: true, force: true });
  const made = await build({
    configFile: false,
    root: join(root, "apps", app),
    logLevel: "warn",
    ssr: { noExternal: true, external: OPTIONAL },
    build: {
      ssr: true,
      target: "node24",
      outDir: folder,
      minify: false,
      rolldownOptions: { input: { main: join(root, "apps", app, "src/main.ts") } },
    },
  });
  writeFileSync(inputs, JSON.stringify(statesOf(made as Rolldown.RolldownOutput)));
}

/** Of our own sources each; what npm installs changes with its lock alone. */
function statesOf({ output }: Rolldown.RolldownOutput): Record<string, string> {
  const modules = output.flatMap((chunk) => (chunk.type === "chunk" ? chunk.moduleIds : []));
  const paths = modules.filter(isAbsolute).map((path) => relative(root, path));
  const own = paths.filter((path) => !path.startsWith("..") && !path.includes("node_modules"));
  return Object.fromEntries(["package-lock.json", ...own].map((path) => [path, stateOf(join(root, path))]));
}

for (const app of process.argv.slice(2)) await bundle(app);
