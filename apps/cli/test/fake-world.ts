import type { StoreProbe } from "@pli/engine/probe";
import { PliError } from "@pli/engine/errors";
import { onTestFinished } from "vitest";
import { run } from "../src/run.ts";
import type { Home, HomeReport, HomeStatus, Key, LocalProfile, Sink, World } from "../src/world.ts";
import { createFakeApi, NOW, type FakeApi } from "./fake-api.ts";

interface Options {
  fake?: FakeApi;
  home?: HomeStatus;
  env?: Record<string, string>;
  terminal?: boolean;
  /** What is read from the input, line after line; then it ends. */
  lines?: string[];
  secrets?: string[];
  files?: Record<string, string | Uint8Array>;
  /** How many writes the disk takes. */
  room?: number;
  probe?: StoreProbe;
  report?: HomeReport;
  node?: string;
  open?: World["openHome"];
  /** The profiles of the folder; the first one is the current one. */
  profiles?: LocalProfile[];
  /** When what is written is taken; else at once. */
  taken?: Promise<void>;
}

const REACHED: StoreProbe = {
  ok: true,
  value: { software: "pli-store 0.1.0", wireVersion: 1, retentionDays: 30, clockSkew: 1, answeredIn: 3 },
};

function memorySink(
  isTerminal: boolean,
  size: { columns: number; rows: number },
  resized: Set<() => void>,
  taken = Promise.resolve(),
) {
  const sink = { text: "" };
  const write: Sink = {
    write: (text) => (sink.text += text),
    written: () => taken,
    isTerminal,
    columns: () => size.columns,
    rows: () => size.rows,
    onResize: (listener) => {
      resized.add(listener);
      return () => void resized.delete(listener);
    },
  };
  return { sink, write };
}

