import { RECEIPT_SLOTS } from "@pli/engine";
import type { Attack } from "../attack.ts";
import { putsOf } from "../clues.ts";
import { receiptAtSlot, receiptPartners, receiptWithin } from "./receipts.ts";

/** Who acknowledges whom, by when a receipt would leave. */
const receipts = (name: string, p: Parameters<typeof receiptPartners>[1]): Attack => ({
  name,
  kind: "timing",
  reads: "times of puts",
  run: (view) =>
    receiptPartners(
      putsOf(view).filter(({ type }) => type === "put"),
      p,
    ),
});

export const receiptsAtOnce = receipts("receipt within 15 s", { receipt: receiptWithin(15_000), shift: 20_000 });
export const receiptsAtSlots = receipts("receipt at the next slot", {
  receipt: receiptAtSlot(RECEIPT_SLOTS),
  shift: RECEIPT_SLOTS.every,
});
