/** What can happen in a simulated run: the words that a plan is written in. */
import type { NewcomersRead, Role, WhoAdds, WhoWrites } from "@pli/engine/api";

/** People are numbered from 0, and so are groups in the order they are founded; times are in ms. */
export type Action =
  | { do: "say"; who: number; group: number; length: number }
  | { do: "tell"; who: number; whom: number; length: number }
  | { do: "found"; who: number; group: number; whom: number[] }
  | { do: "add"; who: number; group: number; whom: number[] }
  | { do: "remove"; who: number; group: number; whom: number[] }
  | { do: "role"; who: number; group: number; whom: number; role: Role }
  | { do: "change"; who: number; group: number; change: RulesChange }
  | { do: "renew"; who: number; group: number }
  | { do: "leave"; who: number; group: number; successor: number }
  /** Off line for `for` ms. */
  | { do: "away"; who: number; for: number }
  | { do: "restart"; who: number }
  /** The power fails after `writes` more writes, and comes back after `for` ms. */
  | { do: "crash"; who: number; writes: number; for: number }
  | { do: "back up"; who: number }
  /** Starts again from the last copy made. */
  | { do: "restore"; who: number }
  /** Somebody sets the clock of a device. */
  | { do: "clock"; who: number; by: number }
  | { do: "storm"; for: number; storm: Storm }
  | { do: "store down"; for: number }
  | { do: "store full"; for: number }
  | { do: "cut lines" }
  /** Garbage under labels that others are to use: only a member can know them. */
  | { do: "squat"; who: number; group: number; where: "commits" | "own" | "others"; ahead: number; count: number }
  | { do: "forge"; who: number; group: number; what: Forgery; whom: number }
  | DeviceAct
  | Extra;

/** What a person does with their devices. `other`: which of their others, counted round. */
export type DeviceAct =
  | { do: "link"; who: number }
  /** `dies`: nobody has it; otherwise it runs on. */
  | { do: "remove device"; who: number; other: number; dies: boolean }
  /** A thief uses it from now on; `for` ms later its owner declares it stolen. */
  | { do: "theft"; who: number; other: number; for: number }
  /**
   * All that this person has are gone; `for` ms later the words restore the last backup. `stolen`:
   * by keys of the next generation.
   */
  | { do: "lose all"; who: number; stolen: boolean; for: number }
  /** Which writes a backup. */
  | { do: "confirm words"; who: number }
  | { do: "choose"; who: number; group: number; what: "mute" | "receipts" | "name" | "read"; value: boolean };

export type RulesChange = {
  name?: string;
  description?: string;
  whoAdds?: WhoAdds;
  whoWrites?: WhoWrites;
  newcomersRead?: NewcomersRead;
};

/**
 * What a hostile member tries that the rules do not allow. `late`: on the epoch before the present
 * one.
 */
export type Forgery = "remove" | "take over" | "rename" | "add" | "garbage" | "speak" | "late";

/** Chances of each frame, and how long frames are on the way at most. */
export interface Storm {
  readonly delay: number;
  readonly lost: number;
  readonly unanswered: number;
  readonly twice: number;
  readonly late: number;
  readonly cut: number;
}

/**
 * One thing that happens, `at` ms after the start. Its number names it for good, also when others
 * are left out.
 */
export type Step = Action & {
  readonly id: number;
  readonly at: number;
  /** On which device of the person, counted round; none is said where people have one. */
  readonly device?: number;
};

export interface Plan {
  readonly seed: number;
  /** Those who do not keep to the rules. */
  readonly hostile: readonly number[];
  /** Some people have more than one from the start. */
  readonly severalDevices?: true;
  readonly steps: readonly Step[];
}

export interface Cast {
  readonly people: number;
  /** Who are contacts of each other. */
  areContacts(a: number, b: number): boolean;
}

/** What a store does to those who trust it. */
export type StoreLoss =
  | { do: "store backed up" }
  /** Another store behind the same address: empty, of a new id. */
  | { do: "store wiped" }
  /** As its last back-up, under a new id; positions are as they were. */
  | { do: "store restored" }
  /**
   * As its last back-up, and its id says nothing of that: its feed grows again over the same
   * positions.
   */
  | { do: "store rolled back" };

/** What a member with valid keys does to one other, or by way of them to all. */
export type Assault =
  /**
   * A commit by which everybody comes to the next epoch but one member, whose secret is garbage.
   */
  | { do: "exclude"; who: number; group: number; whom: number }
  /**
   * The same with garbage for everybody; a removal where the rules allow one, whose victim alone
   * can follow it.
   */
  | { do: "exclude all"; who: number; group: number; whom: number }
  /**
   * A commit whose confirmation tag, which no signature covers, is wrong; a removal where the rules
   * allow one.
   */
  | { do: "wrong tag"; who: number; group: number; whom: number }
  /** Tells the group and one contact of another history, which there is not. */
  | { do: "false fork"; who: number; group: number; whom: number }
  /**
   * Tells a contact that they are not in the group any more, and from now on so who is to be
   * brought in, or back.
   */
  | { do: "refuse"; who: number; group: number; whom: number }
  /** Noise under the next labels of one member. */
  | { do: "flood"; who: number; group: number; whom: number; count: number }
  /**
   * A key package that a commit has used already is used again, in the place of the leaf of who
   * made it.
   */
  | { do: "replay consent"; who: number; group: number; whom: number }
  /** From now on nobody whom this device brings in, or back, is sent the invitation. */
  | { do: "withhold"; who: number };

export type Extra = StoreLoss | Assault;
