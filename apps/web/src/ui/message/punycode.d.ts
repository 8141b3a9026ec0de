/** The part of `punycode` that is used, by its module for browsers. */
declare module "punycode/punycode.es6.js" {
  /** RFC 3492, of one label without `xn--`. Throws a RangeError for what is none. */
  export function decode(label: string): string;
}
