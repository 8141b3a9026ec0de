import { feedOf, parseLabel, type Label } from "@pli/protocol/wire";

/**
 * The streams and subjects of one store in a NATS account. All begin with its prefix, so one
 * account can hold several stores.
 */
export interface StreamNames {
  cellStream(feed: number): string;
  blockStream(feed: number): string;
  readonly metaStream: string;
  readonly probeStream: string;
  cellSubject(label: Label): string;
  blockSubject(label: Label): string;
  /** Where the leader publishes new cells of a feed. */
  newsSubject(feed: number): string;
  readonly idSubject: string;
  readonly daysSubject: string;
  probeSubject(process: string): string;
}

export const namesFrom = (prefix: string): StreamNames => ({
  cellStream: (feed) => `${prefix}-cells-${feed}`,
  blockStream: (feed) => `${prefix}-blocks-${feed}`,
  metaStream: `${prefix}-meta`,
  probeStream: `${prefix}-probe`,
  cellSubject: (label) => `${prefix}.cells.${feedOf(label)}.${tokenFrom(label)}`,
  blockSubject: (label) => `${prefix}.blocks.${feedOf(label)}.${tokenFrom(label)}`,
  newsSubject: (feed) => `${prefix}.news.${feed}`,
  idSubject: `${prefix}.meta.store`,
  daysSubject: `${prefix}.meta.days`,
  probeSubject: (process) => `${prefix}.probe.${process}`,
});

/** The 30 bytes of a label after its feed, in 40 characters that any subject may hold. */
const tokenFrom = (label: Label): string => Buffer.from(label.buffer, label.byteOffset + 2, 30).toString("base64url");

const SUBJECT = /^[A-Za-z0-9_-]{1,32}\.(?:cells|blocks)\.(\d{1,5})\.([A-Za-z0-9_-]{40})$/;

/** The label of one of our subjects; undefined for any other. */
export const labelFromSubject = (subject: string): Label | undefined => {
  const match = SUBJECT.exec(subject);
  const feed = Number(match?.[1]);
  if (match?.[2] === undefined || feed > 0xffff || String(feed) !== match[1]) return undefined;
  const bytes = new Uint8Array(32);
  bytes.set([feed >> 8, feed & 0xff]);
  bytes.set(Buffer.from(match[2], "base64url"), 2);
  const label = parseLabel(bytes);
  return label.ok ? label.value : undefined;
};
