import {
  doubtCodec,
  firstJoinCodec,
  firstJoinTimers,
  rejoinCodec,
  rejoinTimers,
  stepDoubt,
  stepFirstJoin,
  stepRejoining,
  type DoubtEvent,
  type DoubtState,
  type FirstJoinEvent,
  type FirstJoinState,
  type RejoinState,
  type RejoiningEvent,
  type StateCodec,
  type Timer,
} from "@pli/protocol/group";
import { damaged, type VectorFile } from "./json.ts";
import { stepsOf } from "./steps.ts";

/** When the devices of these stories find that they cannot go on, in ms. */
const T0 = 1_790_000_000_000;
const [ada, ben, mal] = ["ada", "ben", "mal"];
const at = (seconds: number): number => T0 + 1000 * seconds;
const LEAF = { group: "a1", encryptionKey: "b1" };

const helpers = [
  { id: ada, member: true, leads: true },
  { id: ben, member: true, leads: false },
];
const looked = (seconds: number): RejoiningEvent => ({
  type: "looked",
  now: at(seconds),
  helpers,
  others: 2,
  founds: false,
});

const LIVES: Readonly<Record<string, readonly RejoiningEvent[]>> = {
  "cells were lost: brought back": [
    { type: "began", now: at(0), cause: "lost" },
    looked(0),
    { type: "answered", now: at(1), who: ada, standing: "goesOn", relation: "ahead", leaf: LEAF },
    { type: "ended" },
    looked(5),
  ],
  "behind: asks who told of the newer epoch, works meanwhile, and follows": [
    { type: "began", now: at(0), cause: "behind", via: ben },
    looked(0),
    { type: "followed" },
  ],
  "behind, then removed: the graver cause counts, and who was asked stays asked": [
    { type: "began", now: at(0), cause: "behind", via: ben },
    { type: "began", now: at(1), cause: "removed", by: mal },
    { type: "began", now: at(2), cause: "old" },
    { type: "followed" },
  ],
  "another history: no commit ends it": [
    { type: "began", now: at(0), cause: "fork", via: ada },
    { type: "followed" },
    { type: "ended" },
  ],
  "somebody is blocked: what they said counts no more": [
    { type: "began", now: at(0), cause: "old" },
    looked(0),
    { type: "refused", now: at(1), who: ben, leftOut: false },
    { type: "forgotten", who: ben },
  ],
  "nothing is looked for": [looked(0), { type: "followed" }, { type: "forgotten", who: ada }, { type: "ended" }],
};

const FIRST_JOINS: Readonly<Record<string, readonly FirstJoinEvent[]>> = {
  "asked five times more, and consents once for each question": [
    { type: "listed", now: at(0) },
    { type: "listed", now: at(1) },
    { type: "leafNamed", leaf: LEAF },
    { type: "leafNamed", leaf: LEAF },
    { type: "timer", now: at(19) },
    { type: "timer", now: at(20) },
    { type: "leafNamed", leaf: LEAF },
    { type: "timer", now: at(60) },
    { type: "timer", now: at(140) },
    { type: "timer", now: at(300) },
    { type: "timer", now: at(620) },
    { type: "sweep", now: at(620) },
  ],
  "comes in": [{ type: "listed", now: at(0) }, { type: "ended" }, { type: "leafNamed", leaf: LEAF }],
  "a clock set back by an hour": [
    { type: "listed", now: at(0) },
    { type: "timer", now: at(-3600) },
    { type: "sweep", now: at(-3600) },
  ],
};

const way = { type: "wayShown", since: T0, by: mal, group: "a2", held: "a1", others: [ada, ben] } as const;
const DOUBTS: Readonly<Record<string, readonly DoubtEvent[]>> = {
  "a way that nobody doubts": [{ ...way, now: at(1), isDoubtful: false }],
  "a doubtful way is taken after 45 s, and the way back at once": [
    { ...way, now: at(44), isDoubtful: true },
    { ...way, now: at(45), isDoubtful: true },
    { ...way, now: at(46), isDoubtful: true, group: "a3", held: "a2" },
    { ...way, now: at(47), isDoubtful: true, by: ada, group: "a1", held: "a2" },
  ],
};

/** How a device begins and ends to look for a way back; first joins; doubts. Section 8.4. */
export async function rejoinLifeVectors(): Promise<VectorFile> {
  const told = <State, Event, Effect>(
    reducer: string,
    stories: Readonly<Record<string, readonly Event[]>>,
    ...how: [
      Parameters<typeof stepsOf<State, Event, Effect>>[1],
      StateCodec<State>,
      (state: State, event: Event) => readonly Timer[],
    ]
  ) => Object.entries(stories).map(([name, events]) => ({ reducer, name, steps: stepsOf(events, ...how) }));
  const nowOf = (event: object): number => ("now" in event && typeof event.now === "number" ? event.now : T0);
  const state = stepRejoining(undefined, { type: "began", now: T0, cause: "removed", by: mal, via: ben }).state;
  const bytes = state === undefined ? new Uint8Array(0) : rejoinCodec.encode(state);
  return {
    structure: "group/rejoin",
    about:
      "Section 8.4. Stories of three reducers, from no state on: `rejoin` (with what rejoin.json shows of one that looks for the others), `first-join`, `doubt`. For each step what happens, what the device does, and what it keeps after that: `state`, the bytes it is saved as (canonical CBOR) and `timers`; nothing is kept where there is no `state`. Times in ms.",
    valid: [
      ...told<RejoinState, RejoiningEvent, unknown>("rejoin", LIVES, stepRejoining, rejoinCodec, (one, event) =>
        rejoinTimers(one, nowOf(event)),
      ),
      ...told<FirstJoinState, FirstJoinEvent, unknown>(
        "first-join",
        FIRST_JOINS,
        stepFirstJoin,
        firstJoinCodec,
        (one, event) => firstJoinTimers(one, nowOf(event)),
      ),
      ...told<DoubtState, DoubtEvent, unknown>("doubt", DOUBTS, stepDoubt, doubtCodec, () => []),
    ],
    invalid: damaged(bytes, "state_malformed"),
  };
}