/** A machine in memory on which `pli` runs. */
export function createFakeWorld(options: Options = {}) {
  const fake = options.fake ?? createFakeApi();
  const size = { columns: 80, rows: 24 };
  const resized = new Set<() => void>();
  const out = memorySink(options.terminal === true, size, resized, options.taken);
  const err = memorySink(options.terminal === true, size, resized);
  const lines = [...(options.lines ?? [])];
  const secrets = [...(options.secrets ?? [])];
  const prompts: string[] = [];
  const files = options.files ?? {};
  const interrupts = new Set<() => void>();
  const exits = new Set<() => void>();
  const keys = new Set<(key: Key) => void>();
  const waiting = new Set<() => void>();
  const held = (work: () => void): (() => void) => {
    waiting.add(work);
    return () => void waiting.delete(work);
  };
  const opened: Parameters<World["openHome"]>[0][] = [];
  const unlocked: Parameters<World["changeUnlock"]>[0][] = [];
  const duresses: Parameters<World["setDuress"]>[0][] = [];
  const rooms: Parameters<World["setRoom"]>[0][] = [];
  const hides: Parameters<World["hideProfile"]>[0][] = [];
  const remembered = new Map<string, string>();
  const state = { home: options.home ?? "keyfile", closed: 0, isLockOffered: false };
  const lost = Promise.withResolvers<never>();
  const home: Home = {
    api: fake.api,
    role: "holder",
    lost: lost.promise,
    close: () => Promise.resolve(void (state.closed += 1)),
  };
  const world: World = {
    env: { LANG: "en_GB.UTF-8", ...options.env },
    stdout: out.write,
    stderr: err.write,
    stdin: {
      isTerminal: options.terminal === true,
      line: (prompt) => {
        prompts.push(prompt);
        return Promise.resolve(lines.shift());
      },
      secret: (prompt) => {
        prompts.push(prompt);
        return Promise.resolve(secrets.shift());
      },
      all: () => Promise.resolve(lines.splice(0).join("\n")),
      keys: (listener) => {
        keys.add(listener);
        return () => void keys.delete(listener);
      },
    },
    clock: { now: () => NOW, steady: () => 0, after: (ms, work) => (ms === 0 ? later(work) : held(work)) },
    versions: { pli: "0.1.0", node: options.node ?? "24.21.0", platform: "linux x64" },
    defaultHome: () => "/home/alice/.local/share/pli",
    profiles: fakeProfiles(options.profiles ?? []),
    homeStatus: () => Promise.resolve(state.home),
    openHome: (p) => {
      opened.push(p);
      return options.open?.(p) ?? Promise.resolve(home);
    },
    changeUnlock: (p) => {
      unlocked.push(p);
      return Promise.resolve();
    },
    setDuress: (p) => {
      duresses.push(p);
      return Promise.resolve();
    },
    setRoom: (p) => {
      rooms.push(p);
      return Promise.resolve();
    },
    hideProfile: (p) => {
      hides.push(p);
      return Promise.resolve();
    },
    shortestPassphrase: 8,
    inspectHome: () => Promise.resolve(options.report ?? { mode: 0o700, bytes: 200_000, freeBytes: 5e9 }),
    homeStore: (path) => Promise.resolve(remembered.get(path)),
    offersLock: () => {
      const isFirst = !state.isLockOffered;
      state.isLockOffered = true;
      return Promise.resolve(isFirst);
    },
    rememberStore: (path, store) => Promise.resolve(void remembered.set(path, store)),
    probeStore: () => Promise.resolve(options.probe ?? REACHED),
    readText: (path) => {
      const text = files[path];
      return typeof text !== "string" ? Promise.reject(new Error("ENOENT")) : Promise.resolve(text);
    },
    readBase64: async (path) => btoa(await world.readText(path)),
    createFile: async (path) => {
      if (path in files) throw new PliError("file_exists");
      let written: Uint8Array[] = [];
      return {
        write: async (bytes) => {
          if (options.room !== undefined && written.length >= options.room) throw new PliError("disk_full");
          written.push(bytes.slice());
        },
        close: async () => undefined,
        reopen: async () => new Blob([Buffer.concat(written)]).stream(),
        keep: async () => void (files[path] = new Uint8Array(Buffer.concat(written))),
        discard: async () => void (written = []),
      };
    },
    openFile: async (path) => {
      const bytes = files[path];
      if (!(bytes instanceof Uint8Array)) throw new PliError("file_unreadable");
      return { bytes: bytes.length, open: async () => new Blob([Buffer.from(bytes)]).stream() };
    },
    onInterrupt: (listener) => {
      interrupts.add(listener);
      return () => void interrupts.delete(listener);
    },
    onExit: (listener) => {
      exits.add(listener);
      return () => void exits.delete(listener);
    },
  };
  return {
    fake,
    world,
    opened,
    unlocked,
    duresses,
    rooms,
    hides,
    prompts,
    remembered,
    state,
    home,
    size,
    /** Another process held the engine, ended, and could not be followed. */
    lose: (error: Error) => lost.reject(error),
    /** As much time passes as what waits now waits for. */
    pass: () => {
      const all = [...waiting];
      waiting.clear();
      all.forEach((work) => work());
    },
    crash: () => exits.forEach((listener) => listener()),
    interrupt: () => [...interrupts].forEach((listener) => listener()),
    resize: (columns: number, rows: number) => {
      Object.assign(size, { columns, rows });
      resized.forEach((listener) => listener());
    },
    press: (key: Partial<Key>) =>
      [...keys].forEach((listener) => listener({ name: "", ctrl: false, meta: false, shift: false, text: "", ...key })),
    run: (...argv: string[]) => run(argv, world),
    stdout: () => out.sink.text,
    stderr: () => err.sink.text,
    clear: () => (out.sink.text = ""),
    events: () =>
      out.sink.text
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

function fakeProfiles(all: LocalProfile[]): World["profiles"] {
  const meant = (query: string): LocalProfile => {
    const one = all.find(({ id, label }) => id === query || label === query);
    if (one === undefined) throw new PliError("profile_unknown");
    return one;
  };
  return {
    list: async () => all,
    find: async (_, query) => (query === undefined ? all.find(({ current }) => current) : meant(query)),
    add: async (root, label) => {
      const id = `0000000${all.length}`;
      const folder = `${root}/profiles/${id}`;
      all.push({ id, label, folder, keyed: "keyfile", current: false });
      return { id, folder };
    },
    switch: async (_, query) => {
      for (const one of all) one.current = one === meant(query);
      return meant(query);
    },
    relabel: async (_, query, label) => Object.assign(meant(query), { label }),
    remove: async (_, query) => {
      const one = meant(query);
      all.splice(all.indexOf(one), 1);
      return one;
    },
  };
}

/** The chat of this person, until the test is over, in a terminal of this size. */
export async function openFakeChat(fake: FakeApi, { columns, rows } = { columns: 80, rows: 24 }) {
  const pli = createFakeWorld({ fake, terminal: true, env: { NO_COLOR: "1" } });
  pli.resize(columns, rows);
  const ended = pli.run();
  await settle();
  onTestFinished(async () => {
    pli.interrupt();
    await ended;
  });
  /** What was drawn last, with the sequences that place it. */
  const drawn = (): string => pli.stdout().split("\u001b[?25l").at(-1) ?? "";
  return { ...pli, ended, drawn };
}

function later(work: () => void): () => void {
  let stopped = false;
  setImmediate(() => stopped || work());
  return () => (stopped = true);
}

/** Everything queued so far has run. */
export const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
};
