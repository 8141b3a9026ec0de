import { drawnShare } from "@pli/testkit/dials";
import { runSeed, runSteps, type Action } from "@pli/testkit";
import { expect, test } from "vitest";

/**
 * What the simulation found, as small as it could be made: seconds since the start, and what
 * happens.
 */
type Story = readonly (readonly [number, Action])[];

const [ADA, BEN, CLEO, DAN, EVE, FINN] = [0, 1, 2, 3, 4, 5] as const;

async function play(hostile: readonly number[], story: Story): Promise<void> {
  const steps = story.map(([seconds, action], id) => ({ id, at: seconds * 1000, ...action }));
  expect(await runSteps(steps, hostile)).toEqual([]);
}

test("garbage at the label of a change that waits: it is made at the next one", async () => {
  await play(
    [CLEO],
    [
      [0, { do: "found", who: BEN, group: 0, whom: [CLEO, DAN] }],
      [48, { do: "store down", for: 12_000 }],
      [48, { do: "change", who: BEN, group: 0, change: { description: "About" } }],
      [53, { do: "forge", who: CLEO, group: 0, what: "garbage", whom: DAN }],
    ],
  );
});

test("the last owner names nobody but themselves to follow them: refused, and nothing stays wanted", async () => {
  await play(
    [],
    [
      [0, { do: "found", who: BEN, group: 0, whom: [CLEO, DAN] }],
      [10, { do: "leave", who: BEN, group: 0, successor: BEN }],
    ],
  );
});

test("a clock that was ahead when a change was blocked, and is right again: the owner hears of it all the same", async () => {
  await play(
    [BEN],
    [
      [0, { do: "found", who: ADA, group: 0, whom: [BEN, CLEO] }],
      [30, { do: "clock", who: ADA, by: 68_000_000 }],
      [40, { do: "squat", who: BEN, group: 0, where: "commits", ahead: 0, count: 16 }],
      [50, { do: "renew", who: ADA, group: 0 }],
    ],
  );
});

test("the last owner leaves while changes are blocked: they do, once the group is founded again", async () => {
  await play(
    [CLEO],
    [
      [0, { do: "found", who: ADA, group: 0, whom: [CLEO, EVE, BEN] }],
      [133, { do: "squat", who: CLEO, group: 0, where: "commits", ahead: 0, count: 16 }],
      [228, { do: "leave", who: ADA, group: 0, successor: EVE }],
    ],
  );
});

test("the late answer to a change's first attempt: the second is its author's too, and what follows is heard", async () => {
  const slow = { delay: 500, lost: 0, unanswered: 0, twice: 0, late: 0, cut: 0 };
  await play(
    [BEN],
    [
      [0, { do: "found", who: ADA, group: 0, whom: [BEN, DAN, CLEO] }],
      [5, { do: "away", who: BEN, for: 35_657 }],
      [5, { do: "storm", for: 10_750, storm: slow }],
      [5, { do: "remove", who: ADA, group: 0, whom: [DAN] }],
      [5.623, { do: "forge", who: BEN, group: 0, what: "garbage", whom: CLEO }],
      [23.02, { do: "say", who: CLEO, group: 0, length: 203 }],
    ],
  );
});

test("garbage where somebody is to write later: all that they write before and behind it is heard, in order", async () => {
  const word = (at: number): Story[number] => [at, { do: "say", who: BEN, group: 0, length: 20 }];
  await play(
    [CLEO],
    [
      [0, { do: "found", who: ADA, group: 0, whom: [BEN, CLEO] }],
      [40, { do: "squat", who: CLEO, group: 0, where: "others", ahead: 2, count: 1 }],
      ...[400, 410, 420, 430].map(word),
    ],
  );
});

test("garbage where somebody is to write, and a change behind it: what they write is heard in order", async () => {
  await play(
    [DAN],
    [
      [0, { do: "found", who: EVE, group: 0, whom: [DAN, FINN, ADA, CLEO] }],
      [40, { do: "squat", who: DAN, group: 0, where: "others", ahead: 0, count: 4 }],
      [43, { do: "say", who: ADA, group: 0, length: 293 }],
      [50, { do: "renew", who: EVE, group: 0 }],
      [55, { do: "say", who: ADA, group: 0, length: 232 }],
    ],
  );
});

