import { describe, expect, test } from "vitest";
import type { Relation } from "@pli/protocol/group";
import {
  ann,
  asked,
  ben,
  CAUSES,
  cleo,
  Device,
  done,
  HOUR,
  leader,
  LEAF,
  member,
  RELATIONS,
  STANDINGS,
  stranger,
  three,
} from "./group-rejoin-device.ts";

describe.each(["unopened", "lost"] as const)("a device continues by itself (%s)", (cause) => {
  const begun = (helpers = three): Device => {
    const device = new Device({ cause, by: "mal", helpers: [...helpers, leader("mal")] });
    device.looks(0, 5);
    return device;
  };

  test("when all have answered and nobody is ahead, after 6 s", () => {
    const device = begun();
    device.answer(1, ann, "stuck", "same");
    device.answer(1, ben, "stuck", "behind");
    device.answer(1, cleo, "out", "apart");
    expect(done(device.look(5))).toEqual([]);
    expect(done(device.look(6))).toEqual(["resume"]);
  });

  test("when not all have, after 15 s", () => {
    const device = begun();
    device.answer(1, ann, "stuck", "same");
    expect(done(device.look(14))).toEqual([]);
    expect(done(device.look(15))).toEqual(["resume"]);
  });

  test("never while nobody has answered who could have", () => {
    const device = begun();
    expect(done(device.looks(5, 3 * HOUR))).toEqual([]);
  });

  test("when nobody else is known in the group", () => {
    const device = new Device({ cause, by: "mal", helpers: [leader("mal")] });
    expect(done(device.look(5))).toEqual([]);
    expect(done(device.look(6))).toEqual(["resume"]);
  });

  test("at once when somebody continues from where it stands, whatever others say", () => {
    const device = begun();
    device.answer(1, ann, "goesOn", "ahead");
    device.refuse(1, cleo);
    expect(done(device.look(2))).toEqual([]);
    device.answer(3, ben, "goesOn", "same");
    expect(done(device.look(4))).toEqual(["resume"]);
  });

  test.each(["ahead", "apart"] as const)(
    "not while somebody continues %s, for three minutes since they first said so",
    (relation) => {
      const device = begun();
      device.answer(1, ann, "goesOn", relation);
      device.answer(1, ben, "stuck", "same");
      device.answer(1, cleo, "stuck", "same");
      expect(done(device.looks(5, 100))).toEqual([]);
      device.answer(100, ann, "goesOn", relation, LEAF);
      expect(done(device.looks(105, 180))).toEqual([]);
      expect(done(device.look(181))).toEqual(["resume"]);
    },
  );

  test("as soon as who was ahead says that they cannot go on either", () => {
    const device = begun();
    device.answer(1, ann, "goesOn", "ahead");
    for (const who of [ben, cleo]) device.answer(1, who, "stuck", "same");
    expect(done(device.looks(5, 60))).toEqual([]);
    device.answer(61, ann, "stuck", "same");
    expect(done(device.look(61))).toEqual(["resume"]);
  });

  test("not by what somebody answered before they were brought on, as they tell since", () => {
    const told = (relation: Relation): string[] => {
      const device = new Device({ cause, helpers: [member(ann)] });
      device.look(0);
      device.answer(1, ann, "stuck", "same");
      device.hear(4, ann, relation);
      return done(device.looks(10, 30));
    };
    expect(told("ahead")).toEqual([]);
    expect(told("apart")).toEqual([]);
    // What was said before they answered may come later.
    expect(told("same")[0]).toBe("resume");
    expect(told("behind")[0]).toBe("resume");
  });

  test("somebody ahead who is stuck themselves is waited for, for half a minute", () => {
    const device = begun();
    for (const who of [ann, ben, cleo]) device.answer(1, who, "stuck", who === ann ? "ahead" : "same");
    expect(done(device.looks(5, 29))).toEqual([]);
    expect(done(device.look(30))).toEqual(["resume"]);
  });

  test("never while somebody says that it is out, and nobody knows it as a member", () => {
    const device = begun();
    device.refuse(1, ann);
    for (const who of [ben, cleo]) device.answer(1, who, "out", "behind");
    expect(done(device.looks(5, 3 * HOUR))).toEqual([]);
  });

  test("not for three minutes when one says that it is out, and another knows it as a member", () => {
    const device = begun();
    device.refuse(1, ann);
    for (const who of [ben, cleo]) device.answer(1, who, "stuck", "same");
    expect(done(device.looks(5, 180))).toEqual([]);
    expect(done(device.look(181))).toEqual(["resume"]);
  });

  test("the word of who made the commit says nothing, for or against", () => {
    for (const standing of STANDINGS)
      for (const relation of RELATIONS) {
        const device = begun([...three]);
        device.look(45);
        device.answer(46, "mal", standing, relation, LEAF);
        expect(done(device.look(50))).toEqual([]);
        device.answer(51, ann, "stuck", "same");
        expect(done(device.look(55))).toEqual(["resume"]);
      }
    const device = begun();
    device.look(45);
    device.refuse(46, "mal");
    device.answer(51, ann, "stuck", "same");
    expect(done(device.look(55))).toEqual(["resume"]);
  });
});

