/** Which devices each person has, and which they had. */
import type { Device } from "./device.ts";

/** A device that is its person's no more. */
export interface Gone {
  /** `stolen`: somebody else has it, with all that is on it. */
  readonly why: "removed" | "stolen" | "lost" | "not linked";
  /** Nobody has it: it never runs again. */
  readonly isDead: boolean;
  /** What was said on it and had left by then, as the device knew. */
  readonly sent: ReadonlySet<string>;
}

export interface Fleet {
  /** How many there were at first: one of each person. */
  readonly first: number;
  readonly devices: readonly Device[];
  readonly gone: ReadonlyMap<number, Gone>;
  /** The ids by which people know their devices, in hexadecimal. */
  readonly ids: Map<number, string>;
  /** Those that are nobody's yet. */
  readonly arriving: Set<number>;
  add(device: Device): void;
  leave(device: Device, gone: Gone): void;
  /** Those of a person that are theirs, oldest first. */
  of(who: number): readonly Device[];
  /** One of those that run and were a person's at some time, counted round. */
  at(who: number, nth: number): Device;
  isDead(device: Device): boolean;
  isTheirs(device: Device): boolean;
}

export function createFleet(first: readonly Device[]): Fleet {
  const devices = [...first];
  const gone = new Map<number, Gone>();
  const ids = new Map<number, string>();
  const arriving = new Set<number>();
  const isDead = ({ index }: Device): boolean => gone.get(index)?.isDead === true;
  const isTheirs = ({ index }: Device): boolean => !gone.has(index) && !arriving.has(index);

  return {
    first: first.length,
    devices,
    gone,
    ids,
    arriving,
    add: (device) => void devices.push(device),
    leave: ({ index }, why) => {
      arriving.delete(index);
      gone.set(index, why);
    },
    of: (who) => devices.filter((device) => device.who === who && isTheirs(device)),
    at: (who, nth) => {
      const all = devices.filter((device) => device.who === who);
      const running = all.filter((device) => !isDead(device));
      const device = running[nth % Math.max(1, running.length)] ?? all.at(-1);
      if (device === undefined) throw new RangeError("nobody of this number");
      return device;
    },
    isDead,
    isTheirs,
  };
}
