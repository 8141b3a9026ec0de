/**
 * Properties draw from the seed of the run: PLI_SEED with the seed that a failure prints plays it
 * again.
 */
import { seedOfRun } from "@pli/testkit/dials";
import fc from "fast-check";

fc.configureGlobal({ seed: seedOfRun });
