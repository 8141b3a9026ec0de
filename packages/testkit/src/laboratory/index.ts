/**
 * The attack laboratory: a town of people over a watched store, programs that look for who knows
 * whom, and their judge.
 */
export type { Attack, Guess } from "./attack.ts";
export { ATTACKS } from "./attacks/index.ts";
export { receiptAtSlot, receiptPartners, receiptWithin } from "./attacks/receipts.ts";
export { shareRight, watchCouples } from "./couples.ts";
export { judge, type Trial, type Finding } from "./judge.ts";
export { watchTown, type LifeOptions, type Watched } from "./life.ts";
export { recordStore } from "./recorder.ts";
export { tableOf } from "./table.ts";
export { judgeAll, tryAll, tryTown, type TownTrials } from "./trials.ts";
export { createRecording, since, type Line, type Seen, type View } from "./view.ts";
