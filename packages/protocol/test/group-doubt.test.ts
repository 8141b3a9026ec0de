import { beforeAll, describe, expect, test } from "vitest";
import { createCrypto, type Crypto } from "../src/crypto/index.ts";
import { isDoubtful, type Role } from "../src/group/index.ts";
import { createDevice, Group, type Device } from "./group-rules-people.ts";

let crypto: Crypto;
let ann: Device;
let ben: Device;
let mal: Device;

beforeAll(async () => {
  crypto = await createCrypto();
  [ann, ben, mal] = [createDevice(crypto), createDevice(crypto), createDevice(crypto)] as const;
});

type Roles = readonly (readonly [Device, Role])[];

/** Whether Ben doubts the group that Mal leads him to. */
function doubts(before: Roles, after: Roles, p: { isSuccessor?: boolean; by?: Device } = {}): boolean {
  const { isSuccessor = false, by = mal } = p;
  const known = new Map(before.map(([{ id }, role]) => [id, role]));
  return isDoubtful({ before: known, after: new Group(crypto, after).rules, by: by.id, self: ben.id, isSuccessor });
}

describe("a group that somebody leads a lost device to", () => {
  const before = (): Roles => [
    [ann, "owner"],
    [ben, "member"],
    [mal, "member"],
  ];

  test("is believed when nothing has changed, and when others have changed", () => {
    expect(doubts(before(), before())).toBe(false);
    const admin: Roles = [
      [ann, "owner"],
      [ben, "reader"],
      [mal, "admin"],
    ];
    expect(doubts(before(), admin)).toBe(false);
  });

  test("is doubted when they have become an owner", () => {
    const risen: Roles = [
      [ann, "owner"],
      [ben, "member"],
      [mal, "owner"],
    ];
    expect(doubts(before(), risen)).toBe(true);
  });

  test("is doubted when this person was an owner and is one no more", () => {
    const owners: Roles = [
      [ann, "owner"],
      [ben, "owner"],
      [mal, "member"],
    ];
    expect(doubts(owners, before())).toBe(true);
  });

  test("is doubted when it is another MLS group without an owner of before", () => {
    const theirs: Roles = [
      [ben, "owner"],
      [mal, "member"],
    ];
    expect(doubts(before(), theirs, { isSuccessor: true })).toBe(true);
    expect(doubts(before(), before(), { isSuccessor: true })).toBe(false);
  });

  test("is believed from an owner, and where no owner is known", () => {
    const risen: Roles = [
      [ben, "member"],
      [ann, "owner"],
    ];
    expect(doubts(before(), risen, { by: ann, isSuccessor: true })).toBe(false);
    expect(doubts([[mal, "member"]], [[mal, "owner"]])).toBe(false);
  });
});
