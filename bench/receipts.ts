/**
 * What the operator of a store learns from receipts: people in twos, irregular talks, everybody on
 * line, real engines on a clock by hand. Precision is the share of people whose partner the attack
 * names; chance is one of all others. Options: `--couples 20 --hours 24 --seed 1 --texts 2,6`.
 */
import { parseArgs } from "node:util";
import { RECEIPT_SLOTS } from "@pli/engine";
import { receiptAtSlot, receiptPartners, receiptWithin, shareRight, watchCouples } from "@pli/testkit";
import { percentile, rounded, type Measurement } from "./measure.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const ATTACKS = {
  "receipt within 15 s": { receipt: receiptWithin(15 * SECOND), shift: 20 * SECOND },
  "receipt or answer within 2 min": { receipt: receiptWithin(2 * MINUTE), shift: 3 * MINUTE },
  "receipt at the next slot": { receipt: receiptAtSlot(RECEIPT_SLOTS), shift: RECEIPT_SLOTS.every },
};

export async function run(args: readonly string[]): Promise<Measurement[]> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      couples: { type: "string", default: "20" },
      hours: { type: "string", default: "24" },
      seed: { type: "string", default: "1" },
      texts: { type: "string", default: "2,6" },
    },
  });
  const measured: Measurement[] = [];
  for (const texts of values.texts.split(",").map(Number)) {
    for (const answers of [false, true]) {
      const [couples, hours, seed] = [values.couples, values.hours, values.seed].map(Number) as [
        number,
        number,
        number,
      ];
      const seen = await watchCouples({
        seed,
        couples,
        hours,
        texts,
        answers,
        engine: { receiptSlots: RECEIPT_SLOTS },
      });
      const subject = `${texts} texts an hour each, ${answers ? "answered" : "not answered"}, ${hours} h`;
      const note = (metric: string, value: number, unit: string): void =>
        void measured.push({ bench: "receipts", subject, metric, value: rounded(value), unit });
      note("chance", 100 / (2 * couples - 1), "%");
      for (const [name, attack] of Object.entries(ATTACKS))
        note(name, 100 * shareRight(receiptPartners(seen.puts, attack), seen.partners), "%");
      note("texts", seen.texts, "texts");
      note("puts", seen.puts.length, "cells");
      note("delivered said, median", percentile(seen.delivered, 0.5) / MINUTE, "min");
      note("delivered said, 95 %", percentile(seen.delivered, 0.95) / MINUTE, "min");
      note("delivered said of", (100 * seen.delivered.length) / seen.texts, "% of texts");
    }
  }
  return measured;
}
