import { RECEIPT_SLOTS, type EngineOptions } from "@pli/engine";
import { receiptAtSlot, receiptPartners, receiptWithin, shareRight, watchCouples } from "@pli/testkit";
import { describe, expect, test } from "vitest";

/**
 * An operator who sees which address puts what, and when: six couples, three hours, twelve texts
 * from each that nobody answers. Chance finds one partner in eleven. `npm run bench -- receipts`
 * measures the same with forty people.
 */
const SOON = { receipt: receiptWithin(15_000), shift: 20_000 };
const AT_SLOT = { receipt: receiptAtSlot(RECEIPT_SLOTS), shift: RECEIPT_SLOTS.every };

/** Of all, how many partners each attack names. */
async function foundBy(
  receiptSlots: EngineOptions["receiptSlots"],
  ...attacks: Parameters<typeof receiptPartners>[1][]
): Promise<number[]> {
  const seen = await watchCouples({
    seed: 1,
    couples: 6,
    hours: 3,
    texts: 4,
    answers: false,
    engine: { receiptSlots },
  });
  return attacks.map((attack) => shareRight(receiptPartners(seen.puts, attack), seen.partners));
}

describe("who acknowledges whom", () => {
  test("is found of all when receipts leave some seconds after a text", async () => {
    const [found] = await foundBy({ every: 10_000, window: 4_000, decoys: false }, SOON);
    expect(found).toBeGreaterThan(0.9);
  });

  test("is found of many when at a slot only those write who have a receipt", async () => {
    const [found] = await foundBy({ ...RECEIPT_SLOTS, decoys: false }, AT_SLOT);
    expect(found).toBeGreaterThan(0.6);
  });

  test("is found by chance alone when all write at each slot", async () => {
    for (const found of await foundBy(RECEIPT_SLOTS, SOON, AT_SLOT)) expect(found).toBeLessThan(0.6);
  });
});
