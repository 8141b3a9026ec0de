import { join } from "node:path";
import { runProgram } from "./server-process.ts";
import { VALUE_BYTES } from "./cells.ts";
import type { Figure } from "./work.ts";

export const DISK_PACKAGES = ["fio"];
const WRITERS = 64;
const SECONDS = 2;
const FILE_BYTES = 512 * 1024 * 1024;

interface FioReport {
  readonly jobs: readonly [{ readonly write: { readonly iops: number; readonly bw_bytes: number } }];
}

/**
 * What the disk allows, by fio: one value an fdatasync, a group commit of 64, and one long write.
 */
export const measureDisk = async (folder: string): Promise<Figure[]> => {
  const one = await fio(folder, VALUE_BYTES, 1);
  const group = await fio(folder, WRITERS * VALUE_BYTES, 1);
  const sequential = await fio(folder, 1024 * 1024, 0);
  return [
    { metric: "puts", value: one.iops, unit: "1/s" },
    { metric: "puts, 64 an fdatasync", value: group.iops * WRITERS, unit: "1/s" },
    { metric: "sequential write", value: sequential.bw_bytes / 1e6, unit: "MB/s" },
  ];
};

const fio = async (folder: string, bytes: number, syncEvery: number): Promise<{ iops: number; bw_bytes: number }> => {
  const job = [`--filename=${join(folder, "fio")}`, "--rw=write", `--bs=${bytes}`, `--size=${FILE_BYTES}`];
  const end = syncEvery === 0 ? ["--end_fsync=1"] : [`--fdatasync=${syncEvery}`, `--runtime=${SECONDS}`];
  const report = await runProgram([
    "fio",
    "--name=pli",
    "--ioengine=psync",
    "--refill_buffers",
    "--unlink=1",
    "--output-format=json",
    ...job,
    ...end,
  ]);
  return (JSON.parse(report.slice(report.indexOf("{"))) as FioReport).jobs[0].write;
};
