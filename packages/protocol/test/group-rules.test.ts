import { beforeAll, describe, expect, test } from "vitest";
import type { CommitChange } from "@pli/protocol/conversation";
import { createCrypto, fromHex, toHex, type Crypto } from "@pli/protocol/crypto";
import { createRecoverySecret, identityFromRecovery, parseCredential } from "@pli/protocol/identity";
import {
  MAX_DEVICES,
  createCommitCheck,
  encodeEvidence,
  encodeRules,
  mayAdd,
  mayChange,
  mayRemove,
  mayWrite,
  profileOf,
  rolesMayGive,
  rosterProblem,
  rulesAfter,
  rulesProblem,
  verifyLeaveStatement,
  type Role,
  type Rules,
  type RulesField,
} from "@pli/protocol/group";
import {
  GROUP_ID,
  Group,
  addFrom,
  againFrom,
  at,
  createDevice,
  memberFrom,
  type Device,
} from "./group-rules-people.ts";

const ROLES = ["owner", "admin", "member", "reader"] as const;
type Answers = Readonly<Record<Role, string>>;
/**
 * Leaf 0 is an owner who stays; 1 to 4 commit, one of each role; 5 to 8 are who it is done to, one
 * of each role.
 */
const KEEPER = 0;
const committer = (role: Role): number => 1 + ROLES.indexOf(role);
const target = (role: Role): number => 5 + ROLES.indexOf(role);

let crypto: Crypto;
let people: Device[];
let stranger: Device;
let other: Device;
let group: Group;
beforeAll(async () => {
  crypto = await createCrypto();
  people = Array.from({ length: 9 }, () => createDevice(crypto));
  stranger = createDevice(crypto);
  other = createDevice(crypto);
  group = groupWith();
});

function groupWith(rules: Partial<Rules> = {}): Group {
  const roles: Role[] = ["owner", ...ROLES, ...ROLES];
  return new Group(
    crypto,
    roles.map((role, leaf) => [at(people, leaf), role]),
    rules,
  );
}

/** Every cell of a table whose rows are who commits and whose columns are of these names. */
function cellsOf(table: Answers, columns: readonly string[]) {
  return ROLES.flatMap((by) => {
    const answers = table[by].split(/\s+/);
    if (answers.length !== columns.length) throw new Error(`${by}: ${answers.length} answers`);
    return columns.map((column, i) => ({ by, column, allowed: answers[i] === "yes" }));
  });
}

const outcome = (allowed: boolean): string | undefined => (allowed ? undefined : "not_allowed");
const rulesOf = (of: Group, change: Partial<Rules>): Uint8Array => encodeRules({ ...of.rules, ...change });
const withRole = (of: Group, who: string, role: Role): ReadonlyMap<string, Role> => {
  const roles = new Map(of.rules.roles);
  if (role === "member") roles.delete(who);
  else roles.set(who, role);
  return roles;
};
const removing = (of: Group, ...leaves: readonly number[]): Partial<CommitChange> => ({
  removed: leaves,
  rules: encodeRules(
    rulesAfter(
      of.rules,
      leaves.map((leaf) => at(of.devices, leaf).id),
    ),
  ),
});
const adding = (of: Group, by: number, ...devices: readonly Device[]): Partial<CommitChange> => ({
  added: devices.map((device) => addFrom(device, of.consentFor(by))),
});