test("garbage at a change's later attempts first, and then at its first one: all come to the same attempt", async () => {
  await play(
    [BEN],
    [
      [0, { do: "found", who: CLEO, group: 0, whom: [BEN, FINN, ADA] }],
      [16, { do: "squat", who: BEN, group: 0, where: "commits", ahead: 1, count: 2 }],
      [18, { do: "forge", who: BEN, group: 0, what: "garbage", whom: ADA }],
      [82, { do: "add", who: CLEO, group: 0, whom: [ADA, EVE] }],
    ],
  );
});

test("two owners leave at the same moment, one of them just made the other's successor: the group has an owner, and neither is in it", async () => {
  await play(
    [],
    [
      [0, { do: "found", who: CLEO, group: 0, whom: [EVE, BEN, ADA, FINN] }],
      [146.343, { do: "leave", who: CLEO, group: 0, successor: FINN }],
      [146.662, { do: "leave", who: FINN, group: 0, successor: EVE }],
    ],
  );
});

test("a message in several cells, one of whose labels is taken: those behind it are not waited for", async () => {
  await play(
    [FINN],
    [
      [0, { do: "found", who: CLEO, group: 0, whom: [FINN, EVE] }],
      [9, { do: "squat", who: FINN, group: 0, where: "others", ahead: 1, count: 3 }],
      [9, { do: "say", who: CLEO, group: 0, length: 160 }],
      [9, { do: "say", who: CLEO, group: 0, length: 12_026 }],
      [21, { do: "renew", who: EVE, group: 0 }],
      [30, { do: "say", who: CLEO, group: 0, length: 152 }],
    ],
  );
});

test("somebody is added by a device whose clock is a day behind: they come in when it is right again", async () => {
  await play(
    [],
    [
      [0, { do: "found", who: BEN, group: 0, whom: [FINN, ADA, CLEO, DAN] }],
      [9, { do: "clock", who: BEN, by: -93_578_261 }],
      [17, { do: "remove", who: BEN, group: 0, whom: [CLEO] }],
      [73, { do: "add", who: BEN, group: 0, whom: [CLEO] }],
    ],
  );
});

test("somebody whose clock was set back a day is added again: they join at once, and miss nothing", async () => {
  await play(
    [],
    [
      [0, { do: "found", who: CLEO, group: 0, whom: [BEN] }],
      [67, { do: "remove", who: CLEO, group: 0, whom: [BEN] }],
      [118, { do: "clock", who: BEN, by: -90_037_119 }],
      [142, { do: "add", who: CLEO, group: 0, whom: [BEN, ADA] }],
      [311, { do: "say", who: ADA, group: 0, length: 197 }],
    ],
  );
});

test("a device put back to before it wrote: it reads what others wrote meanwhile, and is brought back", async () => {
  await play(
    [],
    [
      [0, { do: "found", who: EVE, group: 0, whom: [DAN, CLEO, ADA] }],
      [19, { do: "back up", who: ADA }],
      [20, { do: "say", who: ADA, group: 0, length: 35 }],
      [102, { do: "say", who: CLEO, group: 0, length: 57 }],
      [115, { do: "restore", who: ADA }],
    ],
  );
});

test("a device put back lights a beacon for somebody whose clock is a day behind: they answer all the same", async () => {
  await play(
    [],
    [
      [5, { do: "back up", who: BEN }],
      [12, { do: "clock", who: DAN, by: -93_557_751 }],
      [90, { do: "tell", who: BEN, whom: DAN, length: 231 }],
      [91, { do: "restore", who: BEN }],
    ],
  );
});

test("an owner puts the other one out and leaves before that has happened: the group has an heir, and they are out", async () => {
  await play(
    [],
    [
      [0, { do: "found", who: FINN, group: 0, whom: [BEN, CLEO, DAN] }],
      [82, { do: "role", who: FINN, group: 0, whom: CLEO, role: "owner" }],
      [83, { do: "store down", for: 11_515 }],
      [83, { do: "remove", who: CLEO, group: 0, whom: [FINN] }],
      [91, { do: "leave", who: CLEO, group: 0, successor: BEN }],
    ],
  );
});