describe.each(["behind", "fork"] as const)("a device stays where it is (%s)", (cause) => {
  const begun = (): Device => {
    const device = new Device({ cause, helpers: three });
    device.looks(0, 5);
    return device;
  };

  test("as soon as all have answered, and all who go on are where it is", () => {
    const device = begun();
    device.answer(6, ann, "stuck", "ahead");
    expect(done(device.look(7))).toEqual([]);
    device.answer(8, ben, "goesOn", "same");
    expect(done(device.look(8))).toEqual([]);
    device.answer(9, cleo, "goesOn", "same");
    expect(done(device.look(9))).toEqual(["resume"]);
  });

  test("not by the word of those who are where it is, while others may be elsewhere, for 15 s", () => {
    const device = begun();
    device.answer(6, ann, "goesOn", "same");
    device.answer(6, ben, "goesOn", "same");
    expect(done(device.looks(6, 14))).toEqual([]);
    expect(done(device.look(15))).toEqual(["resume"]);
    const parted = begun();
    parted.answer(6, ann, "goesOn", "same");
    parted.answer(7, ben, "goesOn", "apart");
    expect(done(parted.looks(8, 60))).toEqual([]);
  });

  test.each(["ahead", "apart", "behind"] as const)("not while one of them is %s, for an hour", (relation) => {
    const device = begun();
    device.answer(6, ann, "goesOn", relation);
    device.answer(6, ben, "goesOn", "same");
    expect(done(device.looks(10, HOUR - 5))).toEqual([]);
    expect(done(device.look(HOUR))).toEqual(["resume"]);
  });

  test("not while nobody answers, for an hour", () => {
    const device = begun();
    expect(done(device.looks(10, HOUR - 5))).toEqual([]);
    expect(done(device.look(HOUR))).toEqual(["resume"]);
  });
});

