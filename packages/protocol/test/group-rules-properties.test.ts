import { propertyRuns } from "@pli/testkit/dials";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import type { CommitChange, Member } from "@pli/protocol/conversation";
import { createCrypto, toHex, type Crypto } from "@pli/protocol/crypto";
import {
  consentToAdd,
  consentToRejoin,
  createLeaveStatement,
  encodeEvidence,
  encodeRules,
  heirOf,
  ownersOf,
  parseRules,
  profileOf,
  rosterProblem,
  rulesAfter,
  rulesProblem,
  type Role,
  type Rules,
} from "@pli/protocol/group";
import { GROUP_ID, Group, addFrom, at, createDevice, type Device } from "./group-rules-people.ts";

const PEOPLE = 6;
let crypto: Crypto;
let people: Device[];
beforeAll(async () => {
  crypto = await createCrypto();
  people = Array.from({ length: PEOPLE }, () => createDevice(crypto));
});

/** One thing somebody tries; people are counted, so that what is tried makes sense often enough. */
type Wish = {
  by: number;
  add: number[];
  remove: number[];
  bring: number[];
  leave: number[];
  roles: [number, Role][];
  rules: Partial<Pick<Rules, "name" | "whoAdds" | "whoWrites" | "timer">>;
  forgetRoles: boolean;
  forgetHeir: boolean;
  /**
   * Those who are brought back are so with the consent they gave this helper before, if they did.
   */
  replay: boolean;
};
const someone = fc.nat(PEOPLE - 1);
const few = fc.array(someone, { maxLength: 2 });
const role = fc.constantFrom<Role>("owner", "admin", "member", "reader");
const rarely = <T>(of: fc.Arbitrary<T[]>): fc.Arbitrary<T[]> =>
  fc.oneof({ arbitrary: fc.constant<T[]>([]), weight: 3 }, { arbitrary: of, weight: 1 });
const wish: fc.Arbitrary<Wish> = fc.record({
  by: someone,
  add: rarely(few),
  remove: rarely(few),
  bring: rarely(few),
  leave: rarely(few),
  roles: rarely(fc.array(fc.tuple(someone, role), { maxLength: 2 })),
  rules: fc.oneof(
    fc.constant({}),
    fc.record({ name: fc.constantFrom("A", "B") }),
    fc.record({ whoAdds: fc.constantFrom("admins" as const, "members" as const) }),
    fc.record({ timer: fc.nat(1000) }),
  ),
  forgetRoles: fc.boolean(),
  forgetHeir: fc.boolean(),
  replay: fc.boolean(),
});
/** By person and helper: the consent to come back that was given last. */
type Given = Map<string, Uint8Array>;

type State = { readonly rules: Rules; readonly members: readonly Member[]; readonly nextLeaf: number };

const leavesOf = (state: State, person: number): number[] =>
  state.members.filter((member) => profileOf(member) === at(people, person).id).map(({ leaf }) => leaf);

/** The commit that a wish makes; undefined when the one who wishes is not in the group. */
function changeFrom(state: State, tried: Wish, given: Given = new Map()): CommitChange | undefined {
  const [sender] = leavesOf(state, tried.by);
  if (sender === undefined) return undefined;
  const by = at(people, tried.by).identity.id;
  const leavers = tried.leave.flatMap((person) => leavesOf(state, person));
  const brought = tried.bring.filter((person) => !tried.add.includes(person));
  const removed = new Set([...tried.remove, ...brought].flatMap((person) => leavesOf(state, person)).concat(leavers));
  const added = [
    ...tried.add.map((person) => addFrom(at(people, person), consentToAdd(by))),
    ...brought.map((person) => addFrom(at(people, person), consentBack(state, person, tried, given))),
  ];
  const back = new Set(brought.map((person) => at(people, person).id));
  const gone = [...removed].map((leaf) => idAt(state, leaf)).filter((id) => !back.has(id));
  const present = state.members.flatMap((member) => profileOf(member) ?? []);
  const heir = tried.forgetHeir ? undefined : heirOf(state.rules, present, new Set(gone));
  const kept = tried.forgetRoles ? state.rules : rulesAfter(state.rules, gone, heir);
  const roles = new Map(kept.roles);
  for (const [person, given] of tried.roles)
    if (given === "member") roles.delete(at(people, person).id);
    else roles.set(at(people, person).id, given);
  const evidence = encodeEvidence([...new Set(leavers)].map((leaf) => ({ leaf, signature: statement(state, leaf) })));
  const rules = encodeRules({ ...kept, ...tried.rules, roles });
  return { sender, madeAt: 0, evidence, added, removed: [...removed], rules, credential: undefined };
}