test("the last owner left and changes are blocked: whoever inherits the group founds it again", async () => {
  await play(
    [CLEO],
    [
      [0, { do: "found", who: ADA, group: 0, whom: [CLEO, BEN] }],
      [5.217, { do: "forge", who: CLEO, group: 0, what: "rename", whom: CLEO }],
      [5.376, { do: "leave", who: ADA, group: 0, successor: BEN }],
      [5.376, { do: "role", who: BEN, group: 0, whom: BEN, role: "admin" }],
      [5.886, { do: "squat", who: CLEO, group: 0, where: "commits", ahead: 0, count: 4 }],
    ],
  );
});

test("the last owner leaves to somebody who is just coming back, while changes are blocked: they stay until it is done", async () => {
  await play(
    [DAN],
    [
      [0, { do: "found", who: ADA, group: 0, whom: [DAN, BEN, CLEO] }],
      [5, { do: "squat", who: DAN, group: 0, where: "commits", ahead: 0, count: 3 }],
      [118, { do: "forge", who: DAN, group: 0, what: "speak", whom: DAN }],
      [136, { do: "leave", who: ADA, group: 0, successor: DAN }],
    ],
  );
});

test("somebody leaves who is being put out, while changes are blocked: the group founded again does not bring them back", async () => {
  await play(
    [EVE],
    [
      [0, { do: "found", who: ADA, group: 0, whom: [EVE, BEN, CLEO] }],
      [14.323, { do: "squat", who: EVE, group: 0, where: "commits", ahead: 0, count: 16 }],
      [15.952, { do: "remove", who: ADA, group: 0, whom: [BEN] }],
      [262.456, { do: "leave", who: BEN, group: 0, successor: BEN }],
      [262.456, { do: "say", who: ADA, group: 0, length: 247 }],
    ],
  );
});

test("the only one who is left in a group is put back to an old copy: there is nobody to bring them back, and that is all", async () => {
  await play(
    [],
    [
      [0, { do: "found", who: BEN, group: 0, whom: [FINN] }],
      [5, { do: "back up", who: BEN }],
      [17, { do: "remove", who: BEN, group: 0, whom: [FINN] }],
      [27, { do: "restore", who: BEN }],
    ],
  );
});

test("two changes overtake what somebody wrote before the first, the second of which makes them a reader: it is heard", async () => {
  const slow = { delay: 8000, lost: 0, unanswered: 0, twice: 0, late: 0, cut: 0 };
  await play(
    [],
    [
      [0, { do: "found", who: EVE, group: 0, whom: [CLEO, ADA] }],
      [140, { do: "storm", for: 1000, storm: slow }],
      [140.712, { do: "say", who: ADA, group: 0, length: 37 }],
      [141.362, { do: "role", who: EVE, group: 0, whom: ADA, role: "admin" }],
      [141.638, { do: "role", who: EVE, group: 0, whom: ADA, role: "reader" }],
    ],
  );
});

test("a device put back to before its message was stored hears that others have it: it is sent", async () => {
  const stormy = { delay: 500, lost: 0.03, unanswered: 0, twice: 0, late: 0, cut: 0 };
  await play(
    [],
    [
      [0, { do: "found", who: FINN, group: 0, whom: [BEN, EVE, CLEO, DAN] }],
      [12.346, { do: "storm", for: 56_942, storm: stormy }],
      [19.398, { do: "say", who: FINN, group: 0, length: 52_633 }],
      [19.398, { do: "back up", who: FINN }],
      [133.066, { do: "remove", who: FINN, group: 0, whom: [BEN] }],
      [162.358, { do: "restore", who: FINN }],
    ],
  );
});

test("the only one who is left in a group is put back, and writes: it leaves", async () => {
  await play(
    [],
    [
      [0, { do: "found", who: FINN, group: 0, whom: [CLEO] }],
      [7, { do: "back up", who: CLEO }],
      [79, { do: "leave", who: FINN, group: 0, successor: CLEO }],
      [90, { do: "restore", who: CLEO }],
      [103, { do: "say", who: CLEO, group: 0, length: 41_902 }],
    ],
  );
});

