import type { Member } from "@pli/protocol/conversation";
import { createCrypto, toHex } from "@pli/protocol/crypto";
import { createDeviceCertificate, createIdentity, credentialFromCertificate } from "@pli/protocol/identity";
import { encodeEvidence, type Role, type Rules } from "@pli/protocol/group";
import { beforeAll, describe, expect, test } from "vitest";
import type { QueuedOperation, PendingOperation } from "../src/features/group/pending-operations.table.ts";
import { planCommit, type Planned, type Standing } from "../src/features/group/plan.ts";

const crypto = await createCrypto();
const NOW = 1_000_000;

interface Device {
  readonly id: string;
  readonly device: string;
  readonly member: (leaf: number) => Member;
}

let devices: Device[] = [];

beforeAll(() => {
  devices = Array.from({ length: 5 }, createDevice).toSorted((a, b) => a.id.localeCompare(b.id));
});

function createDevice(): Device {
  const identity = createIdentity(crypto);
  const keys = crypto.signKeyPair();
  const deviceId = crypto.random(16);
  const certificate = createDeviceCertificate(crypto, identity, {
    deviceKey: keys.publicKey,
    deviceId,
    notBefore: 0,
    notAfter: 2_000_000_000,
  });
  const credential = credentialFromCertificate(crypto, certificate, {
    ...identity,
    edKey: identity.sign.publicKey,
    mlDsaKey: identity.mlDsa.publicKey,
  });
  const member = (leaf: number): Member => ({
    leaf,
    credential,
    signatureKey: keys.publicKey,
    encryptionKey: new Uint8Array(32).fill(leaf),
  });
  return { id: toHex(identity.id), device: toHex(deviceId), member };
}

const idOf = (index: number): string => devices[index]?.id ?? "";

/** A group of the first `roles.length` devices; this device is the first of them. */
function standing(roles: readonly Role[], change: Partial<Standing> & { rules?: Partial<Rules> } = {}): Standing {
  const { rules, ...rest } = change;
  return {
    members: roles.map((_, leaf) => devices[leaf]?.member(leaf)).filter((member) => member !== undefined),
    self: idOf(0),
    ownLeaf: 0,
    now: NOW,
    group: "",
    epoch: 0,
    ownDevices: { add: new Map(), remove: [], credential: undefined },
    leavers: new Set(),
    keyPackages: new Map(),
    ...rest,
    rules: {
      conversation: new Uint8Array(32),
      name: "Rédaction",
      description: "",
      roles: new Map(roles.flatMap((role, i) => (role === "member" ? [] : [[idOf(i), role] as const]))),
      whoAdds: "admins",
      whoWrites: "everyone",
      timer: 0,
      newcomersRead: "nothing",
      ...rules,
    },
  };
}

function plan(at: Standing, ...operations: PendingOperation[]): Planned {
  const intentions = operations.map((operation, i): QueuedOperation => ({
    id: i + 1,
    conversation: "c",
    operation,
    createdAt: NOW,
    dueAt: NOW,
  }));
  return planCommit(at, intentions);
}

const why = ({ dropped }: Planned): (string | undefined)[] => dropped.map((one) => one.why);
const packageOf = (index: number): [string, Uint8Array] => [idOf(index), new Uint8Array([index])];

describe("several operations are one commit", () => {
  test("adds, a removal, a role and a new name together", () => {
    const at = standing(["owner", "member", "member"], { keyPackages: new Map([packageOf(3)]) });
    const { plan: made, dropped } = plan(
      at,
      { kind: "add", profiles: [idOf(3)] },
      { kind: "remove", profiles: [idOf(1)] },
      { kind: "role", profile: idOf(2), role: "admin" },
      { kind: "rules", edit: { name: "Enquête" } },
    );
    expect(dropped).toEqual([]);
    expect(made?.added).toEqual([idOf(3)]);
    expect(made?.remove).toEqual([1]);
    expect(made?.rules?.name).toBe("Enquête");
    expect(made?.rules?.roles.get(idOf(2))).toBe("admin");
    expect(made?.left.map(({ id }) => id)).toEqual([1, 2, 3, 4]);
  });

  test("whoever is put out loses their role with it", () => {
    const { plan: made } = plan(standing(["owner", "admin"]), { kind: "remove", profiles: [idOf(1)] });
    expect([...(made?.rules?.roles.keys() ?? [])]).toEqual([idOf(0)]);
  });

  test("nothing wanted is no commit", () => {
    expect(plan(standing(["owner"])).plan).toBeUndefined();
  });
});

