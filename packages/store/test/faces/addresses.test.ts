import { describe, expect, test } from "vitest";
import { createAddresses, networkOf } from "../../src/faces/admission/addresses.ts";
import { DEFAULT_LIMITS } from "../../src/faces/admission/limits.ts";

describe("addresses", () => {
  const limits = { ...DEFAULT_LIMITS, connectionsPerAddress: 2, putsPerSecondPerAddress: 1, putBurstPerAddress: 3 };

  test("are counted apart, and freed when connections leave", () => {
    const addresses = createAddresses(limits, () => 0);
    const first = addresses.admit("192.0.2.1");
    expect(addresses.admit("::ffff:192.0.2.1")).toBeDefined();
    expect(addresses.admit("192.0.2.1")).toBeUndefined();
    expect(addresses.admit("192.0.2.2")).toBeDefined();
    first?.leave();
    expect(addresses.admit("192.0.2.1")).toBeDefined();
  });

  test("share one rate between their connections", () => {
    const addresses = createAddresses(limits, () => 0);
    const [first, second] = [addresses.admit("192.0.2.1"), addresses.admit("192.0.2.1")];
    expect([first?.puts.take(2), second?.puts.take(2), second?.puts.take(1)]).toEqual([true, false, true]);
  });

  test("of IPv6 are one per /64", () => {
    expect(networkOf("2001:db8:1:2:3:4:5:6")).toBe("2001:db8:1:2");
    expect(networkOf("2001:db8:1:2::9%eth0")).toBe("2001:db8:1:2");
    expect(networkOf("2001:db8::1")).toBe("2001:db8:0:0");
    expect(networkOf("::1")).toBe("0:0:0:0");
    expect(networkOf("192.0.2.1")).toBe("192.0.2.1");
  });
});