test("the store forgets that somebody was put out by the only other one: they are out all the same", async () => {
  await play(
    [],
    [
      [0, { do: "found", who: FINN, group: 0, whom: [EVE] }],
      [102.592, { do: "store backed up" }],
      [103.97, { do: "away", who: EVE, for: 38_318 }],
      [104.153, { do: "remove", who: FINN, group: 0, whom: [EVE] }],
      [141.487, { do: "store restored" }],
    ],
  );
});

test("a device is put back, and the store too, to before what it had acknowledged: the other says it again", async () => {
  await play(
    [],
    [
      [0, { do: "found", who: DAN, group: 0, whom: [FINN, BEN, ADA] }],
      [54.268, { do: "store backed up" }],
      [100.664, { do: "back up", who: BEN }],
      [148.192, { do: "tell", who: DAN, whom: BEN, length: 264 }],
      [151.072, { do: "store rolled back" }],
      [175.66, { do: "restore", who: BEN }],
    ],
  );
});

test("a call to found the group again is spoilt, and so are all changes: an owner's invitation is taken when that is found", async () => {
  await play(
    [EVE],
    [
      [0, { do: "found", who: DAN, group: 0, whom: [EVE, FINN, BEN, ADA] }],
      [114.57, { do: "squat", who: EVE, group: 0, where: "others", ahead: 3, count: 1 }],
      [114.57, { do: "squat", who: EVE, group: 0, where: "commits", ahead: 0, count: 4 }],
      [171.29, { do: "clock", who: DAN, by: -75_559_344 }],
      [418.426, { do: "flood", who: EVE, group: 0, whom: DAN, count: 70 }],
    ],
  );
});

test("the only owner is put back while all changes are blocked: they found the group again", async () => {
  await play(
    [CLEO],
    [
      [0, { do: "found", who: BEN, group: 0, whom: [CLEO, DAN] }],
      [118, { do: "back up", who: BEN }],
      [140, { do: "say", who: BEN, group: 0, length: 10 }],
      [206, { do: "squat", who: CLEO, group: 0, where: "commits", ahead: 0, count: 16 }],
      [217, { do: "say", who: BEN, group: 0, length: 199 }],
      [250, { do: "restore", who: BEN }],
    ],
  );
});

test("what was said before somebody was added again comes after it: they do not get it when they are brought back", async () => {
  const twice = { delay: 50, lost: 0, unanswered: 0, twice: 0.291, late: 0, cut: 0 };
  await play(
    [],
    [
      [0, { do: "found", who: ADA, group: 0, whom: [BEN, CLEO, EVE] }],
      [73.394, { do: "role", who: ADA, group: 0, whom: BEN, role: "admin" }],
      [93.693, { do: "storm", for: 9684, storm: twice }],
      [94.286, { do: "remove", who: ADA, group: 0, whom: [CLEO] }],
      [94.286, { do: "renew", who: BEN, group: 0 }],
      [100.869, { do: "clock", who: EVE, by: 46_807_086 }],
      [101.11, { do: "say", who: ADA, group: 0, length: 46_884 }],
      [101.11, { do: "add", who: BEN, group: 0, whom: [CLEO] }],
    ],
  );
});

test("a store is wiped while an owner is away who lacks the last epoch: what the others send again is sent in the history that stays", async () => {
  await play(
    [],
    [
      [0, { do: "found", who: DAN, group: 0, whom: [ADA, BEN, EVE] }],
      [76.535, { do: "leave", who: EVE, group: 0, successor: ADA }],
      [76.714, { do: "away", who: DAN, for: 58_203 }],
      [76.714, { do: "say", who: ADA, group: 0, length: 28 }],
      [109.743, { do: "store wiped" }],
    ],
  );
});

test("nobody can open a commit, and the owner is faster at passing it over: the others hear what is said at once", async () => {
  await play(
    [FINN],
    [
      [0, { do: "found", who: BEN, group: 0, whom: [FINN, DAN, ADA, CLEO] }],
      [38.963, { do: "exclude all", who: FINN, group: 0, whom: CLEO }],
      [47.692, { do: "remove", who: BEN, group: 0, whom: [FINN] }],
      [48.797, { do: "say", who: ADA, group: 0, length: 37_669 }],
    ],
  );
});

