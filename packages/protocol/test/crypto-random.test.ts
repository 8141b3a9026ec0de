import { expect, test } from "vitest";
import { createCrypto, toHex } from "../src/crypto/index.ts";

test("random bytes are as many as asked, all of them drawn, beyond what the platform gives at once too", async () => {
  const crypto = await createCrypto();
  for (const length of [0, 1, 65_536, 65_537, 200_000]) expect(crypto.random(length)).toHaveLength(length);
  const drawn = crypto.random(200_000);
  for (const start of [0, 65_536, 131_072, 199_936]) {
    const some = drawn.subarray(start, start + 64);
    expect(toHex(some)).not.toBe(toHex(new Uint8Array(64)));
    expect(toHex(some)).not.toBe(toHex(crypto.random(64)));
  }
});
