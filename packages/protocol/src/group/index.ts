/**
 * Who may do what in a group, and what its clients tell each other about it (docs/protocol.md,
 * section 5).
 */
export {
  MAX_DEVICES,
  createCommitCheck,
  rosterProblem,
  rulesProblem,
  type Before,
  type RulesProblem,
} from "./check.ts";
export { consentToAdd, consentToRejoin, type Replaced } from "./consent.ts";
export {
  MAX_KEY_PACKAGES,
  MAX_WITHOUT,
  encodeGroupControl,
  parseGroupControl,
  type GroupControl,
  type GroupPlace,
  type StandingCode,
} from "./controls.ts";
export { contradicts, doubtCodec, isDoubtful, stepDoubt } from "./rejoin/doubt.ts";
export type { DoubtEffect, DoubtEvent, DoubtState } from "./rejoin/doubt.ts";
export { ALL, forkCodec, forkTimers, ledBehind, type ForAll, type ForkState, type Since } from "./fork/state.ts";
export { forAllOf, stepFork } from "./fork/step.ts";
export type { ForkEffect, ForkEvent, ForkView, ToldState } from "./fork/events.ts";
export { givesWay, weigh, type ForkFacts, type Marks, type Verdict, type Voice } from "./fork/weigh.ts";
export { leadOf, type Invited, type Lead } from "./invited.ts";
export { createLeaveStatement, encodeEvidence, parseEvidence, verifyLeaveStatement } from "./leave/statement.ts";
export type { Evidence, LeftGroup } from "./leave/statement.ts";
export { leaveCodec, leaveTimers, type LeaveState } from "./leave/state.ts";
export { hasLeft, stepLeave, type Left, type LeaveEffect, type LeaveEvent } from "./leave/step.ts";
export { EPOCH_MARK_BYTES, MAX_EPOCH_MARKS, type EpochMark } from "./marks.ts";
export { profileOf, seatFrom, type Seat } from "./members.ts";
export { mayAsk } from "./questions.ts";
export { isRepairedBy, type CauseOf } from "./repairs.ts";
export { restOf, type StateCodec, type Step, type Timer } from "./reducer.ts";
export {
  heirOf,
  isLeader,
  mayAdd,
  mayChange,
  mayGive,
  mayRemove,
  mayWrite,
  ownersOf,
  roleOf,
  rolesMayGive,
} from "./rights.ts";
export { stepFirstJoin, firstJoinCodec, firstJoinTimers, isAfter, mayBeBack } from "./rejoin/first.ts";
export type { FirstJoinEffect, FirstJoinEvent, FirstJoinState } from "./rejoin/first.ts";
export { helpFor, missedSince, type Asked, type Help, type Missed } from "./rejoin/helping.ts";
export { bringsIn, consentsAtOnce, isStopped, removerOf, stepRejoining } from "./rejoin/life.ts";
export type { RejoiningEffect, RejoiningEvent } from "./rejoin/life.ts";
export { relationOf, type Place, type Relation } from "./rejoin/place.ts";
export { stepRejoin } from "./rejoin/step.ts";
export { beginRejoin, besideUs, nextLook, rejoinCodec, rejoinTimers } from "./rejoin/state.ts";
export type { MemberState, RejoinCause, RejoinState } from "./rejoin/state.ts";
export type { Helper, LeafName, RejoinEffect, RejoinEvent } from "./rejoin/events.ts";
export { rulesAfter, type RulesField } from "./rights.ts";
export { MAX_HISTORY, MAX_HISTORY_BYTES, MAX_ROSTER_BYTES, encodeRoster, parseRoster } from "./roster.ts";
export type { Roster, RosterMember } from "./roster.ts";
export { MAX_PICTURE_BYTES, MAX_TIMER_SECONDS, encodeRules, parseRules } from "./rules.ts";
export type { Picture, Role, Rules } from "./rules.ts";
export { MAX_DESCRIPTION_CHARS, parseDescription } from "./text.ts";
export { OPEN_DAYS, successorCodec, successorTimers, type SuccessorState } from "./successor/state.ts";
export { isLeftBehind, leadsToSuccessor, stepSuccessor } from "./successor/step.ts";
export type { SuccessorEffect, SuccessorEvent, SuccessorView } from "./successor/events.ts";
