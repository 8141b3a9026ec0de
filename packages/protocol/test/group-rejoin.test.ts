import { describe, expect, test } from "vitest";
import { beginRejoin, nextLook, relationOf, type Marks } from "@pli/protocol/group";
import {
  ann,
  asked,
  ben,
  CAUSES,
  cleo,
  Device,
  HOUR,
  leader,
  LEAF,
  member,
  RELATIONS,
  STANDINGS,
  stranger,
  T0,
  three,
} from "./group-rejoin-device.ts";

describe("how another's place stands to ours", () => {
  const ours = {
    group: "g",
    marks: [
      [3, "cc"],
      [4, "dd"],
      [5, "ee"],
    ] satisfies Marks,
  };
  const at = (epoch: number, mark: string, group = "g") => ({ group, epoch, mark });
  test.each([
    ["a newer epoch is ahead, whatever its mark", at(6, "00"), "ahead"],
    ["far ahead too", at(Number.MAX_SAFE_INTEGER, "00"), "ahead"],
    ["the newest, with the same mark", at(5, "ee"), "same"],
    ["the newest, with another", at(5, "ef"), "apart"],
    ["an earlier one, with the same mark", at(4, "dd"), "behind"],
    ["an earlier one, with another", at(4, "ee"), "apart"],
    ["one before all that we know", at(2, "xx"), "behind"],
    ["another MLS group, whatever the epoch", at(5, "ee", "h"), "apart"],
    ["none at all", undefined, "behind"],
  ] as const)("%s", (_, theirs, relation) => {
    expect(relationOf(ours, theirs)).toBe(relation);
  });

  test("for a device that knows nothing of the group, or no epoch of it, everybody is elsewhere", () => {
    for (const nothing of [undefined, { group: "g", marks: [] }]) {
      expect(relationOf(nothing, at(5, "ee"))).toBe("apart");
      expect(relationOf(nothing, undefined)).toBe("behind");
    }
  });

  test("between the epochs that we know of, one that we do not is behind", () => {
    expect(
      relationOf(
        {
          group: "g",
          marks: [
            [3, "cc"],
            [9, "dd"],
          ],
        },
        at(5, "zz"),
      ),
    ).toBe("behind");
  });
});

describe("when a device looks again", () => {
  test.each([
    [0, 5],
    [299, 5],
    [300, 60],
    [HOUR, 60],
    [-HOUR, 60],
    [-10, 5],
  ])("%i s after it began: %i s later", (after, wait) => {
    const now = T0 + 1000 * after;
    expect(nextLook(beginRejoin({ cause: "lost", now: T0 }), now) - now).toBe(1000 * wait);
  });
});

