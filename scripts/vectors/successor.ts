import {
  stepSuccessor,
  successorCodec,
  successorTimers,
  type SuccessorEvent,
  type SuccessorView,
} from "@pli/protocol/group";
import { damaged, type VectorFile } from "./json.ts";
import { stepsOf } from "./steps.ts";

/** When the groups of these stories are blocked, in ms. */
const T0 = 1_790_000_000_000;
/** Ada and Ben own the group, Ada has the lower id; Mal blocks it. */
const [ada, ben, cleo, dan, mal] = ["ada", "ben", "cleo", "dan", "mal"];
const DAY = 86_400;

/** What Ben's device knows of the group, at a time in seconds. */
const at = (seconds: number, more: Partial<SuccessorView> = {}): { readonly view: SuccessorView } => ({
  view: {
    now: T0 + 1000 * seconds,
    self: ben,
    epoch: 7,
    isBlocked: true,
    founders: [ada, ben],
    founds: false,
    ...more,
  },
});
const free = { isBlocked: false };
const founds = { founds: true };
const suspected: SuccessorEvent = { type: "suspected", epoch: 7, who: mal, ...at(0, free) };
const blocked = (seconds: number, more: Partial<SuccessorView> = {}): SuccessorEvent => ({
  type: "blocked",
  ...at(seconds, more),
});
const timer = (seconds: number, more: Partial<SuccessorView> = {}, isCaughtUp = true): SuccessorEvent => ({
  type: "timer",
  isCaughtUp,
  ...at(seconds, more),
});
const calls = (seconds: number, by: string, more: Partial<SuccessorEvent> = {}): SuccessorEvent =>
  ({
    type: "called",
    by,
    without: [mal],
    epoch: 7,
    mayCall: true,
    isHere: true,
    offers: 0,
    ...at(seconds),
    ...more,
  }) as SuccessorEvent;
const offers = (seconds: number, by: string, more: Partial<SuccessorEvent> = {}): SuccessorEvent =>
  ({
    type: "offered",
    by,
    epoch: 7,
    keyPackage: "aa",
    staying: { ada: "owner", cleo: "member" },
    isOffered: false,
    ...at(seconds, founds),
    ...more,
  }) as SuccessorEvent;
const gathered = (seconds: number, ready: number, more: { readonly calledAt?: number } = {}): SuccessorEvent => ({
  type: "gathered",
  ready,
  roles: { ada: "owner", cleo: "member" },
  without: [mal],
  ...more,
  ...at(seconds, founds),
});

const STORIES: Readonly<Record<string, readonly SuccessorEvent[]>> = {
  "blocked by a suspect: the second owner decides in its turn, and founds": [
    suspected,
    blocked(1),
    timer(22),
    timer(23, {}, false),
    timer(28),
    { type: "stored", ...at(30, founds) },
    timer(32, founds),
    gathered(32, 0),
    offers(33, cleo),
    timer(35, founds),
    gathered(35, 1),
    offers(40, ada, at(40, { ...free, epoch: 8 })),
    { type: "day", members: [ben, cleo], ...at(DAY, { ...free, epoch: 9 }) },
    { type: "day", members: [ada, ben, cleo], ...at(2 * DAY, { ...free, epoch: 9 }) },
  ],
  "nobody can be brought in: after an hour the group is founded alone, and who reads the call comes over": [
    { type: "decided", without: [mal], ...at(0) },
    { type: "stored", ...at(1, founds) },
    timer(3, founds),
    gathered(3, 0, { calledAt: T0 }),
    timer(3600, founds),
    gathered(3600, 0, { calledAt: T0 }),
    offers(9000, cleo, at(9000, { ...free, epoch: 8 })),
  ],
  "blocked by nobody known: the person decides": [
    blocked(1),
    { type: "decided", without: [mal], ...at(60) },
    { type: "decided", without: [mal, cleo], ...at(61, founds) },
  ],
  "the first owner is faster": [suspected, blocked(1), calls(4, ada), timer(23)],
  "a change is possible all the same": [
    suspected,
    blocked(1),
    { type: "freed", ...at(2, founds) },
    { type: "freed", ...at(3, free) },
    timer(23, { ...free, epoch: 8 }),
  ],
  "two owners at once: the lower id stays": [
    calls(1, ada, at(1, founds)),
    calls(1, ben),
    { type: "migrated", by: ada, suspects: [], ...at(5) },
    calls(6, "aaron", { isHere: false, epoch: 7 }),
  ],
  "two owners at once: the lower id's invitation comes before this device has founded": [
    calls(1, ada),
    { type: "decided", without: [mal], ...at(1) },
    { type: "stored", ...at(2, founds) },
    { type: "migrated", by: ada, suspects: [], ...at(4, founds) },
    timer(4, { ...free, epoch: 8 }),
  ],
  "two owners at once, seen from the lower id": [calls(1, "carl", at(1, { ...founds, founders: [ben, "carl"] }))],
  "an owner of before calls in the group that was left behind": [
    gathered(0, 2),
    calls(5, ada, { isHere: false, epoch: 7, ...at(5, { ...free, epoch: 8 }) }),
    { type: "migrated", by: ada, suspects: [], ...at(9, { ...free, epoch: 8 }) },
  ],
  "no calls: of who is no owner, no owner any more, or too often": [
    calls(1, cleo, { mayCall: false }),
    calls(1, ada, at(1, { founders: [ben] })),
    calls(1, ada, { offers: 4 }),
  ],
  "left out by an owner": [calls(1, ada, { without: [ben] }), calls(2, ada, { without: [ben] })],
  "who was put out of the successor group is out of the group before it": [
    { type: "membersChanged", added: [], removed: [mal], ...at(0, free) },
    { type: "migrated", by: ada, suspects: [mal], ...at(1) },
    { type: "membersChanged", added: [], removed: [cleo], ...at(2, free) },
    { type: "membersChanged", added: [cleo], removed: [], ...at(3, free) },
  ],
  "nobody can bring the owner back": [
    { type: "abandoned", gone: [cleo], forgotten: [dan], ...at(90, free) },
    { type: "abandoned", gone: [cleo], forgotten: [dan], ...at(95, { ...free, ...founds }) },
    { type: "gathered", ready: 0, roles: {}, without: [], ...at(95, { ...free, ...founds }) },
  ],
  "the old group is given up after thirty days": [
    gathered(0, 2),
    { type: "day", members: [], ...at(30 * DAY, { ...free, epoch: 9 }) },
    { type: "day", members: [], ...at(30 * DAY + 1, { ...free, epoch: 9 }) },
  ],
};

/** Successor groups, section 8.4. */
export async function successorVectors(): Promise<VectorFile> {
  const { state } = stepSuccessor(undefined, suspected);
  const bytes = state === undefined ? new Uint8Array(0) : successorCodec.encode(state);
  return {
    structure: "group/successor",
    about:
      "Section 8.4. Stories of a device of an owner: what happens, what it does, and what it keeps after that: `state`, the bytes it is saved as (canonical CBOR, at most 1 MiB) and `timers`; nothing is kept where there is no `state`. `view` is what it knows of the group at the moment. Times in ms.",
    valid: Object.entries(STORIES).map(([name, events]) => ({
      name,
      steps: stepsOf(events, stepSuccessor, successorCodec, successorTimers),
    })),
    invalid: damaged(bytes, "state_malformed"),
  };
}
