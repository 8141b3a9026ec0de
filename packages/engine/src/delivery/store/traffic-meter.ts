import type { Label } from "@pli/protocol/wire";

/** Something was written to or fetched from the store: what it could count about this client. */
export interface TrafficMeter {
  wrote(kind: "cell" | "block", label: Label, bytes: Uint8Array): void;
  fetched(): void;
  fed(bytes: number): void;
}