test("who made a commit that nobody can open tells of it at once: nobody is fetched by them before all have passed it over", async () => {
  await play(
    [FINN],
    [
      [0, { do: "found", who: CLEO, group: 0, whom: [FINN, ADA, BEN] }],
      [8, { do: "role", who: CLEO, group: 0, whom: FINN, role: "admin" }],
      [105, { do: "exclude all", who: FINN, group: 0, whom: ADA }],
      [107.3, { do: "store wiped" }],
    ],
  );
});

test("the only owner is put back to before they added somebody, while all changes are blocked: they bring them over too", async () => {
  await play(
    [BEN],
    [
      [0, { do: "found", who: FINN, group: 0, whom: [BEN, EVE] }],
      [8, { do: "back up", who: FINN }],
      [42, { do: "add", who: FINN, group: 0, whom: [DAN] }],
      [95, { do: "squat", who: BEN, group: 0, where: "commits", ahead: 0, count: 16 }],
      [116, { do: "restore", who: FINN }],
    ],
  );
});

test("an author who was put back says a text again to somebody who came meanwhile: the one who brings that person in tells it too", async () => {
  const slow = { delay: 500, lost: 0, unanswered: 0, twice: 0, late: 0, cut: 0 };
  await play(
    [BEN],
    [
      [0, { do: "found", who: CLEO, group: 0, whom: [BEN, FINN, EVE] }],
      [5.629, { do: "back up", who: CLEO }],
      [6.831, { do: "say", who: CLEO, group: 0, length: 107 }],
      [8, { do: "role", who: CLEO, group: 0, whom: BEN, role: "admin" }],
      [42.41, { do: "withhold", who: BEN }],
      [51.321, { do: "storm", for: 29_615, storm: slow }],
      [62.099, { do: "restore", who: CLEO }],
      [65.734, { do: "add", who: BEN, group: 0, whom: [ADA] }],
    ],
  );
});

test("a contact seems further, and turns out to be in another history: what was written in this one is said again there", async () => {
  const slow = { delay: 50, lost: 0, unanswered: 0, twice: 0, late: 0, cut: 0 };
  await play(
    [FINN],
    [
      [0, { do: "found", who: BEN, group: 0, whom: [FINN, DAN, ADA, CLEO] }],
      [5.259, { do: "say", who: BEN, group: 0, length: 8256 }],
      [5.259, { do: "storm", for: 37_759, storm: slow }],
      [28.933, { do: "away", who: DAN, for: 14_580 }],
      [38.963, { do: "exclude all", who: FINN, group: 0, whom: CLEO }],
      [47.692, { do: "remove", who: BEN, group: 0, whom: [FINN] }],
      [48.797, { do: "say", who: ADA, group: 0, length: 37_669 }],
      [49.717, { do: "forge", who: FINN, group: 0, what: "garbage", whom: CLEO }],
    ],
  );
});

test("somebody is refused, and comes back into a history that they did not know of: what they wrote in theirs is said again", async () => {
  await play(
    [BEN],
    [
      [0, { do: "found", who: ADA, group: 0, whom: [BEN, DAN, CLEO] }],
      [8, { do: "role", who: ADA, group: 0, whom: BEN, role: "admin" }],
      [11.116, { do: "store down", for: 17_601 }],
      [11.242, { do: "forge", who: BEN, group: 0, what: "take over", whom: BEN }],
      [11.627, { do: "say", who: DAN, group: 0, length: 232 }],
      [21.789, { do: "flood", who: BEN, group: 0, whom: CLEO, count: 70 }],
      [26.363, { do: "back up", who: ADA }],
      [27.5, { do: "away", who: CLEO, for: 51_519 }],
      [61.111, { do: "store wiped" }],
      [70.794, { do: "restore", who: ADA }],
      [88.192, { do: "refuse", who: BEN, group: 0, whom: DAN }],
    ],
  );
});