describe("who may do what", () => {
  test.each(ROLES)("new keys of one's own: %s, yes", (by) => {
    expect(group.verdict(committer(by), {})).toBeUndefined();
  });

  const ADDS = {
    owner: "yes yes",
    admin: "yes yes",
    member: "no  yes",
    reader: "no  no",
  };
  test.each(cellsOf(ADDS, ["admins", "members"]))("adding where $column add: $by, $allowed", (cell) => {
    const here = groupWith({ whoAdds: cell.column === "admins" ? "admins" : "members" });
    const by = committer(cell.by);
    expect(here.verdict(by, adding(here, by, stranger))).toBe(outcome(cell.allowed));
    expect(mayAdd(here.rules, at(people, by).id)).toBe(cell.allowed);
  });

  const REMOVES = {
    owner: "yes yes yes yes",
    admin: "no  yes yes yes",
    member: "no no  no  no",
    reader: "no no  no  no",
  };
  test.each(cellsOf(REMOVES, ROLES))("removing: $by removes $column, $allowed", ({ by, column, allowed }) => {
    const leaf = target(column as Role);
    expect(group.verdict(committer(by), removing(group, leaf))).toBe(outcome(allowed));
    expect(mayRemove(group.rules, at(people, committer(by)).id, at(people, leaf).id)).toBe(allowed);
  });

  const LEAVERS = {
    owner: "yes yes yes yes",
    admin: "yes yes yes yes",
    member: "yes yes yes yes",
    reader: "yes yes yes yes",
  };
  test.each(cellsOf(LEAVERS, ROLES))("removing who leaves: $by, of $column, $allowed", ({ by, column, allowed }) => {
    const leaf = target(column as Role);
    const evidence = encodeEvidence([{ leaf, signature: group.statement(leaf) }]);
    expect(group.verdict(committer(by), { ...removing(group, leaf), evidence })).toBe(outcome(allowed));
  });

  const BACK = {
    owner: "yes yes yes yes",
    admin: "yes yes yes yes",
    member: "yes yes yes yes",
    reader: "yes yes yes yes",
  };
  test.each(cellsOf(BACK, ROLES))("bringing back: $by, of $column, $allowed", ({ by, column, allowed }) => {
    const leaf = target(column as Role);
    expect(group.verdict(committer(by), back(group, committer(by), leaf))).toBe(outcome(allowed));
  });

  const CHANGES = {
    name: { owner: "yes", admin: "yes", member: "no", reader: "no" },
    description: { owner: "yes", admin: "yes", member: "no", reader: "no" },
    picture: { owner: "yes", admin: "yes", member: "no", reader: "no" },
    timer: { owner: "yes", admin: "yes", member: "no", reader: "no" },
    whoAdds: { owner: "yes", admin: "no", member: "no", reader: "no" },
    whoWrites: { owner: "yes", admin: "no", member: "no", reader: "no" },
    newcomersRead: { owner: "yes", admin: "no", member: "no", reader: "no" },
  } as const;
  const VALUES: Readonly<Record<RulesField, Partial<Rules>>> = {
    name: { name: "Autre" },
    description: { description: "Deux\nlignes" },
    picture: { picture: { seed: new Uint8Array(32), length: 9, hash: new Uint8Array(32) } },
    timer: { timer: 3600 },
    whoAdds: { whoAdds: "members" },
    whoWrites: { whoWrites: "admins" },
    newcomersRead: { newcomersRead: "week" },
  };
  const changes = (Object.keys(CHANGES) as RulesField[]).flatMap((field) =>
    ROLES.map((by) => ({ field, by, allowed: CHANGES[field][by] === "yes" })),
  );
  test.each(changes)("changing the $field: $by, $allowed", ({ field, by, allowed }) => {
    expect(group.verdict(committer(by), { rules: rulesOf(group, VALUES[field]) })).toBe(outcome(allowed));
    expect(mayChange(group.rules, at(people, committer(by)).id, field)).toBe(allowed);
  });

  /** Columns: what the person is made into. One table for what each of them is before. */
  const ROLE_CHANGES: Readonly<Record<Role, Answers>> = {
    owner: {
      owner: "yes yes yes yes",
      admin: "yes no  no  no",
      member: "yes no no  no",
      reader: "yes no no  no",
    },
    admin: {
      owner: "yes yes yes yes",
      admin: "no  yes no  no",
      member: "no yes no  no",
      reader: "no yes no  no",
    },
    member: {
      owner: "yes yes yes yes",
      admin: "no  no  yes yes",
      member: "no no  yes no",
      reader: "no no  yes no",
    },
    reader: {
      owner: "yes yes yes yes",
      admin: "no  no  yes yes",
      member: "no no  no  yes",
      reader: "no no  no  yes",
    },
  };
  const roleChanges = ROLES.flatMap((from) => cellsOf(ROLE_CHANGES[from], ROLES).map((cell) => ({ ...cell, from })));
  test.each(roleChanges)("roles: $by makes $column of $from, $allowed", ({ by, from, column, allowed }) => {
    const { id } = at(people, target(from));
    const roles = withRole(group, id, column as Role);
    expect(group.verdict(committer(by), { rules: rulesOf(group, { roles }) })).toBe(outcome(allowed));
    const given = rolesMayGive(group.rules, at(people, committer(by)).id, id);
    expect(given.includes(column as Role)).toBe(allowed && column !== from);
  });

  const NEWCOMERS = {
    owner: "yes yes yes yes",
    admin: "no  no  yes yes",
    member: "no no  yes no",
    reader: "no no  no  no",
  };
  test.each(cellsOf(NEWCOMERS, ROLES))("a newcomer as $column: $by, $allowed", ({ by, column, allowed }) => {
    const here = groupWith({ whoAdds: "members" });
    const rules = rulesOf(here, { roles: withRole(here, stranger.id, column as Role) });
    const change = { ...adding(here, committer(by), stranger), rules };
    expect(here.verdict(committer(by), change)).toBe(outcome(allowed));
  });

  const WRITES = {
    owner: "yes yes",
    admin: "yes yes",
    member: "yes no",
    reader: "no  no",
  };
  test.each(cellsOf(WRITES, ["everyone", "admins"]))("writing where $column write: $by, $allowed", (cell) => {
    const { rules } = groupWith({ whoWrites: cell.column === "everyone" ? "everyone" : "admins" });
    expect(mayWrite(rules, at(people, committer(cell.by)).id)).toBe(cell.allowed);
  });
});

