import { describe, expect, test } from "vitest";
import { checkPrefix, parseAddress } from "../../../src/engines/jetstream/settings.ts";

describe("the settings of a cluster", () => {
  test("name its nodes", () => {
    expect(parseAddress("nats://a:4222,b.example:4223")).toEqual({ servers: ["a:4222", "b.example:4223"], tls: false });
    expect(parseAddress("tls://[::1]:4222,10.0.0.1")).toEqual({ servers: ["[::1]:4222", "10.0.0.1"], tls: true });
  });

  test.each(["", "nats://", "http://a", "nats://me:secret@a:4222", "nats://a:4222/x", "tls://a b", "nats://a,,b"])(
    "refuse %s without repeating it",
    (address) => {
      expect(() => parseAddress(address)).toThrow(expect.objectContaining({ code: "data_unusable" }));
      expect(() => parseAddress(address)).not.toThrow(/secret/);
    },
  );

  test("give names that NATS can hold", () => {
    expect(checkPrefix("pli-2_A")).toBe("pli-2_A");
    for (const wrong of ["", "a.b", "a b", "a>", "a*", "é", "x".repeat(33)]) expect(() => checkPrefix(wrong)).toThrow();
  });
});
