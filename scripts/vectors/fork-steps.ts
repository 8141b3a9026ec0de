import {
  forkCodec,
  forkTimers,
  stepFork,
  type ForkEvent,
  type ForkView,
  type Marks,
  type ToldState,
} from "@pli/protocol/group";
import { damaged, type VectorFile } from "./json.ts";
import { stepsOf } from "./steps.ts";

/** When the epochs of these stories begin, in ms. */
const T0 = 1_790_000_000_000;
const [me, ada, ben, cleo, dan] = ["me", "ada", "ben", "cleo", "dan"];

/** The group, at a time in seconds. */
const at = (seconds: number, more: Partial<ForkView> = {}): { readonly view: ForkView } => ({
  view: {
    now: T0 + 1000 * seconds,
    self: me,
    works: true,
    members: [me, ada, ben, cleo, dan],
    leaders: [ada],
    contacts: [ada, ben, cleo],
    leavers: [],
    random: 0.5,
    delay: [30_000, 120_000],
    ...more,
  },
});

const began = (seconds: number, epoch: number, mark: string, more: Partial<ForkEvent> = {}): ForkEvent =>
  ({
    type: "epochStarted",
    group: "a1",
    epoch,
    mark,
    since: { after: 10 * epoch, own: 10 * epoch },
    tell: [],
    comers: [],
    leaves: 5,
    chance: 0.5,
    ...at(seconds),
    ...more,
  }) as ForkEvent;

const marksFrom = (first: number, ...marks: readonly string[]): Marks => marks.map((mark, i) => [first + i, mark]);
const told = (marks: Marks, more: Partial<ToldState> = {}): ToldState => ({ group: "a1", marks, ...more });
const tells = (seconds: number, who: string, said: ToldState, more: Partial<ForkView> = {}): ForkEvent => ({
  type: "peerState",
  who,
  said,
  leadsBack: false,
  ...at(seconds, more),
});
const timer = (seconds: number, more: Partial<ForkView> = {}): ForkEvent => ({ type: "timer", ...at(seconds, more) });

const ours = [began(0, 1, "a1"), began(1, 2, "cc", { by: me, behind: "b2" })];
const OTHER = told(marksFrom(1, "a1", "bb"));
const givenUp = [
  began(0, 1, "a1", { since: { after: 10, own: 10, epochId: 4 } }),
  began(1, 2, "cc", { by: me, since: { after: 20, own: 20, epochId: 5 } }),
  tells(10, ada, OTHER),
];
const came = (more: Partial<ForkEvent>): ForkEvent =>
  ({
    type: "joined",
    group: "a1",
    epoch: 3,
    mark: "dd",
    since: { after: 30, own: 30, epochId: 6 },
    by: ada,
    comers: [],
    former: [],
    ...at(20),
    ...more,
  }) as ForkEvent;
const removal = { kind: "remove", operation: "remove dan" };