describe("whom a device asks", () => {
  test("two people at each look, in the order given, whatever their ids", () => {
    for (const order of [three, three.toReversed()]) {
      const device = new Device({ cause: "lost", helpers: order });
      expect(asked(device.look(0))).toEqual([order[0]?.id, order[1]?.id]);
      expect(asked(device.look(5))).toEqual([order[2]?.id]);
      expect(asked(device.look(10))).toEqual([]);
    }
  });

  test("one of the two leads the group, wherever they stand in the order", () => {
    const helpers = [...three, leader("lea"), leader("leo")];
    const device = new Device({ cause: "lost", helpers });
    expect([device.look(0), device.look(5), device.look(10)].map(asked)).toEqual([["lea", ann], ["leo", ben], [cleo]]);
  });

  test("those whose turn it was longest ago first, so that who answers for nothing keeps nobody else from being asked", () => {
    const hostile = ["h1", "h2", "h3", "h4", "h5", "h6"];
    const device = new Device({ cause: "old", helpers: [...hostile.map(member), member(ann)] });
    const all: string[] = [];
    for (let at = 0; at < 60; at += 5) {
      all.push(...asked(device.look(at)));
      for (const who of hostile) device.answer(at + 1, who, "goesOn", "ahead");
    }
    expect(all.indexOf(ann)).toBe(6);
    expect(all.filter((who) => who === ann)).toHaveLength(2);
  });

  test("the silent again after 20 s, and then after twice as long each time, up to an hour", () => {
    const device = new Device({ cause: "lost", helpers: [member(ann)] });
    const times: number[] = [];
    for (let at = 0; at < 4 * HOUR; at += 5) if (asked(device.look(at)).length > 0) times.push(at);
    expect(times.slice(1).map((at, i) => at - (times[i] ?? 0))).toEqual([
      20,
      40,
      80,
      160,
      320,
      640,
      1280,
      2560,
      HOUR,
      HOUR,
    ]);
  });

  test.each([
    ["goesOn", 10, 10],
    ["stuck", 20, 40],
    ["out", 300, 300],
    ["refused", 300, 300],
  ] as const)("who said %s again after %i s, and then %i s", (standing, first, second) => {
    const device = new Device({ cause: "old", helpers: [member(ann), member(ben)] });
    device.look(0);
    if (standing === "refused") device.refuse(1, ann);
    else device.answer(1, ann, standing, "behind");
    const times: number[] = [];
    for (let at = 5; times.length < 2; at += 5) if (asked(device.look(at)).includes(ann)) times.push(at);
    expect(times).toEqual([first, first + second]);
  });

  test("who continues, no more often than the silent once five minutes have passed", () => {
    const device = new Device({ cause: "old", helpers: [member(ann)] });
    device.look(290);
    device.answer(291, ann, "goesOn", "ahead");
    expect(asked(device.look(300))).toEqual([]);
    expect(asked(device.look(310))).toEqual([ann]);
    expect(asked(device.look(340))).toEqual([]);
    expect(asked(device.look(350))).toEqual([ann]);
  });

  test("contacts who are not known to be in the group after a minute: they may have come in since", () => {
    const device = new Device({ cause: "old", helpers: [stranger("sam"), member(ann)] });
    expect(asked(device.looks(0, 55))).not.toContain("sam");
    expect(asked(device.look(60))).toEqual([ann, "sam"]);
  });

  test("members before these", () => {
    const device = new Device({ cause: "old", helpers: [stranger("sam"), stranger("sue"), ...three] });
    expect(asked(device.look(60))).toEqual([ann, ben]);
    expect(asked(device.look(65))).toEqual([cleo, "sam"]);
  });

  test("an admin who is not known to be in the group like any other contact", () => {
    const device = new Device({ cause: "old", helpers: [{ id: "sam", member: false, leads: true }, member(ann)] });
    expect(asked(device.look(60))).toEqual([ann, "sam"]);
  });

  test("who made the commit that does not open last: 45 s later", () => {
    const device = new Device({ cause: "unopened", by: ann, helpers: three });
    expect(asked(device.looks(0, 40))).not.toContain(ann);
    expect(asked(device.look(45))).toContain(ann);
  });

  test("who made it at once, when there is nobody else", () => {
    for (const helpers of [[member(ann)], [member(ann), stranger("sam")], [stranger(ann)]]) {
      const device = new Device({ cause: "old", by: ann, helpers });
      expect(asked(device.look(0))).toEqual([ann]);
    }
  });

  test("somebody who tells of the group, at once, but not within 10 s of the last time", () => {
    const device = new Device({ cause: "lost", helpers: [] });
    expect(asked(device.hear(1, ann))).toEqual([ann]);
    expect(asked(device.hear(10, ann))).toEqual([]);
    expect(asked(device.hear(11, ann))).toEqual([ann]);
    expect(asked(device.hear(12, ben))).toEqual([ben]);
  });

  test("who made the commit that does not open not at once when they tell of the group, but after 45 s", () => {
    const device = new Device({ cause: "unopened", by: ann, helpers: three });
    device.look(0);
    expect(asked(device.hear(5, ann, "ahead"))).toEqual([]);
    expect(asked(device.hear(44, ann, "ahead"))).toEqual([]);
    expect(asked(device.hear(45, ann, "ahead"))).toEqual([ann]);
  });

  test("nobody when nobody can be asked", () => {
    expect(new Device({ cause: "lost" }).look(0)).toEqual([]);
  });

  test("nobody any more when it continues, or is out", () => {
    const device = new Device({ cause: "lost", helpers: three });
    device.look(0);
    device.answer(1, ann, "goesOn", "same");
    expect(device.look(5)).toEqual([{ type: "resume" }]);
    expect(new Device({ cause: "removed", helpers: three, others: 1 }).look(0)).toEqual([{ type: "end" }]);
  });

  test("others too while it founds the group again", () => {
    const device = new Device({ cause: "old", helpers: [stranger("sam")], founds: true });
    expect(device.look(60)).toEqual([
      { type: "ask", who: "sam" },
      { type: "found", gone: [], forgotten: [] },
    ]);
  });
});

