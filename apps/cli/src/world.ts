import type { PliApi } from "@pli/engine/api";
import type { Clock } from "@pli/engine/ports";
import type { StoreProbe } from "@pli/engine/probe";

/** Where a command writes. */
export interface Sink {
  write(text: string): void;
  /** Resolves once all that was written has left this process; never, when nobody takes it. */
  written(): Promise<void>;
  readonly isTerminal: boolean;
  columns(): number;
  rows(): number;
  onResize(listener: () => void): () => void;
}

/**
 * One key press: its name unless it only types, and the `text` it types. What is pasted is one key,
 * named `paste`.
 */
export interface Key {
  name: string;
  ctrl: boolean;
  meta: boolean;
  shift: boolean;
  text: string;
}

/** What a command reads. `undefined`: the input has ended. */
export interface Source {
  readonly isTerminal: boolean;
  /**
   * The next line, without its end. On a terminal the prompt is shown and the line can be edited.
   */
  line(prompt: string): Promise<string | undefined>;
  /** A line that is not shown while typed. Only on a terminal. */
  secret(prompt: string): Promise<string | undefined>;
  /** Everything up to the end of the input; undefined when it is no UTF-8. */
  all(): Promise<string | undefined>;
  /** Each key from now on, unseen by the terminal, until the returned function is called. */
  keys(listener: (key: Key) => void): () => void;
}

export type HomeStatus = "absent" | "keyfile" | "passphrase";

/** What opens a home. */
export type Unlock = { passphrase: string } | { keyFile: true };

export interface Home {
  api: PliApi;
  role: "holder" | "guest";
  /**
   * Rejects when the engine ended with another process and could not be had here: what is watched
   * is silent from then on.
   */
  lost: Promise<never>;
  close(): Promise<void>;
}

export interface HomeReport {
  /** Unix permission bits of the folder; undefined where the platform has none. */
  mode: number | undefined;
  bytes: number;
  freeBytes: number;
}

/** Everything a command needs of the machine it runs on; tests bring their own. */
export interface World {
  env: Record<string, string | undefined>;
  stdout: Sink;
  stderr: Sink;
  stdin: Source;
  clock: Clock;
  versions: { pli: string; node: string; platform: string };
  /** Where a profile lives when nobody says. */
  defaultHome(): string;
  homeStatus(home: string): Promise<HomeStatus>;
  openHome(p: { home: string; store: string; unlock: Unlock; create?: boolean }): Promise<Home>;
  /** Protects a home in another way from now on. */
  changeUnlock(p: { home: string; from: Unlock; to: Unlock }): Promise<void>;
  /** How many characters a passphrase must have. */
  shortestPassphrase: number;
  inspectHome(home: string): Promise<HomeReport>;
  /** The store a home was made for, or told of since, remembered beside its data. */
  homeStore(home: string): Promise<string | undefined>;
  rememberStore(home: string, store: string): Promise<void>;
  probeStore(store: string): Promise<StoreProbe>;
  /** The text of a file; rejects when it cannot be read. */
  readText(path: string): Promise<string>;
  /** The bytes of a file in base64; rejects when it cannot be read. */
  readBase64(path: string): Promise<string>;
  /** Ctrl-C and its like, until the returned function is called. */
  onInterrupt: (listener: () => void) => () => void;
  /**
   * The end of the process, a crash too, until the returned function is called. What listens must
   * do its work at once.
   */
  onExit: (listener: () => void) => () => void;
}