/** A commit of `by` that puts a fresh leaf of a device in the place of its old one. */
function back(of: Group, by: number, leaf: number, device = againFrom(crypto, at(of.devices, leaf))) {
  return { added: [addFrom(device, of.consentBack(by, leaf))], removed: [leaf] };
}

describe("adding", () => {
  test("nobody comes in without their consent, or with what they consented to for somebody else", () => {
    const mine = group.consentFor(1);
    const consents = [
      undefined,
      new Uint8Array(0),
      mine.subarray(1),
      group.consentFor(2),
      group.consentBack(1, 7),
      group.consentBack(1, 7, { encryptionKey: new Uint8Array(0) }),
    ];
    for (const consent of consents)
      expect(group.verdict(1, { added: [addFrom(stranger, consent)] })).toBe("not_consented");
    expect(group.verdict(1, { added: [addFrom(stranger, mine)] })).toBeUndefined();
  });

  test("one without consent among many spoils the commit", () => {
    const change = adding(group, 1, stranger);
    expect(group.verdict(1, { added: [...(change.added ?? []), addFrom(other, undefined)] })).toBe("not_consented");
  });

  test("a credential that is none is refused", () => {
    for (const credential of [new Uint8Array(0), stranger.credential.subarray(1)])
      expect(group.verdict(1, adding(group, 1, { ...stranger, credential }))).toBe("credential_malformed");
  });

  test("who is in cannot be added again, with the same device or with another", () => {
    for (const device of [at(people, 7), createDevice(crypto, { identity: at(people, 7).identity })])
      expect(group.verdict(1, adding(group, 1, device))).toBe("already_member");
    expect(group.verdict(1, adding(group, 1, stranger, stranger))).toBe("already_member");
  });

  test("removing somebody and adding another device of theirs at once is no way round", () => {
    const another = createDevice(crypto, { identity: at(people, 7).identity });
    expect(group.verdict(1, { ...adding(group, 1, another), removed: [7] })).toBe("already_member");
  });

  test("further devices of one's own come in, whatever one's role, up to a number", () => {
    const reader = committer("reader");
    const more = Array.from({ length: MAX_DEVICES }, () =>
      createDevice(crypto, { identity: at(people, reader).identity }),
    );
    const change = (count: number) => adding(group, reader, ...more.slice(0, count));
    expect(group.verdict(reader, change(MAX_DEVICES - 1))).toBeUndefined();
    expect(group.verdict(reader, change(MAX_DEVICES))).toBe("too_many_devices");
    const consent = group.consentFor(KEEPER);
    expect(group.verdict(reader, { added: [addFrom(at(more, 0), consent)] })).toBe("not_consented");
  });

  test("a role for somebody who is not there is refused, even from an owner", () => {
    const roles = withRole(group, stranger.id, "admin");
    expect(group.verdict(1, { rules: rulesOf(group, { roles }) })).toBe("role_of_nobody");
  });
});

