import { DEFAULT_LIMITS, ENGINES, LOG_LEVELS } from "@pli/store";

/**
 * One setting of the server. Its flag (`--retention-days`), its name in the file (`retentionDays`)
 * and in the environment (`PLI_RETENTION_DAYS`) follow from `name`.
 */
export interface Option {
  readonly name: string;
  readonly kind: "integer" | "text" | "boolean" | "choice" | "engine" | "networks" | "names" | "contacts";
  readonly fallback: string;
  readonly help: string;
  readonly min?: number;
  readonly max?: number;
  readonly choices?: readonly string[];
}

const limit = (name: string, fallback: number, help: string): Option => ({
  name,
  kind: "integer",
  fallback: String(fallback),
  help,
  min: 1,
  max: 1_000_000_000,
});

const file = (name: string, help: string): Option => ({ name, kind: "text", fallback: "", help });

export const OPTIONS: readonly Option[] = [
  {
    name: "port",
    kind: "integer",
    fallback: "7540",
    min: 0,
    max: 65_535,
    help: "Port of the store and the web app; 0 takes any free one.",
  },
  {
    name: "host",
    kind: "text",
    fallback: "127.0.0.1",
    help: "Address to listen on. Only this machine reaches the default; 0.0.0.0 or :: admits others.",
  },
  { name: "data", kind: "text", fallback: "./data", help: "Folder of the data; made if missing." },
  {
    name: "engine",
    kind: "engine",
    fallback: "auto",
    choices: ["auto", ...ENGINES],
    help: "What keeps the data: an engine in the folder, or a cluster of NATS nodes (docs/cluster.md). auto opens data with the engine that made it, and makes new data with log.",
  },
  file(
    "nats-ca",
    "PEM file of the authority that signed the nodes' certificates; by default the system's authorities.",
  ),
  file("nats-cert", "PEM file of this store node's certificate."),
  file("nats-key", "PEM file of that certificate's key."),
  file("nats-credentials", "File with a NATS credentials file, an nkey seed, or one line user:password."),
  {
    name: "nats-prefix",
    kind: "text",
    fallback: "pli",
    help: "Prefix of all streams: several stores may share an account.",
  },
  {
    name: "nats-replicas",
    kind: "integer",
    fallback: "3",
    min: 1,
    max: 5,
    help: "Number of copies of new streams.",
  },
  {
    name: "web",
    kind: "text",
    fallback: "",
    help: "Folder of the built web app; by default apps/web/dist of this clone.",
  },
  {
    name: "config",
    kind: "text",
    fallback: "",
    help: "JSON file with any of these settings, by their names in the file.",
  },
  {
    name: "retention-days",
    kind: "integer",
    fallback: "30",
    min: 1,
    max: 3650,
    help: "Whole days that every cell and block is kept.",
  },
  {
    name: "feeds",
    kind: "integer",
    fallback: "1",
    min: 1,
    max: 64,
    help: "Number of feeds. It may grow, never shrink.",
  },
  {
    name: "full-feed-mib",
    kind: "integer",
    fallback: "20",
    min: 0,
    max: 1_000_000_000,
    help: "A feed whose day takes more MiB than this is given in tag form; 0: always.",
  },
  {
    name: "min-free-mib",
    kind: "integer",
    fallback: "128",
    min: 0,
    max: 1_000_000_000,
    help: "Puts are refused below this much free disk, in MiB; reads still work.",
  },
  {
    name: "clock-settle-hours",
    kind: "integer",
    fallback: "1",
    min: 0,
    max: 8760,
    help: "How long a clock that is days ahead must keep steady before anything expires by it.",
  },
  {
    name: "metrics-port",
    kind: "integer",
    fallback: "0",
    min: 0,
    max: 65_535,
    help: "Loopback port of the Prometheus metrics at /metrics; 0 for none.",
  },
  {
    name: "backup-socket",
    kind: "text",
    fallback: "",
    help: "Socket at which the command backup reads the running store; by default backup.sock in the data folder. None on Windows and on a cluster.",
  },
  {
    name: "behind-proxy",
    kind: "boolean",
    fallback: "false",
    help: "Count addresses by the last X-Forwarded-For value, which a proxy of yours sets.",
  },
  {
    name: "trusted-proxies",
    kind: "networks",
    fallback: "loopback",
    help: "Proxies whose X-Forwarded-For is believed with behind-proxy.",
  },
  {
    name: "hosts",
    kind: "names",
    fallback: "",
    help: "Names that the store answers to besides addresses and names of its own network, and sites whose pages may use it (docs/operations.md, Names).",
  },
  {
    name: "security-contact",
    kind: "contacts",
    fallback: "",
    help: "Contacts for reports of a weakness, which /.well-known/security.txt (RFC 9116) names. By default there is no such file.",
  },
  limit("connections", DEFAULT_LIMITS.connections, "WebSockets at once; 1,000 more connections are for HTTP."),
  limit(
    "connections-per-address",
    DEFAULT_LIMITS.connectionsPerAddress,
    "Connections of any kind at once from one address (one /64 for IPv6).",
  ),
  limit(
    "puts-per-second",
    DEFAULT_LIMITS.putsPerSecond,
    "Puts a second on one connection, on average; a block counts as 16.",
  ),
  limit("put-burst", DEFAULT_LIMITS.putBurst, "Puts one connection may make at once after a pause."),
  limit(
    "puts-per-second-per-address",
    DEFAULT_LIMITS.putsPerSecondPerAddress,
    "Puts a second from one address, on average.",
  ),
  limit("put-burst-per-address", DEFAULT_LIMITS.putBurstPerAddress, "Puts one address may make at once after a pause."),
  limit("in-flight", DEFAULT_LIMITS.inFlight, "Requests of one connection that run at once; the rest waits unread."),
  {
    name: "log-level",
    kind: "choice",
    fallback: "info",
    choices: LOG_LEVELS,
    help: "The level of the JSON lines on standard output.",
  },
  {
    name: "banner",
    kind: "choice",
    fallback: "auto",
    choices: ["auto", "yes", "no"],
    help: "Prints the address and its QR code instead of JSON lines; auto does so on a terminal.",
  },
];

export const flagOf = ({ name }: Option): string => `--${name}`;
export const variableOf = ({ name }: Option): string => `PLI_${name.toUpperCase().replaceAll("-", "_")}`;
export const keyOf = ({ name }: Option): string =>
  name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());

/** The values that an option accepts, in words. */
export const acceptedBy = (option: Option): string => {
  switch (option.kind) {
    case "integer":
      return `a whole number from ${option.min} to ${option.max}`;
    case "boolean":
      return "true or false";
    case "choice":
      return (option.choices ?? []).join(", ");
    case "engine":
      return `${(option.choices ?? []).join(", ")}, or nats://host:port,… or tls://host:port,…`;
    case "networks":
      return "loopback, private, addresses and networks such as 192.0.2.0/24, with commas between";
    case "names":
      return "names such as pli.example.org, with commas between";
    case "contacts":
      return "mailto:, https:// or tel: addresses, with commas between";
    case "text":
      return "text";
  }
};
