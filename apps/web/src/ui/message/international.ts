import { likenessOf } from "@pli/engine/content";
import { decode } from "punycode/punycode.es6.js";

const MAX_HOST = 254;

/**
 * How an address of an international name (`xn--…`, RFC 3492) is written in its own letters;
 * undefined for one that has none, or that no name becomes.
 */
export function inOwnLetters(href: string): string | undefined {
  const host = hostOf(href);
  if (host === undefined || host.length > MAX_HOST || !/(?:^|\.)xn--/iu.test(host)) return undefined;
  try {
    return host
      .split(".")
      .map((label) => (/^xn--/iu.test(label) ? decode(label.slice(4).toLowerCase()) : label))
      .join(".");
  } catch {
    return undefined;
  }
}

/** Letters of another alphabet than ours. */
const FOREIGN = /[^\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]/u;

/**
 * The name in plain letters that one in its own letters could be taken for; undefined for one that
 * nobody takes for another.
 */
export function imitatedBy(ownLetters: string): string | undefined {
  if (!FOREIGN.test(ownLetters)) return undefined;
  const plain = ownLetters
    .split(".")
    .map((label) => (FOREIGN.test(label) ? likenessOf(label) : label))
    .join(".");
  return /^[a-z0-9.-]+$/u.test(plain) ? plain : undefined;
}

function hostOf(href: string): string | undefined {
  try {
    return new URL(href).hostname || undefined;
  } catch {
    return undefined;
  }
}