describe("coming back", () => {
  test("keeps the role, and needs no change of the rules", () => {
    expect(group.verdict(committer("admin"), back(group, committer("admin"), target("owner")))).toBeUndefined();
  });

  test("leaves no second leaf of the device", () => {
    const { added } = back(group, 1, 7);
    expect(group.verdict(1, { added })).toBe("already_member");
    expect(group.verdict(1, { added, removed: [8] })).toBe("already_member");
  });

  const [admin, owner] = [committer("admin"), target("owner")];
  const CONSENTS: Readonly<Record<string, () => Uint8Array | undefined>> = {
    none: () => undefined,
    "that of a key package handed out in advance": () => group.consentFor(admin),
    "that for another helper": () => group.consentBack(KEEPER, owner),
    "that for another conversation": () => group.consentBack(admin, owner, { conversation: new Uint8Array(32) }),
    "that for another MLS group": () => group.consentBack(admin, owner, { groupId: new Uint8Array(16) }),
    "that for the leaf of somebody else": () => group.consentBack(admin, target("member")),
    "that for the same leaf with other keys": () =>
      group.consentBack(admin, owner, { encryptionKey: crypto.random(32) }),
    "that for no leaf": () => group.consentBack(admin, owner, { encryptionKey: new Uint8Array(0) }),
    "a piece of it": () => group.consentBack(admin, owner).subarray(1),
  };
  test.each(Object.keys(CONSENTS))("takes consent for this very leaf: %s puts nobody's leaf out", (name) => {
    const device = againFrom(crypto, at(people, owner));
    const change = (consent: Uint8Array | undefined) => ({ added: [addFrom(device, consent)], removed: [owner] });
    expect(group.verdict(admin, change(CONSENTS[name]?.()))).toBe("not_consented");
    expect(group.verdict(admin, change(group.consentBack(admin, owner)))).toBeUndefined();
  });

  test("a restored device takes the place of another of its person that it names, and of no more", () => {
    const [restored, second] = [0, 1].map(() => createDevice(crypto, { identity: at(people, owner).identity }));
    if (restored === undefined || second === undefined) throw new Error("two devices");
    const consent = group.consentBack(admin, owner);
    const comes = (...devices: Device[]) => ({ added: devices.map((device) => addFrom(device, consent)) });
    expect(group.verdict(admin, { ...comes(restored), removed: [owner] })).toBeUndefined();
    // The leaf that it names stays, or another goes.
    expect(group.verdict(admin, comes(restored))).toBe("already_member");
    expect(group.verdict(admin, { ...comes(restored), removed: [target("member")] })).toBe("already_member");
    // One leaf gives its place once: beside another that is new, and beside the device itself.
    expect(group.verdict(admin, { ...comes(restored, second), removed: [owner] })).toBe("already_member");
    const again = againFrom(crypto, at(people, owner));
    expect(group.verdict(admin, { ...comes(again, restored), removed: [owner] })).toBe("already_member");
  });

  test("nobody takes the place of somebody else's leaf, with whatever consent", () => {
    const consent = group.consentBack(admin, owner);
    const change = { added: [addFrom(stranger, consent)], removed: [owner] };
    expect(group.verdict(admin, change)).toBe("not_consented");
    const member = createDevice(crypto, { identity: at(people, target("member")).identity });
    expect(group.verdict(admin, { added: [addFrom(member, consent)], removed: [owner] })).toBe("already_member");
  });

  test("who holds the keys of a generation takes one leaf of their person's, under its id or another's", () => {
    // By the id of the leaf, as before: any device can be certified under it. By an id of their own
    // they get the same one leaf, and the device that has it is out in both cases.
    const consent = group.consentBack(admin, owner);
    for (const device of [
      againFrom(crypto, at(people, owner)),
      createDevice(crypto, { identity: at(people, owner).identity }),
    ])
      expect(group.verdict(admin, { added: [addFrom(device, consent)], removed: [owner] })).toBeUndefined();
  });

  test.each(ROLES)("happens once for each consent, also by %s: it names a leaf that is gone then", (by) => {
    const leaf = target("member");
    const change = group.change(committer(by), back(group, committer(by), leaf));
    expect(rulesProblem(crypto, GROUP_ID, group, change)).toBeUndefined();
    const replaced = memberFrom(crypto, leaf, againFrom(crypto, at(people, leaf)));
    const renewed = { ...at(group.members, leaf), encryptionKey: crypto.random(32) };
    for (const member of [replaced, renewed]) {
      const members = group.members.map((one) => (one.leaf === leaf ? member : one));
      expect(rulesProblem(crypto, GROUP_ID, { rules: group.rules, members }, change)).toBe("not_consented");
    }
  });

  test("of two devices at once takes the consent of each to its own leaf", () => {
    const both = [target("member"), target("reader")] as const;
    const fresh = both.map((leaf) => againFrom(crypto, at(people, leaf)));
    const change = (consents: readonly Uint8Array[]) => ({
      added: fresh.map((device, i) => addFrom(device, consents[i])),
      removed: both,
    });
    const consents = both.map((leaf) => group.consentBack(admin, leaf));
    expect(group.verdict(admin, change(consents))).toBeUndefined();
    expect(group.verdict(admin, change(consents.toReversed()))).toBe("not_consented");
  });

  test("of one's own other device is for everybody", () => {
    const phone = createDevice(crypto, { identity: at(people, 8).identity });
    const here = new Group(crypto, [
      ...group.devices.map((device, i) => [device, roleAt(i)] as const),
      [phone, "reader"],
    ]);
    expect(here.verdict(8, back(here, 8, 9))).toBeUndefined();
    expect(here.verdict(8, { removed: [9] })).toBeUndefined();
    expect(here.verdict(7, { removed: [9] })).toBe("not_allowed");
  });

  test("a device brought back and the other of the same person put out are judged apart", () => {
    const phone = createDevice(crypto, { identity: at(people, target("owner")).identity });
    const here = new Group(crypto, [
      ...group.devices.map((device, i) => [device, roleAt(i)] as const),
      [phone, "owner"],
    ]);
    const change = back(here, admin, target("owner"));
    expect(here.verdict(admin, change)).toBeUndefined();
    expect(here.verdict(admin, { ...change, removed: [...change.removed, 9] })).toBe("not_allowed");
  });
});