describe("an old state", () => {
  const stuck = (device: Device): void => {
    device.looks(0, 5);
    device.answer(6, ann, "stuck", "ahead");
    device.answer(6, ben, "out", "behind");
  };

  test("is never gone on from, no matter who is where", () => {
    for (const relation of RELATIONS)
      for (const standing of STANDINGS) {
        const device = new Device({ cause: "old", helpers: three });
        device.looks(0, 5);
        for (const { id } of three) device.answer(6, id, standing, relation);
        expect(done(device.looks(10, 2 * HOUR))).toEqual([]);
      }
  });

  test("of an owner whom nobody can bring back leads to founding the group again: after 90 s", () => {
    const device = new Device({ cause: "old", helpers: three, founds: true, others: 2 });
    stuck(device);
    expect(done(device.look(89))).toEqual([]);
    expect(device.look(90).at(-1)).toEqual({ type: "found", gone: [ben], forgotten: [] });
  });

  test("… with those who came in since, by the leaf that they name as somebody does who is known", () => {
    const [key, other] = [
      { group: "a1", encryptionKey: "b2".repeat(1_216) },
      { group: "a1", encryptionKey: "b3".repeat(1_216) },
    ];
    const device = new Device({
      cause: "old",
      helpers: [...three, stranger("sam"), stranger("zoe"), stranger("kim"), stranger("lou")],
      founds: true,
      others: 3,
    });
    device.looks(0, 75);
    device.answer(76, ann, "stuck", "ahead", key);
    device.answer(76, ben, "out", "behind", other);
    device.answer(76, cleo, "stuck", "ahead");
    device.answer(76, "sam", "stuck", "ahead", key);
    device.answer(76, "zoe", "stuck", "ahead", other);
    device.answer(76, "kim", "stuck", "ahead");
    device.answer(76, "lou", "out", "behind", key);
    expect(device.look(90).at(-1)).toEqual({ type: "found", gone: [ben, "lou"], forgotten: ["sam"] });
  });

  test("… with nobody new where nobody is left whom the old state knows", () => {
    const device = new Device({ cause: "old", helpers: [member(ann), stranger("sam")], founds: true, others: 1 });
    device.looks(0, 60);
    device.answer(61, ann, "out", "behind");
    device.answer(61, "sam", "stuck", "ahead", LEAF);
    expect(device.look(90).at(-1)).toEqual({ type: "found", gone: [ann], forgotten: [] });
  });

  test("while somebody in the group is silent, or no contact, only after an hour", () => {
    const device = new Device({ cause: "old", helpers: three, founds: true, others: 3 });
    stuck(device);
    expect(done(device.looks(90, HOUR - 5))).toEqual([]);
    expect(done(device.look(HOUR))).toEqual(["found"]);
  });

  test("at once when they know nobody in the group", () => {
    expect(done(new Device({ cause: "old", helpers: [stranger("sam")], founds: true }).look(0))).toEqual(["found"]);
  });

  test("alone as far as its old state knows: its contacts are asked first, it may have forgotten whom it added", () => {
    const alone = { cause: "old", helpers: [stranger("sam")], founds: true, others: 0 } as const;
    const silent = new Device(alone);
    expect(silent.look(0)).toEqual([{ type: "ask", who: "sam" }]);
    expect(done(silent.look(89))).toEqual([]);
    expect(done(silent.look(90))).toEqual(["found"]);
    const claimed = new Device(alone);
    claimed.look(0);
    claimed.answer(1, "sam", "goesOn", "apart");
    expect(done(claimed.look(100))).toEqual([]);
    expect(done(claimed.look(182))).toEqual(["found"]);
    expect(done(new Device({ ...alone, helpers: [] }).look(0))).toEqual(["found"]);
  });

  test("does not while somebody continues, or says that they are out, or nobody answers", () => {
    for (const say of [
      (device: Device) => device.answer(7, cleo, "goesOn", "ahead"),
      (device: Device) => device.answer(7, cleo, "goesOn", "same"),
      (device: Device) => device.refuse(7, cleo),
    ]) {
      const device = new Device({ cause: "old", helpers: three, founds: true });
      stuck(device);
      say(device);
      expect(done(device.looks(10, HOUR))).toEqual([]);
    }
    const silent = new Device({ cause: "old", helpers: three, founds: true });
    expect(done(silent.looks(0, HOUR))).toEqual([]);
  });

  test("of somebody who may not found it does not, and no other cause does", () => {
    for (const cause of CAUSES) {
      const device = new Device({ cause, helpers: three, founds: cause !== "old" });
      stuck(device);
      expect(done(device.looks(10, HOUR))).not.toContain("found");
    }
  });
});

const LASTING = CAUSES.filter((cause) => cause !== "removed");