const STORIES: Readonly<Record<string, readonly ForkEvent[]>> = {
  "an epoch is told of to three contacts, half a minute to two minutes later": [
    began(0, 1, "a1"),
    timer(74),
    timer(75, { contacts: [cleo, ada, ben, dan], leavers: [ada] }),
  ],
  "in a large group by few, but in any case to those who were brought in": [
    began(0, 1, "a1", { leaves: 2000 }),
    began(1, 2, "a2", { leaves: 2000, by: me, tell: [ben], comers: [ben, cleo] }),
    timer(76),
  ],
  "who is behind is told; who is further makes the device look for the commits, and then ask": [
    ...ours,
    tells(10, ada, told(marksFrom(1, "a1"))),
    tells(11, ada, told(marksFrom(1, "a1"))),
    tells(12, ben, told(marksFrom(1, "a1", "cc", "dd"))),
    { type: "lookingFor", who: ben, newest: 3, ...at(12) },
    timer(20),
    tells(30, ben, told(marksFrom(1, "a1", "cc", "dd"))),
    { type: "lookingFor", who: ben, newest: 3, ...at(30) },
    began(31, 3, "dd", { by: ben }),
    timer(38),
  ],
  "another history, told by an admin, with the lower mark: given up at once, done again there": [
    ...ours,
    { type: "changed", epoch: 2, changes: [removal, { kind: "keys", operation: "keys" }], ...at(1) },
    tells(10, ada, OTHER),
    { type: "cameBack", ...at(20) },
    {
      type: "joined",
      group: "a1",
      epoch: 3,
      mark: "dd",
      since: { after: 30, own: 30 },
      by: ada,
      comers: [],
      former: [cleo],
      ...at(20),
    },
    { type: "cameBack", ...at(21) },
  ],
  "another history, told by an admin, with the higher mark: it stays": [
    ...ours,
    tells(10, ben, told(marksFrom(1, "a1", "cc"))),
    tells(11, cleo, told(marksFrom(1, "a1", "cc"))),
    tells(12, ada, told(marksFrom(1, "a1", "ee"))),
    timer(60),
  ],
  "somebody who came in after the two parted waits for twelve seconds": [
    {
      type: "joined",
      group: "a1",
      epoch: 2,
      mark: "cc",
      since: { after: 20, own: 20 },
      by: ben,
      comers: [me],
      former: [],
      ...at(0),
    },
    tells(10, ada, told(marksFrom(2, "bb"))),
    tells(15, ben, told(marksFrom(2, "bb"))),
    timer(21),
    timer(22),
    { type: "stays", passed: { who: ben, beside: [cleo] }, ...at(30) },
  ],
  "who stood here comes into another history by a welcome": [
    began(0, 1, "a1"),
    began(1, 2, "cc", { by: ben }),
    tells(5, ben, told(marksFrom(1, "a1", "bb", "dd"), { since: 3 })),
  ],
  "a word that was passed over is not heard about it": [
    ...ours,
    { type: "passedOver", epoch: 2, ...at(2) },
    { type: "passedOver", epoch: 2, ...at(3) },
    timer(6),
  ],
  "another cell under the label of a commit: told at once": [
    ...ours,
    { type: "shownAgain", epoch: 2, ...at(3) },
    { type: "shownAgain", epoch: 2, ...at(4) },
    began(5, 3, "dd", { by: ada }),
  ],
  "somebody who is back lacks what was said here meanwhile": [
    ...ours,
    { type: "broughtIn", epoch: 3, back: [ben], added: [dan], ...at(9) },
    { type: "memberReturned", who: ben, said: OTHER, ...at(10) },
    { type: "mayOwe", rest: 0, ...at(10) },
    { type: "memberReturned", who: ben, said: OTHER, ...at(11) },
    timer(25),
    { type: "mayRepay", rest: 1000, ...at(25) },
    timer(41),
    { type: "mayRepay", rest: 0, ...at(41) },
    { type: "mayRepay", rest: 0, ...at(42) },
  ],
  "somebody whose device came in late says so: what was written since they were added is said again, once": [
    began(0, 1, "a1"),
    began(1, 2, "a2", { by: ada }),
    { type: "broughtIn", epoch: 2, back: [], added: [ben], ...at(1) },
    began(5, 3, "a3", { by: dan }),
    { type: "broughtIn", epoch: 3, back: [ben], added: [], ...at(5) },
    { type: "memberReturned", who: ben, said: told(marksFrom(1, "a1", "a2", "a3"), { since: 2 }), ...at(6) },
    { type: "memberReturned", who: ben, said: told(marksFrom(1, "a1", "a2", "a3"), { since: 3 }), ...at(6) },
    { type: "mayOwe", rest: 0, ...at(6) },
    { type: "memberReturned", who: ben, said: told(marksFrom(1, "a1", "a2", "a3"), { since: 3 }), ...at(7) },
    timer(21),
    { type: "mayRepay", rest: 0, ...at(21) },
  ],
  "whose device came in late tells the group": [
    came({ told: told(marksFrom(1, "a1", "a2")), comers: [me], isLate: true, by: dan }),
  ],
  "who comes in has no right to what was said in an epoch before theirs": [
    began(0, 1, "a1", { since: { after: 10, own: 10, epochId: 4 } }),
    began(1, 2, "a2", { by: me, since: { after: 20, own: 18, epochId: 5 } }),
    { type: "broughtIn", epoch: 2, back: [], added: [dan], ...at(1) },
  ],
  "what was sent again in the history that was left is sent again": [
    ...givenUp,
    { type: "cameBack", comers: [], ...at(20) },
  ],
  "what was sent again in the history that was left is not for those who came in meanwhile": [
    ...givenUp,
    { type: "cameBack", comers: [dan], ...at(20) },
  ],
  "what this device came into shows that it was in another history, which nobody had told it": [
    began(0, 1, "a1", { since: { after: 10, own: 10, epochId: 4 } }),
    began(1, 2, "cc", { by: me, since: { after: 20, own: 20, epochId: 5 } }),
    { type: "changed", epoch: 2, changes: [removal], ...at(1) },
    { type: "cameBack", comers: [], told: told(marksFrom(1, "a1", "bb", "dd")), ...at(20) },
    came({ told: told(marksFrom(1, "a1", "bb", "dd")) }),
  ],
  "who brought this device in does not know its newest epoch: what was said in it is said again, and no more": [
    began(0, 1, "a1", { since: { after: 10, own: 10, epochId: 4 } }),
    began(1, 2, "cc", { by: me, since: { after: 20, own: 20, epochId: 5 } }),
    { type: "changed", epoch: 2, changes: [removal], ...at(1) },
    { type: "cameBack", comers: [], told: told([...marksFrom(1, "a1"), [3, "dd"]]), ...at(20) },
    came({ told: told([...marksFrom(1, "a1"), [3, "dd"]]) }),
  ],
  "this device comes further in its own history: nothing was left behind": [
    ...ours,
    { type: "cameBack", comers: [], told: told(marksFrom(1, "a1", "cc", "dd")), ...at(20) },
    came({ told: told(marksFrom(1, "a1", "cc", "dd")) }),
  ],
  "who seemed further in this history turns out to be in another: nobody asks to be brought on": [
    ...ours,
    tells(12, ben, told([...marksFrom(1, "a1"), [3, "dd"]], { since: 3 })),
    { type: "lookingFor", who: ben, newest: 3, ...at(12) },
    tells(14, ben, told(marksFrom(1, "a1", "ee", "dd"), { since: 3 })),
    timer(20),
  ],
  "another MLS group: of a doubted one a member leads back, a stranger hears nothing": [
    ...ours,
    { type: "peerState", who: ada, said: told(marksFrom(1, "a1"), { group: "a9" }), leadsBack: true, ...at(5) },
    tells(6, ben, told(marksFrom(1, "a1"), { group: "a9" })),
    tells(7, "zoe", told(marksFrom(1, "a1"), { group: "a9" })),
    tells(8, "zoe", told(marksFrom(1, "a1"))),
  ],
  "a conversation of two began again; a device that does not work tells nobody": [
    began(0, 1, "a1"),
    { type: "reached", who: dan, ...at(10) },
    timer(75, { works: false }),
    began(80, 1, "a1", { group: "a2" }),
    { type: "reached", who: dan, ...at(81) },
    timer(160, { contacts: [ada, ben, cleo, dan] }),
  ],
};

/** How a device finds out that its group has parted, section 8.4. */
export async function forkStepVectors(): Promise<VectorFile> {
  const { state } = stepFork(undefined, began(0, 1, "a1"));
  const bytes = state === undefined ? new Uint8Array(0) : forkCodec.encode(state);
  return {
    structure: "group/fork",
    about:
      "Section 8.4. Stories: what happens, what the device does, and what it keeps after that: `state`, the bytes it is saved as (canonical CBOR, at most 2 MiB) and `timers`. `view` is what it knows of the group at the moment. Times in ms.",
    valid: Object.entries(STORIES).map(([name, events]) => ({
      name,
      steps: stepsOf(events, stepFork, forkCodec, forkTimers),
    })),
    invalid: damaged(bytes, "state_malformed"),
  };
}