const roleAt = (leaf: number): Role => (["owner", ...ROLES, ...ROLES] as const)[leaf] ?? "member";

describe("removing", () => {
  test("a leaf that is not there, and the committing leaf, are refused", () => {
    expect(group.verdict(1, { removed: [99] })).toBe("not_allowed");
    expect(group.verdict(1, removing(group, 1))).toBe("not_allowed");
  });

  test("one that may not go spoils the commit", () => {
    const admin = committer("admin");
    expect(group.verdict(admin, removing(group, 7, 8))).toBeUndefined();
    expect(group.verdict(admin, removing(group, 7, KEEPER))).toBe("not_allowed");
  });

  test("the roles of those who go are dropped with them, by whoever puts them out", () => {
    const leaf = target("admin");
    const evidence = encodeEvidence([{ leaf, signature: group.statement(leaf) }]);
    const member = committer("member");
    expect(group.verdict(member, { removed: [leaf], evidence })).toBe("role_of_nobody");
    expect(group.verdict(member, { ...removing(group, leaf), evidence })).toBeUndefined();
    const more = { ...rulesAfter(group.rules, [at(people, leaf).id]), name: "Autre" };
    expect(group.verdict(member, { removed: [leaf], evidence, rules: encodeRules(more) })).toBe("not_allowed");
  });

  test("the last owner is not put out, does not leave and does not step down without another", () => {
    const here = new Group(crypto, [
      [at(people, 0), "owner"],
      [at(people, 1), "admin"],
      [at(people, 2), "member"],
    ]);
    const evidence = encodeEvidence([{ leaf: 0, signature: here.statement(0) }]);
    expect(here.verdict(1, { ...removing(here, 0), evidence })).toBe("no_owner");
    const stepping = { rules: rulesOf(here, { roles: withRole(here, at(people, 0).id, "member") }) };
    expect(here.verdict(0, stepping)).toBe("no_owner");
    expect(rolesMayGive(here.rules, at(people, 0).id, at(people, 0).id)).toEqual([]);
    const named = withRole(here, at(people, 2).id, "owner");
    expect(here.verdict(0, { rules: rulesOf(here, { roles: named }) })).toBeUndefined();
  });

  test("the last owners leave without naming anybody: who inherits is the same for all, and nobody else's choice", () => {
    const roles: Role[] = ["owner", "reader", "member", "member", "admin", "admin", "owner"];
    const here = new Group(
      crypto,
      roles.map((role, leaf) => [at(people, leaf), role]),
    );
    const id = (leaf: number): string => at(people, leaf).id;
    const leaving = (by: number, removed: readonly number[], heir: number | undefined): string | undefined => {
      const statements = removed.filter((leaf) => leaf === 0 || leaf === 6 || by < 4);
      const evidence = encodeEvidence(statements.map((leaf) => ({ leaf, signature: here.statement(leaf) })));
      const rules = rulesAfter(here.rules, removed.map(id), heir === undefined ? undefined : id(heir));
      return here.verdict(by, { removed, evidence, rules: encodeRules(rules) });
    };
    expect([1, 2, 3, 4, 5].map((heir) => leaving(2, [0, 6], heir) ?? `heir ${heir}`)).toEqual([
      ...Array.from({ length: 3 }, () => "not_allowed"),
      "heir 4",
      "not_allowed",
    ]);
    expect(leaving(4, [0, 6], undefined)).toBe("no_owner");
    expect(leaving(3, [0, 4, 5, 6], 2)).toBeUndefined();
    expect(leaving(3, [0, 4, 5, 6], 3)).toBe("not_allowed");
    expect(leaving(1, [0, 2, 3, 4, 5, 6], 1)).toBeUndefined();
    expect(leaving(2, [0], 4)).toBe("not_allowed");
    expect(leaving(2, [0], undefined)).toBeUndefined();
  });

  test("the one who leaves last but one does not take the owner along", () => {
    const here = new Group(crypto, [
      [at(people, 0), "owner"],
      [at(people, 1), "member"],
    ]);
    expect(here.verdict(0, { removed: [1] })).toBeUndefined();
    expect(here.verdict(1, removing(here, 0))).toBe("not_allowed");
  });
});

