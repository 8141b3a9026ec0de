/**
 * The policy of the web app's page and scripts. They talk to their own origin, and to the WebSocket
 * of any store, since a conversation may live on another one. They load nothing from anywhere else,
 * and send nothing there by fetch.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "font-src 'self'",
  "connect-src 'self' ws: wss:",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types pli",
].join("; ");

const NO_FEATURES = [
  "accelerometer",
  "autoplay",
  "display-capture",
  "geolocation",
  "gyroscope",
  "magnetometer",
  "microphone",
  "midi",
  "payment",
  "usb",
  "serial",
  "hid",
  "browsing-topics",
  "screen-wake-lock",
  "xr-spatial-tracking",
].map((feature) => `${feature}=()`);

/** The policy of everything else. Shown as a page, it runs no script and is not of our origin. */
const CLOSED_POLICY = "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

type Headers = Readonly<Record<string, string>>;

const COMMON: Headers = {
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "X-Robots-Tag": "noindex",
};

/** For the page of the web app, and for its scripts, which have their own policy as workers. */
export const APP_HEADERS: Headers = {
  ...COMMON,
  "Content-Security-Policy": POLICY,
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Origin-Agent-Cluster": "?1",
  "Permissions-Policy": ["camera=(self)", ...NO_FEATURES].join(", "),
};

/**
 * For every other answer. It has no opener policy, since browsers refuse to show a page that has
 * both that and a sandbox.
 */
export const CLOSED_HEADERS: Headers = {
  ...COMMON,
  "Content-Security-Policy": CLOSED_POLICY,
  "Permissions-Policy": ["camera=()", ...NO_FEATURES].join(", "),
};

/** A whole answer, for a connection that Node answers no more. It ends the connection. */
export const lastAnswer = (status: string, text = "", more: Headers = {}): string => {
  const headers = {
    ...CLOSED_HEADERS,
    "Cache-Control": "no-store",
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Length": String(Buffer.byteLength(text)),
    Connection: "close",
    ...more,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status}`, ...lines, "", text].join("\r\n");
};