describe("adding", () => {
  test("those who have handed over a key package come in, the others are waited for", () => {
    const at = standing(["owner"], { keyPackages: new Map([packageOf(1)]) });
    const { plan: made } = plan(at, { kind: "add", profiles: [idOf(1), idOf(2)] });
    expect(made?.added).toEqual([idOf(1)]);
    expect(made?.left).toEqual([{ id: 1, operation: { kind: "add", profiles: [idOf(2)] } }]);
  });

  test("with nobody at hand the operation waits", () => {
    const planned = plan(standing(["owner"]), { kind: "add", profiles: [idOf(1)] });
    expect(planned).toEqual({ plan: undefined, dropped: [] });
  });

  test("somebody who is in already needs nothing, and it is not worth a word", () => {
    expect(why(plan(standing(["owner", "member"]), { kind: "add", profiles: [idOf(1)] }))).toEqual([undefined]);
  });

  test("a member may add where the rules say so, and not otherwise", () => {
    const keyPackages = new Map([packageOf(2)]);
    const operation = { kind: "add", profiles: [idOf(2)] } as const;
    expect(why(plan(standing(["member", "owner"], { keyPackages }), operation))).toEqual(["not_allowed"]);
    const open = standing(["member", "owner"], { keyPackages, rules: { whoAdds: "members" } as Rules });
    expect(plan(open, operation).plan?.added).toEqual([idOf(2)]);
  });

  test("at most two hundred at once; the rest is left of the operation", () => {
    const many = Array.from({ length: 230 }, (_, i) => i.toString(16).padStart(64, "0"));
    const at = standing(["owner"], { keyPackages: new Map(many.map((id) => [id, new Uint8Array(1)])) });
    const { plan: made } = plan(at, { kind: "add", profiles: many });
    expect(made?.added).toHaveLength(200);
    expect(made?.left).toEqual([{ id: 1, operation: { kind: "add", profiles: many.slice(200) } }]);
  });
});

describe("operations that make no sense any more", () => {
  test("the person is out already", () => {
    expect(why(plan(standing(["owner"]), { kind: "remove", profiles: [idOf(1)] }))).toEqual(["already_removed"]);
    expect(why(plan(standing(["owner"]), { kind: "role", profile: idOf(1), role: "admin" }))).toEqual([
      "already_removed",
    ]);
  });

  test("this person may not do it any more", () => {
    expect(why(plan(standing(["member", "owner"]), { kind: "remove", profiles: [idOf(1)] }))).toEqual(["not_allowed"]);
    expect(why(plan(standing(["member", "owner"]), { kind: "rules", edit: { name: "x" } }))).toEqual(["not_allowed"]);
    expect(
      why(plan(standing(["admin", "owner", "member"]), { kind: "role", profile: idOf(2), role: "admin" })),
    ).toEqual(["not_allowed"]);
  });

  test("an admin puts out an admin, and never an owner", () => {
    expect(plan(standing(["admin", "admin"]), { kind: "remove", profiles: [idOf(1)] }).plan?.remove).toEqual([1]);
    expect(why(plan(standing(["admin", "owner"]), { kind: "remove", profiles: [idOf(1)] }))).toEqual(["not_allowed"]);
  });

  test("a second operation for what the first has done is dropped", () => {
    const remove: PendingOperation = { kind: "remove", profiles: [idOf(1)] };
    expect(why(plan(standing(["owner", "member"]), remove, remove))).toEqual(["already_removed"]);
  });
});

