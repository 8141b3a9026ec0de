/** Headers of everything the store serves over HTTP: the web app talks to its own origin and to the WebSocket of any store, since a
 * conversation may live on another one; it loads nothing, and sends nothing by fetch, anywhere else. */
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
]
  .concat(["midi", "payment", "usb", "serial", "hid", "browsing-topics", "screen-wake-lock", "xr-spatial-tracking"])
  .map((feature) => `${feature}=()`);

export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  "Content-Security-Policy": POLICY,
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Origin-Agent-Cluster": "?1",
  "Permissions-Policy": ["camera=(self)", ...NO_FEATURES].join(", "),
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "X-Robots-Tag": "noindex",
};
