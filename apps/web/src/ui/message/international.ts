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

function hostOf(href: string): string | undefined {
  try {
    return new URL(href).hostname || undefined;
  } catch {
    return undefined;
  }
}
