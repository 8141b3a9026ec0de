/** Imported first by a file of tests: its stores give their feeds in tag form. */
import { MemoryStore } from "@pli/testkit";

MemoryStore.formAtStart = "tags";
