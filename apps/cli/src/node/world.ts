import { readFile } from "node:fs/promises";
import type { ReadStream, WriteStream } from "node:tty";
import { clock, defaultHome, dialer, SHORTEST_PASSPHRASE } from "@pli/engine-node/platform";
import { probeStore } from "@pli/engine/probe";
import packageJson from "../../package.json" with { type: "json" };
import { EXIT } from "../exit.ts";
import type { World } from "../world.ts";
import { createFile, openFile } from "./file.ts";
import { homeStore, inspectHome, offersLock, rememberStore } from "./folder.ts";
import { createInterrupts } from "./interrupts.ts";
import { createSink, flushed } from "./sink.ts";
import { createSource } from "./source.ts";

/** The machine that this process runs on. `flush` resolves once everything written has left. */
export function createNodeWorld(target: NodeJS.Process): World & { flush(): Promise<void> } {
  const { stdin, stdout, stderr, env } = target as {
    stdin: ReadStream;
    stdout: WriteStream;
    stderr: WriteStream;
  } & NodeJS.Process;
  const interrupts = createInterrupts(target);
  endWithReader(target, stdout);
  return {
    env,
    stdout: createSink(stdout),
    stderr: createSink(stderr),
    stdin: createSource(stdin, stdout.isTTY ? stdout : stderr, interrupts.fire),
    clock,
    versions: { pli: packageJson.version, node: target.versions.node, platform: `${target.platform} ${target.arch}` },
    defaultHome: () => defaultHome(env, target.platform),
    profiles: {
      list: async (root) => (await profiles()).listProfiles(root),
      find: async (root, query) => (await profiles()).findProfile(root, query),
      add: async (root, label) => (await profiles()).addProfile(root, label),
      switch: async (root, query) => (await profiles()).switchProfile(root, query),
      relabel: async (root, query, label) => (await profiles()).relabelProfile(root, query, label),
      remove: async (root, query) => (await profiles()).removeProfile(root, query),
    },
    homeStatus: async (home) => (await engineNode()).homeStatus(home),
    openHome: async (how) => (await engineNode()).openHome(how),
    changeUnlock: async (how) => (await engineNode()).changeUnlock(how),
    setDuress: async (how) => (await engineNode()).setDuress(how),
    setRoom: async (how) => (await engineNode()).setRoom(how),
    hideProfile: async (how) => (await engineNode()).hideProfile(how),
    shortestPassphrase: SHORTEST_PASSPHRASE,
    inspectHome,
    homeStore,
    rememberStore,
    offersLock,
    probeStore: (store) => probeStore({ dialer, clock, store }),
    readText: (path) => readFile(path, "utf8"),
    readBase64: (path) => readFile(path, "base64"),
    createFile,
    openFile,
    onInterrupt: interrupts.onInterrupt,
    onExit: (listener) => {
      target.on("exit", listener);
      return () => void target.off("exit", listener);
    },
    flush: async () => {
      await Promise.all([flushed(stdout), flushed(stderr)]);
    },
  };
}

/** Loaded when a command needs it, so that help and usage errors are fast. */
const engineNode = () => import("@pli/engine-node");
const profiles = () => import("@pli/engine-node/profiles");

/** Ends the process when nobody reads its output any more, as in `pli listen | head -1`. */
function endWithReader(target: NodeJS.Process, stdout: WriteStream): void {
  stdout.on("error", (error: NodeJS.ErrnoException) => target.exit(error.code === "EPIPE" ? EXIT.done : EXIT.failed));
}
