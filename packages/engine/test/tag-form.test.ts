/** What is tested of talk and groups holds over stores in tag form too. */
import { vi } from "vitest";

// Modules of its own: the tests are defined once more, and other files of the process keep theirs.
vi.resetModules();
const { MemoryStore } = await import("@pli/testkit");
MemoryStore.formAtStart = "tags";
await import("./talk.test.ts");
await import("./groups.test.ts");
await import("./group-messages.test.ts");
await import("./holes.test.ts");
await import("./store-trouble.test.ts");
vi.resetModules();
