/**
 * Kinds of addresses that mean another machine in each network: `loopback` is this very device,
 * `private` an office or a home, `shared` what a provider keeps behind one address, `link` machines
 * on the same cable. Nobody can be reached at one of `nowhere`.
 */
export type NearRange = "loopback" | "private" | "shared" | "link" | "nowhere";

/**
 * In which of these ranges the host of a store's address lies; undefined: it means the same machine
 * everywhere. Numbers are read as browsers read them, 127.1 and 0x7f000001 are loopback. What a
 * name leads to is not asked.
 */
export function nearRangeOf(store: string): NearRange | undefined {
  const host = hostOf(store);
  if (host.startsWith("[")) return rangeOfIPv6(host.slice(1, -1));
  const labels = host.split(".");
  return isNumber(labels.at(-1) ?? "") ? rangeOfNumbers(labels) : rangeOfName(labels);
}

const hostOf = (store: string): string => store.replace(/^https?:\/\//, "").replace(/:[0-9]+$/, "");

/**
 * Names that lead nowhere, or that each network gives a meaning of its own (RFC 6761, 6762, 8375).
 */
const NEAR_NAMES: Readonly<Record<string, NearRange>> = {
  localhost: "loopback",
  localdomain: "loopback",
  local: "private",
  internal: "private",
  intranet: "private",
  private: "private",
  corp: "private",
  home: "private",
  lan: "private",
  "home.arpa": "private",
  invalid: "nowhere",
  onion: "nowhere",
};

function rangeOfName(labels: readonly string[]): NearRange | undefined {
  if (labels.includes("")) return "nowhere";
  const near = NEAR_NAMES[labels.at(-1) ?? ""] ?? NEAR_NAMES[labels.slice(-2).join(".")];
  return near ?? (labels.length === 1 ? "private" : undefined);
}

const isNumber = (label: string): boolean => /^(?:[0-9]+|0x[0-9a-f]*)$/.test(label);

/** The last number fills what the others leave. */
function rangeOfNumbers(labels: readonly string[]): NearRange | undefined {
  const numbers = labels.map(numberFrom);
  const last = numbers.at(-1) ?? Number.NaN;
  const others = numbers.slice(0, -1);
  const isWithin = others.every((number) => number <= 255) && last < 256 ** (4 - others.length);
  if (labels.length > 4 || !isWithin) return "nowhere";
  return rangeOfIPv4(others.reduce((sum, number, i) => sum + number * 256 ** (3 - i), last));
}

function numberFrom(label: string): number {
  if (!isNumber(label)) return Number.NaN;
  if (label.startsWith("0x")) return label === "0x" ? 0 : Number(label);
  return label.length > 1 && label.startsWith("0") ? Number(`0o${label.slice(1)}`) : Number(label);
}

const IPV4: readonly (readonly [range: NearRange, address: string, bits: number])[] = [
  ["loopback", "127.0.0.0", 8],
  ["loopback", "0.0.0.0", 8],
  ["private", "10.0.0.0", 8],
  ["private", "172.16.0.0", 12],
  ["private", "192.168.0.0", 16],
  ["shared", "100.64.0.0", 10],
  ["link", "169.254.0.0", 16],
  ["nowhere", "192.0.0.0", 24],
  ["nowhere", "198.18.0.0", 15],
  ["nowhere", "224.0.0.0", 3],
];

function rangeOfIPv4(address: number): NearRange | undefined {
  const found = IPV4.find(([, first, bits]) => {
    const size = 2 ** (32 - bits);
    return Math.floor(address / size) === Math.floor(fromQuad(first) / size);
  });
  return found?.[0];
}

const fromQuad = (quad: string): number => quad.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);

function rangeOfIPv6(text: string): NearRange | undefined {
  const groups = groupsFrom(text);
  if (groups === undefined) return "nowhere";
  const [first = 0, second = 0] = groups;
  const tail = (groups[6] ?? 0) * 65_536 + (groups[7] ?? 0);
  const zeros = groups.findIndex((group) => group !== 0);
  if (zeros === 7 && tail === 1) return "loopback";
  // IPv4 within: compatible or nothing at all, mapped, translated, 6to4.
  if (zeros === -1 || zeros >= 6 || (zeros === 5 && groups[5] === 0xffff)) return rangeOfIPv4(tail) ?? "nowhere";
  if (zeros === 4 && groups[4] === 0xffff && groups[5] === 0) return rangeOfIPv4(tail) ?? "nowhere";
  if (first === 0x64 && second === 0xff9b) return groups[2] === 0 ? rangeOfIPv4(tail) : "private";
  if (first === 0x2002) return rangeOfIPv4(second * 65_536 + (groups[2] ?? 0));
  if ((first & 0xfe00) === 0xfc00 || (first & 0xffc0) === 0xfec0) return "private";
  if ((first & 0xffc0) === 0xfe80) return "link";
  // Only 2000::/3 is given out.
  return (first & 0xe000) === 0x2000 ? undefined : "nowhere";
}

/** The eight groups of an IPv6 address; undefined when it is none. */
function groupsFrom(text: string): number[] | undefined {
  const quad = /(?:^|:)([0-9.]*\.[0-9.]*)$/.exec(text)?.[1];
  const plain = quad === undefined ? text : text.slice(0, -quad.length) + inHexGroups(quad);
  const halves = plain.split("::").map((half) => (half === "" ? [] : half.split(":")));
  const given = halves.flat();
  const isFull = halves.length === 1 ? given.length === 8 : halves.length === 2 && given.length < 8;
  if (!isFull || !given.every((group) => /^[0-9a-f]{1,4}$/.test(group))) return undefined;
  const filled = [...(halves[0] ?? []), ...Array<string>(8 - given.length).fill("0"), ...(halves[1] ?? [])];
  return filled.map((group) => Number.parseInt(group, 16));
}

function inHexGroups(quad: string): string {
  const parts = quad.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^[0-9]{1,3}$/.test(part) && Number(part) <= 255)) return "nothing";
  const address = fromQuad(quad);
  return `${Math.floor(address / 65_536).toString(16)}:${(address % 65_536).toString(16)}`;
}
