/**
 * The addresses of conversations and messages. A browser keeps a history of addresses, in clear, and both people of a
 * conversation know it by one identifier: two seized devices would show that they talk. So an address holds 48 bits of
 * the identifier under a key of this device (a strongly universal hash: addresses of two devices say nothing together).
 */
const KEY = "pli.addresses";
const ADDRESS_BITS = 48;
/** Identifiers are texts of at most 64 characters. */
const KEY_BITS = 8 * 64 + ADDRESS_BITS;

type Key = readonly [factor: bigint, addend: bigint];

let key: Key | undefined;

export function conversationAddress(id: string): string {
  return `/c/${shortened(id)}`;
}

export function contactAddress(conversation: string): string {
  return `${conversationAddress(conversation)}/contact`;
}

export function messageAddress(p: { conversation: string; id: string }): string {
  return `${conversationAddress(p.conversation)}?m=${shortened(p.id)}`;
}

/** The part of an address that stands for an identifier: 12 hexadecimal digits, the same on this device for good. */
export function shortened(id: string): string {
  key ??= readKey() ?? createKey();
  const [factor, addend] = key;
  const sum = BigInt.asUintN(KEY_BITS, numberFrom(new TextEncoder().encode(id)) * factor + addend);
  return (sum >> BigInt(KEY_BITS - ADDRESS_BITS)).toString(16).padStart(ADDRESS_BITS / 4, "0");
}

const HALF = KEY_BITS / 4;

function readKey(): Key | undefined {
  const text = localStorage.getItem(KEY) ?? "";
  if (!/^[0-9a-f]+$/u.test(text) || text.length !== 2 * HALF) return undefined;
  return [BigInt(`0x${text.slice(0, HALF)}`), BigInt(`0x${text.slice(HALF)}`)];
}

function createKey(): Key {
  const half = (): bigint => numberFrom(crypto.getRandomValues(new Uint8Array(KEY_BITS / 8)));
  const made: Key = [half(), half()];
  localStorage.setItem(KEY, made.map((part) => part.toString(16).padStart(HALF, "0")).join(""));
  return made;
}

function numberFrom(bytes: Uint8Array): bigint {
  return BigInt(`0x0${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`);
}