describe.each(LASTING)("a membership (%s)", (cause) => {
  const begun = (helpers = three): Device => {
    const device = new Device({ cause, by: "mal", helpers: [...helpers, member("mal")] });
    device.looks(0, 10);
    return device;
  };

  test("ends when two say so, nobody says otherwise, and all were asked: after a minute", () => {
    const device = begun();
    device.refuse(11, ann);
    device.refuse(11, ben);
    expect(done(device.look(59))).toEqual([]);
    expect(done(device.look(60))).toEqual(["end"]);
  });

  test("does not end by one person's word, however often it is said", () => {
    const device = begun();
    for (let at = 11; at < 3 * HOUR; at += 60) {
      expect(device.refuse(at, ann)).toEqual([]);
      expect(done(device.look(at))).not.toContain("end");
    }
  });

  test("does not end by the word of who made the commit and one more", () => {
    const device = begun();
    device.look(45);
    expect(device.refuse(46, "mal")).toEqual([]);
    expect(device.refuse(46, ann)).toEqual([]);
    expect(done(device.looks(50, 2 * HOUR))).not.toContain("end");
  });

  test.each(["goesOn", "stuck"] as const)("does not end while somebody says %s", (standing) => {
    const device = begun();
    device.refuse(11, ann);
    device.refuse(11, ben);
    device.answer(11, cleo, standing, "ahead");
    expect(done(device.looks(15, 2 * HOUR))).not.toContain("end");
  });

  test("does not end before everybody in it was asked", () => {
    const device = new Device({ cause, helpers: Array.from({ length: 40 }, (_, i) => member(`m${i}`)) });
    device.look(0);
    device.refuse(1, "m0");
    device.refuse(1, "m1");
    expect(done(device.look(60))).toEqual([]);
    expect(done(device.looks(65, 150))).toEqual([]);
    expect(done(device.look(155))).toEqual(["end"]);
  });

  test("does not end by the word of people who are not in the group, while there are some in it", () => {
    const device = begun([...three, stranger("sam"), stranger("sue")]);
    device.looks(60, 70);
    device.refuse(71, "sam");
    device.refuse(71, "sue");
    expect(done(device.looks(75, HOUR))).not.toContain("end");
    device.refuse(HOUR, ann);
    expect(done(device.look(HOUR))).toContain("end");
  });

  test("ends after a minute when all others are out of it but one, who says so", () => {
    const alone = (others: number): Device => {
      const device = new Device({ cause, by: "mal", helpers: three, others });
      device.looks(0, 5);
      device.answer(6, ann, "out", "behind");
      device.answer(6, ben, "out", "apart");
      device.refuse(7, cleo);
      return device;
    };
    expect(done(alone(3).looks(10, 59))).toEqual([]);
    expect(done(alone(3).look(60))).toEqual(["end"]);
    // Somebody in it is no contact, or has not answered: they may know otherwise.
    expect(done(alone(4).looks(10, 170))).toEqual([]);
    const denied = alone(3);
    denied.answer(8, ann, "stuck", "ahead");
    expect(done(denied.looks(10, 170))).not.toContain("end");
  });

  test("ends at once when an owner has founded the group again without this person, and said so in it", () => {
    const device = begun();
    expect(device.refuse(11, ann, true)).toEqual([{ type: "end" }]);
  });
});

test("two contacts say that it is out, where none of them is known in the group: it ends", () => {
  const device = new Device({ cause: "old", helpers: [stranger("sam"), stranger("sue")] });
  device.look(60);
  device.refuse(61, "sam");
  device.refuse(61, "sue");
  expect(done(device.look(65))).toEqual(["end"]);
});

