/**
 * The workers of browser tests as one file each: a test starts several, and a browser that fetches
 * all modules of one by themselves takes longer for it than for the test.
 */
import type { ServerResponse } from "node:http";
import { posix } from "node:path";
import { build, type Plugin, type Rolldown } from "vite";

/**
 * Where a page of the tests finds `NAME.js`: known in `packages/engine-web/test/workers.ts` too.
 */
const BASE = "/bundled-workers/";

type Files = ReadonlyMap<string, string | Uint8Array>;

/**
 * Serves each of `entries`, paths of modules by name; each is bundled when it is first asked for.
 */
export function workerBundles(entries: Readonly<Record<string, string>>): Plugin {
  const bundles = new Map<string, Promise<Files>>();
  const bundleOf = (name: string, entry: string): Promise<Files> => {
    const files = bundles.get(name) ?? bundled(name, entry);
    bundles.set(name, files);
    return files;
  };

  /** What they import from their folder is served from the bundles that were made before. */
  async function find(path: string): Promise<string | Uint8Array | undefined> {
    const name = posix.basename(path, ".js");
    const entry = entries[name];
    if (entry !== undefined) return (await bundleOf(name, entry)).get(path);
    const made = await Promise.all(bundles.values());
    return made.map((files) => files.get(path)).find((file) => file !== undefined);
  }

  async function serve(pathname: string, response: ServerResponse): Promise<void> {
    const file = await find(pathname.slice(BASE.length)).catch(
      (error: unknown) => `throw ${JSON.stringify(String(error))}`,
    );
    if (file === undefined) response.statusCode = 404;
    response.setHeader("content-type", pathname.endsWith(".wasm") ? "application/wasm" : "text/javascript");
    response.end(file);
  }

  return {
    name: "worker-bundles",
    configureServer({ middlewares }) {
      middlewares.use(({ url = "" }, response, next) => {
        const { pathname } = new URL(url, "http://localhost");
        if (pathname.startsWith(BASE)) void serve(pathname, response);
        else next();
      });
    },
  };
}

async function bundled(name: string, entry: string): Promise<Files> {
  const made = await build({
    configFile: false,
    logLevel: "warn",
    base: BASE,
    build: {
      write: false,
      target: "esnext",
      minify: false,
      assetsInlineLimit: 0,
      modulePreload: false,
      rolldownOptions: { input: { [name]: entry }, output: { entryFileNames: "[name].js" } },
    },
  });
  const { output } = made as Rolldown.RolldownOutput;
  return new Map(output.map((file) => [file.fileName, file.type === "chunk" ? file.code : file.source]));
}
