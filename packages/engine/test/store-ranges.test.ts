import { expect, test } from "vitest";
import { nearRangeOf } from "../src/delivery/store/ranges.ts";

test.each([
  "http://127.0.0.1:631",
  "http://127.255.255.254",
  "http://127.1",
  "http://2130706433:7540",
  "http://0x7f000001",
  "http://0x7f.1",
  "http://017700000001",
  "http://0177.0.0.01",
  "http://0.0.0.0",
  "http://0",
  "http://0x",
  "http://localhost:7540",
  "http://a.localhost",
  "http://[::1]",
  "http://[::]:22",
  "http://[0:0:0:0:0:0:0:1]",
  "http://[::ffff:127.0.0.1]",
  "http://[::ffff:7f00:1]",
  "http://[::127.0.0.1]",
  "http://[64:ff9b::127.0.0.1]",
  "http://[2002:7f00:1::1]",
])("%s is this very device", (store) => {
  expect(nearRangeOf(store)).toBe("loopback");
});

test.each([
  "http://10.1.2.3",
  "http://10.66051",
  "http://172.16.0.1",
  "http://172.31.255.255",
  "http://192.168.0.1:8080",
  "http://3232235521",
  "http://0300.0250.1",
  "http://[fd00::1]:22",
  "http://[fc00::1]",
  "http://[fec0::1]",
  "http://[::ffff:192.168.0.1]",
  "http://[64:ff9b:1::1]",
  "http://printer.local",
  "http://intranet",
  "http://wiki:8080",
  "http://git.corp",
  "http://router.home.arpa",
])("%s is within some office or home", (store) => {
  expect(nearRangeOf(store)).toBe("private");
});

test.each([
  ["http://100.64.0.1", "shared"],
  ["http://100.127.255.255", "shared"],
  ["http://169.254.169.254", "link"],
  ["http://[fe80::1]", "link"],
  ["http://[::ffff:169.254.169.254]", "link"],
  ["http://224.0.0.251", "nowhere"],
  ["http://255.255.255.255", "nowhere"],
  ["http://256.1.1.1", "nowhere"],
  ["http://1.2.3.4.5", "nowhere"],
  ["http://08.1.1.1", "nowhere"],
  ["http://a.b.c.0x1", "nowhere"],
  ["http://4294967296", "nowhere"],
  ["http://[ff02::1]", "nowhere"],
  ["http://[1:2:3]", "nowhere"],
  ["http://[::1::1]", "nowhere"],
  ["http://[::1.2.3]", "nowhere"],
  ["http://[::1.2.3.4.5]", "nowhere"],
  ["http://[:::]", "nowhere"],
  ["http://a..example", "nowhere"],
  ["http://hidden.onion", "nowhere"],
])("%s is %s", (store, range) => {
  expect(nearRangeOf(store)).toBe(range);
});

test.each([
  "https://store.example",
  "http://203.0.113.7:8080",
  "http://172.32.0.1",
  "http://100.128.0.1",
  "http://192.169.0.1",
  "http://11.0.0.1",
  "http://192.168.0.1.example",
  "http://127.0.0.1.example",
  "http://xn--fte-bma.example",
  "http://[2001:db8::1]:7540",
  "http://[2002:cb00:7107::1]",
  "http://[64:ff9b::203.0.113.7]",
  "http://local.example",
])("%s is the same machine everywhere", (store) => {
  expect(nearRangeOf(store)).toBeUndefined();
});

/** What a browser makes of an address is what is called. */
test("numbers are read as URLs read them", () => {
  const forms = [
    (n: number) => `${n}`,
    (n: number) => `0x${n.toString(16)}`,
    (n: number) => `0${n.toString(8)}`,
    (n: number) => `${n >>> 24}.${n & 0xffffff}`,
    (n: number) => `0x${(n >>> 24).toString(16)}.0${((n >>> 16) & 255).toString(8)}.${n & 0xffff}`,
  ];
  for (const n of [0x7f000001, 0x0a010203, 0xc0a80001, 0xac1f0001, 0xa9fea9fe, 0x64400001, 0xcb007107, 0x08080808]) {
    for (const form of forms) {
      const plain = new URL(`http://${form(n >>> 0)}`).hostname;
      expect(nearRangeOf(`http://${form(n >>> 0)}`)).toBe(nearRangeOf(`http://${plain}`));
    }
  }
});