function consentBack(state: State, person: number, { by, replay }: Wish, given: Given): Uint8Array {
  const [leaf] = leavesOf(state, person);
  const encryptionKey = state.members.find((member) => member.leaf === leaf)?.encryptionKey ?? new Uint8Array(0);
  const replaced = { conversation: state.rules.conversation, groupId: GROUP_ID, encryptionKey };
  const before = replay ? given.get(`${person} ${by}`) : undefined;
  const consent = before ?? consentToRejoin(crypto, replaced, at(people, by).identity.id);
  given.set(`${person} ${by}`, consent);
  return consent;
}

const idAt = (state: State, leaf: number): string =>
  profileOf(state.members.find((member) => member.leaf === leaf) ?? { credential: new Uint8Array(0) }) ?? "";

function statement(state: State, leaf: number): Uint8Array {
  const member = state.members.find((one) => one.leaf === leaf);
  const device = people.find(({ id }) => id === idAt(state, leaf));
  if (member === undefined || device === undefined) throw new Error("nobody there");
  const { conversation } = state.rules;
  const { encryptionKey } = member;
  const signKey = device.keys.secretKey;
  return createLeaveStatement(crypto, { conversation, groupId: GROUP_ID, encryptionKey, signKey });
}

function applied(state: State, change: CommitChange): State {
  const stay = state.members.filter(({ leaf }) => !change.removed.includes(leaf));
  const come = change.added.map(({ credential, signatureKey }, i) => ({
    leaf: state.nextLeaf + i,
    credential,
    signatureKey,
    encryptionKey: crypto.random(32),
  }));
  const parsed = parseRules(change.rules ?? encodeRules(state.rules));
  if (!parsed.ok) throw new Error(parsed.error);
  return { rules: parsed.value, members: [...stay, ...come], nextLeaf: state.nextLeaf + come.length };
}

function founded(): State {
  const { rules, members } = new Group(crypto, [
    [at(people, 0), "owner"],
    [at(people, 1), "admin"],
    [at(people, 2), "member"],
    [at(people, 3), "reader"],
  ]);
  return { rules, members, nextLeaf: 4 };
}

/** What those who come back with this commit consented to: all consents that name nobody. */
function consentsBack({ added }: CommitChange): string[] {
  const names = new Set(people.map(({ id }) => id));
  return added.map(({ consent }) => toHex(consent ?? new Uint8Array(0))).filter((consent) => !names.has(consent));
}

/** An equal value in other memory. */
const copyOf = <T>(value: T): T => structuredClone(value);

describe("whatever people try", () => {
  test("there is an owner, roles are of people who are there, nobody is there twice, no consent to come back is used twice, and verdicts are the same for all", () => {
    let allowed = 0;
    let refused = 0;
    let back = 0;
    fc.assert(
      fc.property(fc.array(wish, { minLength: 1, maxLength: 12 }), (wishes) => {
        let state = founded();
        const given: Given = new Map();
        const used = new Set<string>();
        for (const tried of wishes) {
          const change = changeFrom(state, tried, given);
          if (change === undefined) continue;
          const problem = rulesProblem(crypto, GROUP_ID, state, change);
          const elsewhere = copyOf({ ...state, members: state.members.toReversed() });
          expect(rulesProblem(crypto, GROUP_ID.slice(), elsewhere, copyOf(change))).toBe(problem);
          if (problem === undefined) allowed += 1;
          else refused += 1;
          if (problem === undefined) state = applied(state, change);
          for (const consent of problem === undefined ? consentsBack(change) : []) {
            expect(used).not.toContain(consent);
            used.add(consent);
            back += 1;
          }
          expect(ownersOf(state.rules).length).toBeGreaterThan(0);
          expect(rosterProblem(state.rules, state.members)).toBeUndefined();
          const seats = state.members.map(({ credential }) => toHex(credential));
          expect(new Set(seats).size).toBe(seats.length);
        }
      }),
      // With fewer, too few come back for what is asked of their number below.
      { numRuns: Math.max(240, propertyRuns(240)) },
    );
    expect(allowed).toBeGreaterThan(50);
    expect(refused).toBeGreaterThan(50);
    expect(back).toBeGreaterThan(5);
  });

  test("whoever is neither owner nor admin leaves the rules as they are, but for the roles of those who go", () => {
    fc.assert(
      fc.property(wish, fc.constantFrom(2, 3), (tried, by) => {
        const state = founded();
        const change = changeFrom(state, { ...tried, by });
        if (change === undefined || rulesProblem(crypto, GROUP_ID, state, change) !== undefined) return;
        const after = applied(state, change);
        const gone = [...state.rules.roles.keys()].filter((id) => !after.members.some((one) => profileOf(one) === id));
        const present = state.members.flatMap((member) => profileOf(member) ?? []);
        expect(after.rules).toEqual(rulesAfter(state.rules, gone, heirOf(state.rules, present, new Set(gone))));
      }),
      { numRuns: propertyRuns(150) },
    );
  });
});
