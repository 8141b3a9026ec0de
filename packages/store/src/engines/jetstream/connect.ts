import { isIP } from "node:net";
import { checkServerIdentity, type PeerCertificate } from "node:tls";
import {
  connect,
  credsAuthenticator,
  nkeyAuthenticator,
  usernamePasswordAuthenticator,
  type Authenticator,
  type NatsConnection,
  type TlsOptions,
} from "@nats-io/transport-node";
import { StorageError } from "../../storage/storage.ts";
import { parseAddress, readSecret, type JetStreamSettings } from "./settings.ts";

/** A node that misses this many pings is left for another. */
const PING_MS = 1000;
const PINGS_MISSED = 2;
/**
 * The oldest server that this engine is tested with. Before 2.10.19 a label could be written twice
 * in a cluster.
 */
const OLDEST_SERVER = [2, 15] as const;

/**
 * Connects to any node that answers, and reconnects for ever. Throws a StorageError when no
 * connection can be made now.
 */
export const connectTo = async (settings: JetStreamSettings): Promise<NatsConnection> => {
  const { servers, tls } = parseAddress(settings.address);
  const options = {
    servers: [...servers],
    name: "pli-store",
    ...(tls ? { tls: tlsFrom(settings, servers) } : {}),
    ...(settings.credentialsFile === undefined ? {} : { authenticator: authenticatorFrom(settings.credentialsFile) }),
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    pingInterval: PING_MS,
    maxPingOut: PINGS_MISSED,
    timeout: 5000,
    noAsyncTraces: true,
  };
  const connection = await connect(options).catch((error: unknown) => {
    throw new StorageError("data_unusable", `the cluster cannot be reached: ${reasonOf(error)}`, { cause: error });
  });
  try {
    checkServer(connection);
  } catch (error) {
    await connection.close();
    throw error;
  }
  return connection;
};

/** The kind of failure, not its text: that may name addresses or users. */
const reasonOf = (error: unknown): string => (error instanceof Error ? error.name : "unknown");

const tlsFrom = ({ caFile, certFile, keyFile }: JetStreamSettings, servers: readonly string[]): TlsOptions => {
  const text = (path: string): string => Buffer.from(readSecret(path)).toString();
  const options = {
    checkServerIdentity: (name: string, certificate: PeerCertificate) => checkIdentity(name, certificate, servers),
    ...(caFile === undefined ? {} : { ca: text(caFile) }),
    ...(certFile === undefined ? {} : { cert: text(certFile) }),
    ...(keyFile === undefined ? {} : { key: text(keyFile) }),
  };
  return options;
};

/**
 * The client passes no name for a node that was given by its IP address. The certificate must be
 * for one of the given addresses then.
 */
const checkIdentity = (name: string, certificate: PeerCertificate, servers: readonly string[]): Error | undefined => {
  const error = checkServerIdentity(name, certificate);
  const addresses = servers.map(hostOf).filter((host) => isIP(host) !== 0);
  const known = addresses.some((address) => checkServerIdentity(address, certificate) === undefined);
  return known ? undefined : error;
};

const hostOf = (server: string): string => server.replace(/:\d+$/, "").replace(/^\[|\]$/g, "");

const authenticatorFrom = (path: string): Authenticator => {
  const bytes = readSecret(path);
  const text = Buffer.from(bytes).toString().trim();
  if (text.startsWith("-----BEGIN NATS USER JWT-----")) return credsAuthenticator(bytes);
  if (/^SU[A-Z2-7]{56}$/.test(text)) return nkeyAuthenticator(Buffer.from(text));
  const at = text.indexOf(":");
  if (at > 0 && !text.includes("\n")) return usernamePasswordAuthenticator(text.slice(0, at), text.slice(at + 1));
  throw new StorageError("data_unusable", `${path} holds neither credentials, nor a seed, nor one line user:password`, {
    file: path,
  });
};

const checkServer = (connection: NatsConnection): void => {
  const version = connection.info?.version ?? "";
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > OLDEST_SERVER[0] || (major === OLDEST_SERVER[0] && minor >= OLDEST_SERVER[1])) return;
  throw new StorageError(
    "data_unusable",
    `nats-server ${version} is too old: ${OLDEST_SERVER.join(".")} or later is needed`,
  );
};