describe("leave statements", () => {
  const LEAVER = 7;
  const commit = (signature: Uint8Array, leaf = LEAVER): Partial<CommitChange> => ({
    removed: [leaf],
    evidence: encodeEvidence([{ leaf, signature }]),
  });

  test("hold for the leaf, the conversation and the group they were made in", () => {
    const signature = group.statement(LEAVER);
    const here = { conversation: group.rules.conversation, groupId: GROUP_ID };
    expect(verifyLeaveStatement(crypto, here, at(group.members, LEAVER), signature)).toBe(true);
    expect(verifyLeaveStatement(crypto, here, at(group.members, 3), signature)).toBe(false);
    expect(verifyLeaveStatement(crypto, here, at(group.members, LEAVER), signature.subarray(1))).toBe(false);
    expect(group.verdict(3, commit(signature))).toBeUndefined();
  });

  test("of another conversation or another group are refused", () => {
    for (const elsewhere of [{ conversation: new Uint8Array(32) }, { groupId: new Uint8Array(16) }])
      expect(group.verdict(3, commit(group.statement(LEAVER, elsewhere)))).toBe("wrong_evidence");
  });

  test("of another leaf are refused", () => {
    expect(group.verdict(3, commit(group.statement(8)))).toBe("wrong_evidence");
  });

  test("do not put out who was added again, or renewed their keys", () => {
    const old = group.statement(LEAVER);
    const renewed = { ...at(group.members, LEAVER), encryptionKey: crypto.random(1216) };
    const anew = memberFrom(crypto, LEAVER, againFrom(crypto, at(people, LEAVER)));
    for (const member of [renewed, anew]) {
      const members = group.members.map((one) => (one.leaf === LEAVER ? member : one));
      const change = group.change(3, commit(old));
      expect(rulesProblem(crypto, GROUP_ID, { rules: group.rules, members }, change)).toBe("wrong_evidence");
    }
  });

  test("of somebody who stays, a forged one, and bytes that are none spoil the commit, even of an owner", () => {
    const evidence = encodeEvidence([{ leaf: LEAVER, signature: group.statement(LEAVER) }]);
    expect(group.verdict(1, { evidence })).toBe("wrong_evidence");
    expect(group.verdict(1, { evidence, removed: [3] })).toBe("wrong_evidence");
    expect(group.verdict(1, commit(crypto.random(64)))).toBe("wrong_evidence");
    expect(group.verdict(1, { removed: [LEAVER], evidence: crypto.random(40) })).toBe("wrong_evidence");
  });

  test("many who leave go in one commit of any member", () => {
    const leaves = [5, 6, 7, 8];
    const evidence = encodeEvidence(leaves.map((leaf) => ({ leaf, signature: group.statement(leaf) })));
    expect(group.verdict(4, { ...removing(group, ...leaves), evidence })).toBeUndefined();
  });
});

