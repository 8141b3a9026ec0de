/**
 * Who repairs what goes wrong in a conversation or a group: each cause has one repair, and clients
 * choose by this table. docs/protocol.md, section 8.6, shows it to readers, and `npm run
 * check:docs` compares the two.
 */

/**
 * `passOver`: all members skip the commit. `nextLabel`: the sender writes at its next label.
 * `freshEpoch`: a member updates its leaf. `rejoin`: a helper replaces the device's leaf.
 * `successorGroup`: an owner founds a group in the place of the old one. `removal`: a member
 * removes the leaf by its leave statement. `beacon`: the two set their conversation up again.
 * `sendAgain`: the author sends the text again.
 */
type Repair =
  | "passOver"
  | "nextLabel"
  | "freshEpoch"
  | "rejoin"
  | "successorGroup"
  | "removal"
  | "beacon"
  | "sendAgain";

/**
 * By what stops a device from following the others. `ignored`: a commit that the rules or a check
 * refuse. `noise`: a cell of nobody at a sender's label. `spoilt`: noise at too many labels of an
 * epoch. `storeLost`: the store has other data than before. `blocked`: an epoch whose commit labels
 * are all taken. `abandoned`: a device in an old state, whom nobody can bring back. `listed`: a
 * person who left is still in others' groups. `broken`: a device cannot go on in a conversation of
 * two. `unacknowledged`: a text that its readers may not have. `RejoinCause` says of the others.
 */
export const REPAIRS = {
  ignored: "passOver",
  noise: "nextLabel",
  spoilt: "freshEpoch",
  storeLost: "freshEpoch",
  behind: "rejoin",
  fork: "rejoin",
  unopened: "rejoin",
  lost: "rejoin",
  old: "rejoin",
  removed: "rejoin",
  blocked: "successorGroup",
  abandoned: "successorGroup",
  listed: "removal",
  broken: "beacon",
  unacknowledged: "sendAgain",
} as const satisfies Readonly<Record<string, Repair>>;

type RepairCause = keyof typeof REPAIRS;

/** The causes that have this repair. */
export type CauseOf<R extends Repair> = {
  [Cause in RepairCause]: (typeof REPAIRS)[Cause] extends R ? Cause : never;
}[RepairCause];

export const isRepairedBy = <R extends Repair>(cause: RepairCause, repair: R): cause is CauseOf<R> =>
  REPAIRS[cause] === repair;