describe("leaving", () => {
  test("the successor becomes an owner; the operation to leave stays", () => {
    const { plan: made } = plan(standing(["owner", "member"]), { kind: "leave", successor: idOf(1) });
    expect(made?.rules?.roles.get(idOf(1))).toBe("owner");
    expect(made?.left).toEqual([]);
  });

  test("somebody who has left goes out by their own word", () => {
    const left: PendingOperation = { kind: "left", leaf: 1, profile: idOf(1), signature: "ab".repeat(64) };
    const { plan: made } = plan(standing(["member", "member", "owner"]), left);
    expect(made?.remove).toEqual([1]);
    expect(made?.evidence.map(({ leaf }) => leaf)).toEqual([1]);
    expect(why(plan(standing(["member"]), left))).toEqual([undefined]);
  });

  test("somebody who has left and is put out all the same: that they left is known until they are gone", () => {
    const left: PendingOperation = { kind: "left", leaf: 1, profile: idOf(1), signature: "ab".repeat(64) };
    const { plan: made, dropped } = plan(standing(["owner", "member"]), { kind: "remove", profiles: [idOf(1)] }, left);
    expect(made?.left).toEqual([
      { id: 1, operation: undefined },
      { id: 2, operation: undefined },
    ]);
    expect(dropped).toEqual([]);
  });

  test("of a thousand who left at once, as many go as fit beside a commit; the others after them", () => {
    const at = standing(["owner", "member"]);
    const other = devices[1];
    if (other === undefined) throw new Error("no second device");
    const leavers = Array.from({ length: 1000 }, (_, i) => other.member(i + 1));
    const operations = leavers.map(({ leaf }): PendingOperation => ({
      kind: "left",
      leaf,
      profile: idOf(1),
      signature: "ab".repeat(64),
    }));
    const { plan: made, dropped } = plan({ ...at, members: [...at.members.slice(0, 1), ...leavers] }, ...operations);
    expect([made?.remove.length, made?.left.length, dropped.length]).toEqual([500, 500, 0]);
    expect(encodeEvidence(made?.evidence ?? []).length).toBeLessThanOrEqual(65_536);
  });

  test("it waits for its moment", () => {
    const operation: PendingOperation = { kind: "left", leaf: 1, profile: idOf(1), signature: "ab".repeat(64) };
    const later = { id: 1, conversation: "c", operation, createdAt: NOW, dueAt: NOW + 1 };
    const planned = planCommit(standing(["member", "member", "owner"]), [later]);
    expect(planned).toEqual({ plan: undefined, dropped: [] });
  });
});

describe("coming back", () => {
  const replace = (device: string): PendingOperation => ({
    kind: "replace",
    profile: idOf(1),
    device,
    keyPackage: "07",
  });

  test("the old leaf of that device goes, the new one comes", () => {
    const { plan: made } = plan(standing(["owner", "admin"]), replace(devices[1]?.device ?? ""));
    expect(made?.remove).toEqual([1]);
    expect(made?.add).toEqual([new Uint8Array([7])]);
    expect(made?.rules).toBeUndefined();
  });

  test("somebody who is out is not brought back that way", () => {
    expect(why(plan(standing(["owner"]), replace("00")))).toEqual(["already_removed"]);
  });
});

describe("a group founded again", () => {
  const bring = (index: number, role: Role): PendingOperation => ({
    kind: "bring",
    profile: idOf(index),
    role,
    keyPackage: "0a",
  });

  test("its people come over with the roles they had", () => {
    const { plan: made } = plan(standing(["owner"]), bring(1, "admin"), bring(2, "member"));
    expect(made?.added).toEqual([idOf(1), idOf(2)]);
    expect(made?.rules?.roles).toEqual(
      new Map([
        [idOf(0), "owner"],
        [idOf(1), "admin"],
      ]),
    );
  });

  test("whoever is to be put out is put out once they have come over", () => {
    const remove: PendingOperation = { kind: "remove", profiles: [idOf(1)] };
    const bring: PendingOperation = { kind: "bring", profile: idOf(1), role: "member", keyPackage: "ab" };
    const { plan: made, dropped } = plan(standing(["owner"]), remove, bring);
    expect(made).toMatchObject({ added: [idOf(1)], left: [{ id: 2, operation: undefined }] });
    expect(dropped).toEqual([]);
  });

  test("whoever is there already is not brought twice", () => {
    const { plan: made, dropped } = plan(
      standing(["owner", "member"]),
      bring(1, "member"),
      bring(2, "reader"),
      bring(2, "reader"),
    );
    expect(made?.added).toEqual([idOf(2)]);
    expect(dropped.map(({ why: reason }) => reason)).toEqual([undefined, undefined]);
  });

  test("at most two hundred at once; the others wait", () => {
    const many = Array.from({ length: 250 }, (_, i) => ({
      ...(bring(1, "member") as PendingOperation & { kind: "bring" }),
      profile: i.toString(16).padStart(64, "0"),
    }));
    const { plan: made, dropped } = plan(standing(["owner"]), ...many);
    expect([made?.added.length, made?.left.length, dropped.length]).toEqual([200, 200, 0]);
  });

  test("until it is founded nothing else is done, and nothing is forgotten", () => {
    const { plan: made, dropped } = plan(
      standing(["owner", "member"]),
      { kind: "remove", profiles: [idOf(1)] },
      { kind: "successorGroup", without: [idOf(1)] },
      bring(1, "member"),
    );
    expect([made, dropped]).toEqual([undefined, []]);
  });
});
