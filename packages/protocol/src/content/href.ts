const MAX_HREF = 2048;
const WRITTEN = /(?:https?:\/\/|mailto:)[^\s<>"`]{1,2048}/iy;
/** Spaces, controls, marks of direction and other characters nobody sees; quotes, and the backslash browsers read as a slash. */
const NOT_ALLOWED = /[\s\p{Cc}\p{Cf}\p{Cs}\p{DI}\p{Zs}\u2800<>"`\\]/u;
/** No user part, which is how one address is dressed as another; only ASCII hosts, for the same reason. */
const WEB = /^https?:\/\/(?:[a-z0-9][a-z0-9.-]{0,253}|\[[0-9a-f:.]{2,45}\])(?::[0-9]{1,5})?(?:[/?#].*)?$/i;
const MAIL = /^mailto:[a-z0-9._%+-]{1,64}@[a-z0-9][a-z0-9.-]{0,253}$/i;
const TRAILING = new Set(".,;:!?'*_]}");

/** The address, when it is one that may be a link: http, https or mailto, every character of it visible. */
export function hrefFrom(raw: string): string | undefined {
  if (raw.length > MAX_HREF || NOT_ALLOWED.test(raw)) return undefined;
  return WEB.test(raw) || MAIL.test(raw) ? raw : undefined;
}

/**
 * The address written out at `at`, without the punctuation of the sentence around it; `href` is undefined when it must
 * stay text. Undefined when there is none.
 */
export function linkAt(text: string, at: number): { href: string | undefined; length: number } | undefined {
  WRITTEN.lastIndex = at;
  const written = WRITTEN.exec(text)?.[0];
  if (written === undefined) return undefined;
  const raw = written.slice(0, endOf(written));
  return { href: hrefFrom(raw), length: Math.max(1, raw.length) };
}

function endOf(written: string): number {
  const paired = written.includes("(");
  let end = written.length;
  while (end > 0 && isTrailing(written.charAt(end - 1), paired)) end -= 1;
  return end;
}

function isTrailing(char: string, paired: boolean): boolean {
  return TRAILING.has(char) || (char === ")" && !paired);
}