describe("who is given consent to put another leaf in the place of ours", () => {
  const cells = CAUSES.flatMap((cause) =>
    STANDINGS.flatMap((standing) => RELATIONS.map((relation) => ({ cause, standing, relation }))),
  );
  test.each(cells)("$cause: who says $standing and is $relation", ({ cause, standing, relation }) => {
    const device = new Device({ cause, helpers: three });
    device.look(0);
    const isElsewhere = relation === "ahead" || relation === "apart" || cause === "old";
    const isGiven = standing === "goesOn" && isElsewhere;
    expect(device.answer(1, ann, standing, relation)).toEqual([]);
    expect(device.answer(2, ann, standing, relation, LEAF)).toEqual(
      isGiven ? [{ type: "ask", who: ann, leaf: LEAF }] : [],
    );
  });

  test("nobody who was not asked: their answer is not even kept", () => {
    const device = new Device({ cause: "old", helpers: three });
    device.look(0);
    const before = device.state;
    expect(device.answer(1, cleo, "goesOn", "ahead", LEAF)).toEqual([]);
    expect(device.refuse(1, cleo, true)).toEqual([]);
    expect(device.answer(1, "nobody", "goesOn", "ahead", LEAF)).toEqual([]);
    expect(device.state).toBe(before);
  });

  test("each in turn: nobody again before the others who can help", () => {
    const device = new Device({ cause: "old", helpers: three });
    device.looks(0, 5);
    const given: string[] = [];
    const answer = (at: number, who: string) => given.push(...asked(device.answer(at, who, "goesOn", "ahead", LEAF)));
    const order = [ann, ann, ben, ben, cleo, ann, cleo, ben, ann, ben];
    for (const [i, who] of order.entries()) answer(6 + 2 * i, who);
    // Ann twice, while nobody else is known to be able to help.
    expect(given).toEqual([ann, ann, ben, cleo, ann, ben]);
  });

  test("who could help and is silent holds nobody up for more than 20 s", () => {
    const device = new Device({ cause: "old", helpers: three });
    device.look(0);
    expect(device.answer(1, ann, "goesOn", "ahead", LEAF)).toHaveLength(1);
    expect(device.answer(2, ben, "goesOn", "ahead", LEAF)).toHaveLength(1);
    expect(device.answer(12, ben, "goesOn", "ahead", LEAF)).toEqual([]);
    expect(device.answer(22, ben, "goesOn", "ahead", LEAF)).toHaveLength(1);
    expect(device.answer(HOUR, ben, "goesOn", "ahead", LEAF)).toHaveLength(1);
  });

  test("who says that they can help and names no leaf holds nobody up", () => {
    const device = new Device({ cause: "old", helpers: three });
    device.look(0);
    for (let at = 1; at < 60; at += 10) {
      device.answer(at, ann, "goesOn", "ahead");
      expect(device.answer(at + 1, ben, "goesOn", "ahead", LEAF)).toHaveLength(1);
    }
  });

  test("who begins late is not given it as often as the others were, all at once", () => {
    const device = new Device({ cause: "old", helpers: three });
    device.looks(0, 5);
    for (let at = 6; at < 20; at += 2) device.answer(at, ann, "goesOn", "ahead", LEAF);
    const given = [20, 22, 24, 26].flatMap((at) => [
      ...asked(device.answer(at, ben, "goesOn", "ahead", LEAF)),
      ...asked(device.answer(at, ann, "goesOn", "ahead", LEAF)),
    ]);
    expect(given).toEqual([ben, ann, ben, ann, ben, ann, ben, ann]);
  });

  test("nobody more often than every 2 s, however often they answer, and whatever leaf they name", () => {
    const device = new Device({ cause: "old", helpers: three });
    device.look(0);
    const given: number[] = [];
    for (let at = 1; at < 10; at += 0.25) {
      const leaf = { ...LEAF, encryptionKey: String(at) };
      if (device.answer(at, ann, "goesOn", "ahead", leaf).length > 0) given.push(at);
    }
    expect(given).toEqual([1, 3, 5, 7, 9]);
  });

  test("it waits for the answer: no consent by this reducer goes with the question", () => {
    const device = new Device({ cause: "old", helpers: three });
    expect(device.look(0)).toEqual([
      { type: "ask", who: ann },
      { type: "ask", who: ben },
    ]);
  });
});
