/** Private: doubles for the ports of the engine, and a whole world to test in. */
export { acquainted } from "./acquainted.ts";
export { bentCrypto, type Bend } from "./bent-crypto.ts";
export { copyDisk, createTestDisk, openTestDatabase, type TestDisk } from "./database.ts";
export { createFakeClock, type FakeClock } from "./fake-clock.ts";
export { linkDevice, newDevice, openLink, typeBoth, type Link } from "./linking.ts";
export { type LongHistory, writeLongHistory } from "./long-history.ts";
export type { Knobs } from "./memory-knobs.ts";
export { MemoryStore } from "./memory-store.ts";
export { MemoryTable } from "./memory-table.ts";
export { createPower, type Power } from "./power.ts";
export { codesOf, createWorld, EVERYTHING, invite, meet, pair, pairingOf, QUICK_SLOTS } from "./people.ts";
export type { Meeting, Person, Setup, World } from "./people.ts";
export * from "./simulation/index.ts";
export * from "./laboratory/index.ts";
