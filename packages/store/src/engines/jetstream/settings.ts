import { readFileSync } from "node:fs";
import { StorageError } from "../../storage/storage.ts";

/**
 * How to reach a cluster. Secrets are in files, never in an address or in an environment variable.
 * The files are read once, at the start.
 */
export interface JetStreamSettings {
  /** `nats://host:4222,host:4222` or the same with `tls://`; no name or password in it. */
  readonly address: string;
  /** PEM files: the authority to believe, our certificate and our key. */
  readonly caFile?: string | undefined;
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  /** A credentials file of NATS (JWT and seed), an nkey seed, or one line `user:password`. */
  readonly credentialsFile?: string | undefined;
  /** The prefix of all streams and subjects. Default `pli`. */
  readonly prefix?: string;
  /** The number of copies of new streams: 1, 3 or 5. Default 3. */
  readonly replicas?: number;
}

const PREFIX = /^[A-Za-z0-9_-]{1,32}$/;

/** Returns a valid prefix. Throws `data_unusable` for any other. */
export const checkPrefix = (prefix: string): string => {
  if (PREFIX.test(prefix)) return prefix;
  throw new StorageError("data_unusable", "the prefix must be 1 to 32 letters, digits, _ or -");
};

/** Whether the setting of the engine names a cluster, also when the rest of it is wrong. */
export const isClusterAddress = (engine: string): boolean => /^(nats|tls):/.test(engine);

/**
 * The servers of an address. Throws `data_unusable` for anything else, without repeating it, since
 * it may hold a password.
 */
export const parseAddress = (address: string): { readonly servers: readonly string[]; readonly tls: boolean } => {
  const match = /^(nats|tls):\/\/([^/@?#\s]+)\/?$/.exec(address);
  const servers = (match?.[2] ?? "").split(",").map((server) => server.trim());
  if (match === null || !servers.every((server) => HOST_AND_PORT.test(server))) {
    throw new StorageError(
      "data_unusable",
      "the engine's address must be nats://host:port,host:port or tls://host:port,host:port, without a name or password",
    );
  }
  return { servers, tls: match[1] === "tls" };
};

const HOST_AND_PORT = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::\d{1,5})?$/;

/** Reads a file named in the settings. Throws `data_unusable`, which names the file. */
export const readSecret = (path: string): Uint8Array => {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new StorageError("data_unusable", `${path} cannot be read`, { file: path, cause: error });
  }
};
