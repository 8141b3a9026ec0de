/** A whole profile in one file that `age -d` opens: written, checked, read (docs/export.md). */
export { exportAll, type Exported, type Target } from "./export.ts";
export { importAll, type Imported, type Source } from "./import.ts";
export { createPassphrase, readPassphrase } from "./passphrase.ts";
export type { Work } from "./work.ts";