describe("a removal", () => {
  const begun = (others = 5): Device => {
    const device = new Device({ cause: "removed", by: "mal", helpers: [...three, leader("mal")], others });
    device.looks(0, 5);
    return device;
  };

  test("stands when somebody else says the same", () => {
    expect(begun().refuse(6, ann)).toEqual([{ type: "end" }]);
  });

  test("does not stand by the word of who made it, until nobody denies it for 20 s", () => {
    const device = new Device({ cause: "removed", by: "mal", helpers: [leader("mal")] });
    expect(asked(device.look(0))).toEqual(["mal"]);
    expect(device.refuse(1, "mal")).toEqual([]);
    expect(done(device.look(19))).toEqual([]);
    expect(done(device.look(20))).toEqual(["end"]);
  });

  test("stands by the word of an owner who has founded the group again without this person", () => {
    const device = new Device({ cause: "removed", by: "mal", helpers: [leader("mal")] });
    device.look(0);
    expect(device.refuse(1, "mal", true)).toEqual([{ type: "end" }]);
  });

  test("stands at once when nobody else is left in the group who could deny it", () => {
    for (const others of [0, 1])
      expect(done(new Device({ cause: "removed", by: "mal", others }).look(0))).toEqual(["end"]);
    expect(done(new Device({ cause: "removed", by: "mal", others: 2 }).look(0))).toEqual([]);
  });

  test("stands after 20 s of silence, also when people are out themselves", () => {
    for (const say of [() => [], (device: Device) => device.answer(6, ann, "out", "apart")]) {
      const device = begun();
      say(device);
      expect(done(device.looks(10, 19))).toEqual([]);
      expect(done(device.look(20))).toEqual(["end"]);
    }
  });

  test.each([
    ["stuck", "same"],
    ["stuck", "ahead"],
    ["goesOn", "ahead"],
    ["goesOn", "apart"],
  ] as const)("is doubted by somebody who is %s, %s: it stands after a minute", (standing, relation) => {
    const device = begun();
    device.answer(6, ann, standing, relation);
    expect(done(device.looks(10, 59))).toEqual([]);
    expect(done(device.look(60))).toEqual(["end"]);
  });

  test("is not doubted by who made it", () => {
    const device = begun();
    device.look(45);
    const early = new Device({ cause: "removed", by: "mal", helpers: [leader("mal")] });
    early.look(0);
    early.answer(1, "mal", "stuck", "same");
    expect(done(early.look(20))).toEqual(["end"]);
  });

  test("is undone by somebody who continues where this device stands: they passed over it", () => {
    const device = begun();
    device.answer(6, ann, "stuck", "same");
    device.answer(31, ann, "goesOn", "same");
    expect(device.look(31)).toEqual([{ type: "resume" }]);
  });

  test("is not undone by who made it", () => {
    const device = new Device({ cause: "removed", by: "mal", helpers: [leader("mal")] });
    device.look(0);
    device.answer(1, "mal", "goesOn", "same");
    expect(done(device.looks(5, 15))).toEqual([]);
    expect(done(device.look(20))).toEqual(["end"]);
  });
});

describe("a clock set back by an hour", () => {
  const setBack = (device: Device): Device => {
    device.look(0);
    device.set = -HOUR;
    return device;
  };

  test("keeps neither strangers nor the author of the commit from being asked", () => {
    const device = setBack(new Device({ cause: "unopened", by: ann, helpers: [...three, stranger("sam")] }));
    const all = new Set(asked(device.looks(5, 70)));
    expect([...all].toSorted()).toEqual([ann, ben, cleo, "sam"]);
  });

  test("keeps nobody from being asked again", () => {
    const device = setBack(new Device({ cause: "old", helpers: [member(ann)] }));
    expect(asked(device.looks(5, 60))).toContain(ann);
  });

  test("keeps no device from going on, from ending or from founding", () => {
    const alone = new Device({ cause: "lost", helpers: [member(ann)] });
    setBack(alone).answer(1, ann, "stuck", "same");
    expect(done(alone.looks(5, 20))).toContain("resume");
    const settled = setBack(new Device({ cause: "fork", helpers: three }));
    expect(done(settled.looks(5, 2 * HOUR))).toContain("resume");
    const removed = setBack(new Device({ cause: "removed", by: "mal", helpers: three }));
    expect(done(removed.looks(5, 20))).toContain("end");
    const out = setBack(new Device({ cause: "old", helpers: [member(ann), member(ben)] }));
    out.refuse(1, ann);
    out.refuse(1, ben);
    expect(done(out.look(5))).toContain("end");
    const owner = setBack(new Device({ cause: "old", helpers: [member(ann)], founds: true, others: 1 }));
    owner.answer(1, ann, "stuck", "same");
    expect(done(owner.look(5))).toContain("found");
  });

  test("keeps nobody's turn from coming", () => {
    const device = new Device({ cause: "old", helpers: three });
    device.look(0);
    device.answer(1, ann, "goesOn", "ahead", LEAF);
    device.answer(1, ben, "goesOn", "ahead", LEAF);
    device.set = -HOUR;
    expect(asked(device.answer(2, ben, "goesOn", "ahead", LEAF))).toEqual([ben]);
  });
});
