/**
 * Pairing of two people through two engines and a store in memory, the people answering at once:
 * CPU time of both sides.
 */
import { createWorld, pair } from "@pli/testkit";
import { median, rounded, type Measurement } from "./measure.ts";

const ROUNDS = 9;

export async function run(): Promise<Measurement[]> {
  const cpu: number[] = [];
  const puts: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const world = createWorld();
    const [alice, bob] = [await world.person("Alice"), await world.person("Bob")];
    await world.clock.advance(100);
    const written = world.store.next();
    const before = process.cpuUsage();
    await pair(world, alice, bob);
    const { user, system } = process.cpuUsage(before);
    if (round > 0) {
      cpu.push((user + system) / 1000);
      puts.push(world.store.next() - written);
    }
    await Promise.all([alice.engine.close(), bob.engine.close()]);
  }
  const figure = (metric: string, value: number, unit: string): Measurement => ({
    bench: "pairing",
    subject: "both sides, from invitation to contact",
    metric,
    value: rounded(value),
    unit,
  });
  return [figure("CPU time, median", median(cpu), "ms"), figure("cells written, median", median(puts), "cells")];
}