test("an owner puts somebody out, and the one whose commit nobody could open brings them into a history of their own: they learn that they are out", async () => {
  await play(
    [DAN],
    [
      [0, { do: "found", who: ADA, group: 0, whom: [DAN, BEN, CLEO, EVE] }],
      [5.375, { do: "crash", who: BEN, writes: 7, for: 11_606 }],
      [8, { do: "role", who: ADA, group: 0, whom: DAN, role: "admin" }],
      [12.493, { do: "say", who: CLEO, group: 0, length: 160 }],
      [129.594, { do: "forge", who: DAN, group: 0, what: "garbage", whom: ADA }],
      [129.735, { do: "forge", who: DAN, group: 0, what: "take over", whom: BEN }],
      [180.873, { do: "exclude all", who: DAN, group: 0, whom: CLEO }],
      [191.339, { do: "remove", who: ADA, group: 0, whom: [BEN] }],
    ],
  );
});

test("commits that do not open bring two people one by one into histories of which only their author knows more: they come together", async () => {
  await play(
    [BEN],
    [
      [0, { do: "found", who: CLEO, group: 0, whom: [BEN, ADA] }],
      [8, { do: "role", who: CLEO, group: 0, whom: BEN, role: "admin" }],
      [9, { do: "role", who: CLEO, group: 0, whom: ADA, role: "admin" }],
      [20, { do: "exclude all", who: BEN, group: 0, whom: CLEO }],
      [60, { do: "clock", who: ADA, by: 54_000_000 }],
      [60, { do: "clock", who: CLEO, by: 50_000_000 }],
      [80, { do: "exclude all", who: BEN, group: 0, whom: CLEO }],
    ],
  );
});

test("an owner put somebody out and forgot it, and so did the store: who is listed again asks to be brought in", async () => {
  await play(
    [],
    [
      [0, { do: "found", who: BEN, group: 0, whom: [CLEO, FINN, ADA] }],
      [4, { do: "store backed up" }],
      [13, { do: "back up", who: BEN }],
      [14, { do: "leave", who: CLEO, group: 0, successor: BEN }],
      [99, { do: "remove", who: BEN, group: 0, whom: [ADA] }],
      [114, { do: "store rolled back" }],
      [227, { do: "restore", who: BEN }],
    ],
  );
});

test("changes are blocked by the one who keeps the only other member from knowing of the group: its owner founds it again alone", async () => {
  await play(
    [BEN],
    [
      [0, { do: "found", who: FINN, group: 0, whom: [BEN] }],
      [8, { do: "role", who: FINN, group: 0, whom: BEN, role: "admin" }],
      [18, { do: "withhold", who: BEN }],
      [20, { do: "add", who: BEN, group: 0, whom: [ADA] }],
      [25, { do: "squat", who: BEN, group: 0, where: "commits", ahead: 0, count: 16 }],
      [30, { do: "change", who: FINN, group: 0, change: { name: "Other" } }],
    ],
  );
});

test("a device and the store forget a text whose author may not write any more: that is all that is missed", async () => {
  await play(
    [],
    [
      [0, { do: "found", who: DAN, group: 0, whom: [BEN, EVE] }],
      [35, { do: "store backed up" }],
      [50, { do: "back up", who: DAN }],
      [55, { do: "say", who: BEN, group: 0, length: 104 }],
      [60, { do: "change", who: DAN, group: 0, change: { description: "About" } }],
      [66, { do: "store rolled back" }],
      [67, { do: "restore", who: DAN }],
      [70, { do: "change", who: DAN, group: 0, change: { whoWrites: "admins" } }],
    ],
  );
});

/**
 * Seeds of which one device or more did not end as it must, when they were found. Each run plays a
 * share of them, the soak all: what they found are mostly the stories above, which every run plays.
 */
const FAILED = [
  105, 336, 647, 665, 674, 772, 977, 987, 1035, 1051, 1053, 1133, 1134, 1150, 1207, 1233, 1282, 1340, 1390, 1445, 1473,
  1569, 1681, 1808, 1967, 1971, 2042, 2057, 2318, 2410, 2621, 2709, 2727, 2766, 2878, 2892, 2927, 2984, 3414, 3421,
  9047, 41430, 50121, 5084, 50060, 60066, 70466, 70019, 70068, 70243, 70952, 71295, 71354, 71627, 71632, 72217, 72354,
  72521,
];

test.each(drawnShare("FAILED_SEEDS", FAILED))(
  "seed %i, which failed once, ends with every honest member alike",
  async (seed) => {
    expect((await runSeed(seed)).problems).toEqual([]);
  },
);
