import { leaveCodec, leaveTimers, stepLeave, type LeaveEvent } from "@pli/protocol/group";
import { damaged, type VectorFile } from "./json.ts";
import { stepsOf } from "./steps.ts";

/** When the people of these stories leave, in ms. */
const T0 = 1_790_000_000_000;
const [ada, ben, zoe] = ["ada", "ben", "zoe"];
const at = (seconds: number): number => T0 + 1000 * seconds;
const DAY = 86_400;

const left = { leaf: 3, profile: zoe, signature: "aa" };
const left2 = { ...left, signature: "ab" };
const heard = { left, isKnown: false, members: 40, random: 0.5 } as const;

const STORIES: Readonly<Record<string, readonly LeaveEvent[]>> = {
  "in the group: said again with each epoch, until it is stored": [
    { type: "leave", now: at(0), works: true, contacts: [ada, ben] },
    { type: "ready", others: 4, needsSuccessor: false },
    { type: "ready", others: 3, needsSuccessor: false },
    { type: "stored" },
  ],
  "the last owner names another, who is an owner first": [
    { type: "leave", now: at(0), works: true, contacts: [ada], successor: ben },
    { type: "ready", others: 4, needsSuccessor: true },
    { type: "ready", others: 4, needsSuccessor: false },
  ],
  "alone in it": [
    { type: "leave", now: at(0), works: true, contacts: [] },
    { type: "ready", others: 0, needsSuccessor: false },
  ],
  "while the device cannot go on: contacts are told between two": [
    { type: "leave", now: at(0), works: false, contacts: [ada, ben] },
    { type: "listed", now: at(5), by: ada, isIn: false },
    { type: "listed", now: at(6), by: ada, isIn: false },
    { type: "timer", now: at(100), isIn: false },
    { type: "timer", now: at(125), isIn: false },
    { type: "leafNamed", now: at(126), by: ada, isIn: false, group: "a1", leaf: "b1" },
  ],
  "listed after two minutes: answered at once, for ninety days": [
    { type: "leave", now: at(0), works: true, contacts: [ada] },
    { type: "listed", now: at(119), by: ben, isIn: true },
    { type: "listed", now: at(120), by: ben, isIn: false },
    { type: "listed", now: at(90 * DAY - 1), by: ben, isIn: false },
    { type: "listed", now: at(90 * DAY), by: ben, isIn: false },
    { type: "timer", now: at(90 * DAY), isIn: false },
  ],
  "an invitation that was under way, and one that was not": [
    { type: "leave", now: at(0), works: true, contacts: [ada] },
    { type: "invited", now: at(60), by: ada },
    { type: "invited", now: at(120), by: ada },
    { type: "invited", now: at(121), by: ada },
  ],
  "an invitation is declined; later this person comes in": [
    { type: "declined", now: at(0), by: ada },
    { type: "joined" },
    { type: "listed", now: at(300), by: ada, isIn: false },
  ],
  "a clock set back by an hour ends the wait": [
    { type: "leave", now: at(0), works: false, contacts: [ada] },
    { type: "listed", now: at(5), by: ada, isIn: false },
    { type: "timer", now: at(-3600), isIn: false },
  ],
  "another leaves: an admin takes them out at once, a member after a while": [
    { type: "memberLeft", now: at(0), ...heard, role: "admin" },
    { type: "memberLeft", now: at(0), ...heard, role: "owner", random: 0 },
    { type: "memberLeft", now: at(0), ...heard, role: "member" },
    { type: "memberLeft", now: at(0), ...heard, role: "reader", members: 2000, random: 1 },
    { type: "memberLeft", now: at(1), ...heard, role: "admin", isKnown: true },
    { type: "memberLeft", now: at(1), ...heard, role: "admin", left: left2 },
  ],
};

/** Leaving groups, section 8.4. */
export async function leaveStepVectors(): Promise<VectorFile> {
  const bytes = leaveCodec.encode({ leftAt: T0, waiting: [{ who: ada, since: T0 }] });
  return {
    structure: "group/leave",
    about:
      "Sections 5.3 and 8.4. Stories: what happens, what the device does, and what it keeps after that: `state`, the bytes it is saved as (canonical CBOR, at most 65,536) and `timers`; nothing is kept where there is no `state`. Times in ms.",
    valid: Object.entries(STORIES).map(([name, events]) => ({
      name,
      steps: stepsOf(events, stepLeave, leaveCodec, leaveTimers),
    })),
    invalid: damaged(bytes, "state_malformed"),
  };
}
