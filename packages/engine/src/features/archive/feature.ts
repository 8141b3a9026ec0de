import type { Kit } from "../../kit.ts";
import type { Feature } from "../../runtime/feature.ts";
import { ARCHIVES } from "./archives.table.ts";
import { beginExport, exportPage } from "./exporting.ts";
import { importNames, importPage } from "./importing.ts";

/** Everything out into one file, and in from one. */
export const createArchive = (kit: Kit) =>
  ({
    tables: ARCHIVES,
    commands: {
      beginExport: (tx) => beginExport(kit, tx),
      exportPage: (tx, wanted) => exportPage(kit, tx, wanted),
      importPage: (tx, wanted) => importPage(kit, tx, wanted),
      importNames: (tx, wanted) => importNames(kit, tx, wanted),
    },
  }) satisfies Feature;