describe("the rules", () => {
  test("the conversation never changes", () => {
    const rules = rulesOf(group, { conversation: crypto.random(32) });
    expect(group.verdict(1, { rules })).toBe("conversation_changed");
  });

  test("what is no rules is refused, from whoever it comes", () => {
    const bytes = rulesOf(group, {});
    for (const rules of [new Uint8Array(0), bytes.subarray(1), Uint8Array.of(...bytes, 0)])
      expect(group.verdict(1, { rules })).toBe("rules_malformed");
  });

  test("a committer who is not in the group, or whose leaf is none of ours, is refused", () => {
    expect(group.verdict(42, {})).toBe("credential_malformed");
    const members = group.members.map((one) => (one.leaf === 3 ? { ...one, credential: new Uint8Array(9) } : one));
    const before = { rules: group.rules, members };
    expect(rulesProblem(crypto, GROUP_ID, before, group.change(1, {}))).toBe("credential_malformed");
  });

  test("who joins sees whether rules and members fit", () => {
    const { rules, members } = group;
    expect(rosterProblem(rules, members)).toBeUndefined();
    expect(rosterProblem(rules, members.slice(1, 8))).toBe("role_of_nobody");
    expect(rosterProblem({ ...rules, roles: new Map() }, members)).toBe("no_owner");
    expect(rosterProblem(rules, [{ ...at(members, 0), credential: new Uint8Array(3) }])).toBe("credential_malformed");
  });

  test("the same object comes back when nobody who goes had a role", () => {
    expect(rulesAfter(group.rules, [stranger.id])).toBe(group.rules);
  });

  test("a member names its profile", () => {
    expect(profileOf(at(group.members, 0))).toBe(at(people, 0).id);
    expect(profileOf({ credential: new Uint8Array(322) })).toBeUndefined();
  });
});

describe("the check that the group engine asks", () => {
  const ask = (sender: number, change: Partial<CommitChange>, rules = encodeRules(group.rules)): boolean => {
    const before = { groupId: GROUP_ID, rules, members: group.members };
    return createCommitCheck(crypto)(group.change(sender, change), before);
  };

  test("is the rules", () => {
    expect(ask(1, { rules: rulesOf(group, { name: "Autre" }) })).toBe(true);
    expect(ask(3, { rules: rulesOf(group, { name: "Autre" }) })).toBe(false);
    expect(ask(1, {}, new Uint8Array(4))).toBe(false);
  });

  test("of a conversation of two: new keys, and nothing else", () => {
    const check = createCommitCheck(crypto);
    const [ours, theirs, third] = group.members;
    if (ours === undefined || theirs === undefined || third === undefined) throw new Error("nobody");
    const two = { groupId: GROUP_ID, rules: undefined, members: [ours, theirs] };
    expect(check(group.change(0, {}), two)).toBe(true);
    const bad: Partial<CommitChange>[] = [
      adding(group, 0, stranger),
      { removed: [1] },
      { ...adding(group, 0, stranger), removed: [1] },
      { rules: encodeRules(group.rules) },
      { evidence: Uint8Array.of(1) },
    ];
    for (const change of bad) expect(check(group.change(0, change), two)).toBe(false);
    expect(check(group.change(0, {}), { ...two, members: [ours, theirs, third] })).toBe(false);
    const alone = { ...two, members: [ours] };
    expect(check(group.change(0, adding(group, 0, stranger)), alone)).toBe(true);
    expect(check(group.change(0, adding(group, 0, stranger, other)), alone)).toBe(false);
    expect(check(group.change(0, {}), alone)).toBe(false);
  });

  test("of a conversation of two: each adds and removes devices of their own, which consent, and no others", () => {
    const check = createCommitCheck(crypto);
    const [ours, theirs] = group.members;
    if (ours === undefined || theirs === undefined) throw new Error("nobody");
    const ids = [ours, theirs].map((member) => fromHex(profileOf(member) ?? "") ?? new Uint8Array(0));
    const further = (of: number, consent: Uint8Array | undefined, device = 9) => ({
      credential: furtherDevice(group.members[of]?.credential ?? new Uint8Array(0), device),
      signatureKey: new Uint8Array(32),
      consent,
    });
    const two = { groupId: GROUP_ID, rules: undefined, members: [ours, theirs] };
    const asks = (sender: number, change: Partial<CommitChange>, before = two): boolean =>
      check(group.change(sender, change), before);
    expect(asks(0, { added: [further(0, ids[0])] })).toBe(true);
    expect(asks(1, { added: [further(1, ids[1])] })).toBe(true);
    for (const added of [
      [further(1, ids[0])],
      [further(1, ids[1])],
      [further(0, undefined)],
      [further(0, ids[1])],
      [further(0, ids[0]), further(0, ids[0])],
      Array.from({ length: 16 }, (_, i) => further(0, ids[0], i + 20)),
    ])
      expect(asks(0, { added })).toBe(false);
    const more = { ...two, members: [ours, theirs, { ...ours, ...further(0, ids[0]), leaf: 2 }] };
    expect(asks(0, { removed: [2] }, more)).toBe(true);
    expect(asks(2, { removed: [0] }, more)).toBe(true);
    expect(asks(2, { removed: [0], added: [further(0, ids[0], 10)] }, more)).toBe(true);
    for (const removed of [[0], [1], [1, 2]]) expect(asks(0, { removed }, more)).toBe(false);
    expect(asks(1, { removed: [2] }, more)).toBe(false);
    expect(asks(0, { added: [further(0, ids[0])] }, more)).toBe(false);
  });
});

