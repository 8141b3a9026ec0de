const MAX_HREF = 2048;
/**
 * Spaces, controls, marks of direction and other characters nobody sees; quotes, and the backslash
 * browsers read as a slash.
 */
const NOT_ALLOWED = /[\s\p{Cc}\p{Cf}\p{Cs}\p{DI}\p{Zs}\u2800<>"`\\]/u;
/**
 * No user part, which is how one address is dressed as another; only ASCII hosts, for the same
 * reason.
 */
const WEB = /^https?:\/\/(?:[a-z0-9][a-z0-9.-]{0,253}|\[[0-9a-f:.]{2,45}\])(?::[0-9]{1,5})?(?:[/?#].*)?$/i;
const MAIL = /^mailto:[a-z0-9._%+-]{1,64}@[a-z0-9][a-z0-9.-]{0,253}$/i;
/** Digits only: no code that a telephone takes for an order, `*#06#`. */
const TELEPHONE = /^tel:\+?[0-9](?:[.-]?[0-9]){2,14}$/i;

/**
 * The address, when it is one that may be a link: http, https, mailto or tel, every character of it
 * visible.
 */
export function hrefFrom(raw: string): string | undefined {
  if (raw.length > MAX_HREF || NOT_ALLOWED.test(raw)) return undefined;
  return WEB.test(raw) || MAIL.test(raw) || TELEPHONE.test(raw) ? raw : undefined;
}
