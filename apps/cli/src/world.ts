/** The ports of the terminal: what a command needs of its machine. */
import type { PliApi } from "@pli/engine/api";
import type { Clock } from "@pli/engine/ports";
import type { StoreProbe } from "@pli/engine/probe";

/** An output of a command. */
export interface Sink {
  write(text: string): void;
  /** Resolves once everything written has left this process: never, where nobody reads. */
  written(): Promise<void>;
  readonly isTerminal: boolean;
  columns(): number;
  rows(): number;
  onResize(listener: () => void): () => void;
}

/** One key press: its name, or the `text` that it types. What is pasted is one key, `paste`. */
export interface Key {
  name: string;
  ctrl: boolean;
  meta: boolean;
  shift: boolean;
  text: string;
}

/** The input of a command. `undefined` means that it has ended. */
export interface Source {
  readonly isTerminal: boolean;
  /** The next line, without its end. A terminal shows the prompt and lets the line be edited. */
  line(prompt: string): Promise<string | undefined>;
  /** A line that is not shown while typed. Only on a terminal. */
  secret(prompt: string): Promise<string | undefined>;
  /** The whole input; undefined when it is not UTF-8. */
  all(): Promise<string | undefined>;
  /**
   * Gives each key to the listener, and not to the terminal, until the returned function is called.
   */
  keys(listener: (key: Key) => void): () => void;
}

export type HomeStatus = "absent" | "keyfile" | "passphrase";

/** What opens a home. */
export type Unlock = { passphrase: string } | { keyFile: true };

/** One of the profiles of a folder. */
export interface LocalProfile {
  id: string;
  label: string | undefined;
  folder: string;
  keyed: Exclude<HomeStatus, "absent">;
  current: boolean;
}

/**
 * The profiles of a folder. A query is a label, or an id or its beginning. Rejects with
 * `profile_unknown`, `profile_exists`, `name_…`, `database_locked`.
 */
export interface Profiles {
  list(root: string): Promise<LocalProfile[]>;
  /** Without a query the current one; undefined where there is none yet. */
  find(root: string, query: string | undefined): Promise<LocalProfile | undefined>;
  /** A folder for one more. */
  add(root: string, label: string): Promise<{ id: string; folder: string }>;
  switch(root: string, query: string): Promise<LocalProfile>;
  relabel(root: string, query: string, label: string): Promise<LocalProfile>;
  /** Erases it, its keys first. */
  remove(root: string, query: string): Promise<LocalProfile>;
}

export interface Home {
  api: PliApi;
  role: "holder" | "guest";
  /**
   * Rejects when the process that ran the engine has ended and this one could not take over.
   * Watches are silent from then on.
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

/** A file that is being written: it takes its place only when it is kept. */
export interface NewFile {
  write(bytes: Uint8Array): Promise<void>;
  /** Resolves once the disk has all of it. */
  close(): Promise<void>;
  /** What was written so far, read from the disk. */
  reopen(): Promise<ReadableStream<Uint8Array>>;
  /** It is there from now on. `file_exists`: another came to be there meanwhile. */
  keep(): Promise<void>;
  /** Nothing of it stays. Never rejects. */
  discard(): Promise<void>;
}

/** A file that is there, and can be read several times. */
export interface ReadFile {
  readonly bytes: number;
  open(): Promise<ReadableStream<Uint8Array>>;
}

/** Everything a command needs of the machine it runs on. Tests bring their own. */
export interface World {
  env: Record<string, string | undefined>;
  stdout: Sink;
  stderr: Sink;
  stdin: Source;
  clock: Clock;
  versions: { pli: string; node: string; platform: string };
  /** The folder of a profile by default. */
  defaultHome(): string;
  profiles: Profiles;
  homeStatus(home: string): Promise<HomeStatus>;
  openHome(how: { home: string; store: string; unlock: Unlock; create?: boolean }): Promise<Home>;
  /** Changes what opens a home. */
  changeUnlock(how: { home: string; from: Unlock; to: Unlock }): Promise<void>;
  /** Sets a duress passphrase, or without `duress` removes it. */
  setDuress(how: { home: string; passphrase: string; duress?: { name: string; passphrase: string } }): Promise<void>;
  /** Makes room for hidden profiles, `mib` MiB for each, or without it removes the room. */
  setRoom(how: { home: string; passphrase: string; mib?: number }): Promise<void>;
  /** Makes a hidden profile. It may take the place of one that no passphrase of `keep` opens. */
  hideProfile(how: {
    home: string;
    passphrase: string;
    hidden: { name: string; passphrase: string };
    keep: readonly string[];
  }): Promise<void>;
  /** How many characters a passphrase must have. */
  shortestPassphrase: number;
  inspectHome(home: string): Promise<HomeReport>;
  /** The store that a home remembers beside its data. */
  homeStore(home: string): Promise<string | undefined>;
  rememberStore(home: string, store: string): Promise<void>;
  /** Whether the lock has never been offered for this home. Remembers that it is now. */
  offersLock(home: string): Promise<boolean>;
  probeStore(store: string): Promise<StoreProbe>;
  /** The text of a file; rejects when it cannot be read. */
  readText(path: string): Promise<string>;
  /** The bytes of a file in base64; rejects when it cannot be read. */
  readBase64(path: string): Promise<string>;
  /** `file_exists`, `file_unreadable`, `disk_full`, `disk_read_only`; so do its functions. */
  createFile(path: string): Promise<NewFile>;
  /** `file_unreadable`. */
  openFile(path: string): Promise<ReadFile>;
  /** Calls the listener at Ctrl-C and similar signals, until the returned function is called. */
  onInterrupt: (listener: () => void) => () => void;
  /**
   * Calls the listener when the process ends or crashes, until the returned function is called. The
   * listener must do its work synchronously.
   */
  onExit: (listener: () => void) => () => void;
}
