import type { PairingView } from "@pli/engine/api";
import { Waiting } from "../base/spinner.tsx";
import { AwayNotice } from "../shell/connection/away.tsx";

interface PairingWaitProps {
  pairing: PairingView;
  text: string;
  detail?: string;
  away: string;
}

/**
 * What a pairing waits for, in `text` and `detail`; while a store does not answer, that it does
 * not, and in `away` what that means.
 */
export function PairingWait({ pairing: { waitsFor }, away, ...waiting }: PairingWaitProps) {
  return waitsFor === undefined ? <Waiting {...waiting} /> : <AwayNotice away={waitsFor}>{away}</AwayNotice>;
}