describe("keys of a later generation", () => {
  const [OWNER, FIRST, SECOND, HELPER] = [0, 1, 2, 3] as const;
  let earlier: Device[];
  let later: Device;
  let before: Group;
  let after: Group;
  beforeAll(() => {
    const secret = createRecoverySecret(crypto);
    const [old, next] = [0, 1].map((generation) => identityFromRecovery(crypto, secret, generation));
    earlier = [
      createDevice(crypto, { ...(old && { identity: old }) }),
      createDevice(crypto, { ...(old && { identity: old }) }),
    ];
    const { deviceId } = at(earlier, 0);
    later = createDevice(crypto, { deviceId, ...(next && { identity: next }) });
    const those = (device: Device) =>
      new Group(crypto, [
        [at(people, 0), "owner"],
        [device, "member"],
        [at(earlier, 1), "member"],
        [stranger, "member"],
      ]);
    before = those(at(earlier, 0));
    after = those(later);
  });

  test("bring their device back in the place of its leaf, and anybody may remove leaves by earlier ones", () => {
    const added = [addFrom(later, before.consentBack(HELPER, FIRST))];
    for (const removed of [[FIRST], [FIRST, SECOND]])
      expect(before.verdict(HELPER, { added, removed })).toBeUndefined();
    expect(after.verdict(HELPER, { removed: [SECOND] })).toBeUndefined();
    expect(after.verdict(OWNER, { removed: [SECOND] })).toBeUndefined();
  });

  test("do not let a leaf by earlier ones come in, no matter who asks for it", () => {
    const back = againFrom(crypto, at(earlier, 0));
    const added = [addFrom(back, after.consentBack(HELPER, FIRST))];
    expect(after.verdict(HELPER, { added, removed: [FIRST] })).toBe("earlier_keys");
    const further = createDevice(crypto, { identity: at(earlier, 0).identity });
    expect(after.verdict(SECOND, { added: [addFrom(further, after.consentFor(SECOND))] })).toBe("earlier_keys");
  });

  test("of one person remove nobody else, and nobody before they are there", () => {
    expect(before.verdict(HELPER, { removed: [SECOND] })).toBe("not_allowed");
    expect(before.verdict(HELPER, { removed: [FIRST] })).toBe("not_allowed");
    expect(after.verdict(HELPER, { removed: [FIRST] })).toBe("not_allowed");
  });
});
/** The credential of another device of the same profile, whose signature nobody looks at here. */
function furtherDevice(credential: Uint8Array, device: number): Uint8Array {
  const parsed = parseCredential(credential);
  if (!parsed.ok) throw new Error(parsed.error);
  const at = toHex(credential).indexOf(toHex(parsed.value.deviceId)) / 2;
  const further = credential.slice();
  further.set(new Uint8Array(16).fill(device), at);
  return further;
}
