/**
 * Compares tables with the code: the map of folders and the paths through the code in
 * ARCHITECTURE.md, the repairs in docs/protocol.md, and three tables whose rows name tests: who
 * repairs what, what one contact can cause, and the limits of the store.
 */
import { mapProblems } from "./architecture/map.ts";
import { pathProblems, type Path } from "./architecture/paths.ts";
import { repairProblems } from "./architecture/repairs.ts";
import { untested, type TestedTable } from "./architecture/tested.ts";
import { exists, listFiles, read, readFiles, report } from "./repository.ts";
import { REPAIRS } from "../packages/protocol/src/group/repairs.ts";

const ARCHITECTURE = "ARCHITECTURE.md";
const PROTOCOL = "docs/protocol.md";
const PATHS: readonly Path[] = [
  { title: "The life of a message", comment: "Message path" },
  { title: "The life of a group change", comment: "Group change path" },
  { title: "The life of a repair", comment: "Repair path" },
];
const TESTED: readonly TestedTable[] = [
  { document: PROTOCOL, head: "| what went wrong | who repairs it, how | within | test |", folder: "" },
  { document: PROTOCOL, head: "| what | bound | beyond it | blocking | test |", folder: "" },
  {
    document: "docs/store.md",
    head: "| what | of a connection | of an address | in all | beyond | test |",
    folder: "packages/store/test/",
  },
];

const sources = readFiles(/^(?:packages|apps)\/[^/]+\/src\/.*\.tsx?$/);
const architecture = read(ARCHITECTURE);
const sourceOf = (file: string): string | undefined => (exists(file) ? read(file) : undefined);

report([
  ...[
    ...mapProblems(architecture, listFiles()),
    ...PATHS.flatMap((path) => pathProblems(path, architecture, sources)),
  ].map((problem) => `${ARCHITECTURE}: ${problem}`),
  ...repairProblems(read(PROTOCOL), REPAIRS).map((problem) => `${PROTOCOL}: ${problem}`),
  ...TESTED.flatMap((table) => untested(table, sourceOf)),
]);
