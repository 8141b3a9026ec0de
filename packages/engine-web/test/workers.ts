/** A worker of these tests, as one file (`scripts/worker-bundles.ts`). */
export const startWorker = (name: "database-worker" | "stub-worker"): Worker =>
  new Worker(`/bundled-workers/${name}.js`, { type: "module" });
