/**
 * Sums and states of the whole store, in the Prometheus text format. No value is about one
 * connection, address, label or person.
 */
export interface Metrics {
  count(name: CounterName, label?: string): void;
  /** One commit: its duration in seconds, and its puts. */
  observe(seconds: number, puts: number): void;
  gauge(name: string, help: string, read: () => number | Promise<number>): void;
  /** Leaves out a gauge that cannot be read. */
  text(): Promise<string>;
}

const COUNTERS = {
  pli_puts_total: ["outcome", "Puts answered, by outcome."],
  pli_gets_total: ["outcome", "Gets answered, by outcome."],
  pli_refused_total: ["code", "Requests refused, by code."],
  pli_connections_refused_total: ["reason", "Connections refused, by reason."],
  pli_storage_failures_total: ["code", "Times the storage failed, by code."],
} as const;
type CounterName = keyof typeof COUNTERS;

const BOUNDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];

export const createMetrics = (): Metrics => {
  const counts = new Map<string, number>();
  const gauges: { name: string; help: string; read: () => number | Promise<number> }[] = [];
  const buckets = BOUNDS.map(() => 0);
  let commits = 0;
  let commitSeconds = 0;
  let committedPuts = 0;

  const counterLines = (): string[] =>
    Object.entries(COUNTERS).flatMap(([name, [label, help]]) => {
      const values = [...counts].filter(([key]) => key.startsWith(`${name} `));
      const lines = values.map(([key, value]) => `${name}{${label}="${key.slice(name.length + 1)}"} ${value}`);
      return [`# HELP ${name} ${help}`, `# TYPE ${name} counter`].concat(lines);
    });
  const commitLines = (): string[] => [
    "# HELP pli_commit_seconds Time of one commit to disk.",
    "# TYPE pli_commit_seconds histogram",
    ...BOUNDS.map((bound, i) => `pli_commit_seconds_bucket{le="${bound}"} ${buckets[i]}`),
    `pli_commit_seconds_bucket{le="+Inf"} ${commits}`,
    `pli_commit_seconds_sum ${commitSeconds}`,
    `pli_commit_seconds_count ${commits}`,
    "# HELP pli_committed_puts_total Puts in all commits.",
    "# TYPE pli_committed_puts_total counter",
    `pli_committed_puts_total ${committedPuts}`,
  ];
  const linesOf = async ({ name, help, read }: (typeof gauges)[number]): Promise<string[]> => {
    try {
      return [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, `${name} ${await read()}`];
    } catch {
      return [];
    }
  };
  const gaugeLines = async (): Promise<string[]> => (await Promise.all(gauges.map(linesOf))).flat();
  return {
    count: (name, label = "") => {
      const key = `${name} ${label}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    },
    observe: (seconds, puts) => {
      for (const [i, bound] of BOUNDS.entries()) if (seconds <= bound) buckets[i] = (buckets[i] ?? 0) + 1;
      commits += 1;
      commitSeconds += seconds;
      committedPuts += puts;
    },
    gauge: (name, help, read) => {
      gauges.push({ name, help, read });
    },
    text: async () => `${[...counterLines(), ...commitLines(), ...(await gaugeLines())].join("\n")}\n`,
  };
};
