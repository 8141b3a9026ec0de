import { beforeAll, describe, expect, test } from "vitest";
import * as group from "@pli/protocol/group";
import { createCrypto, type Crypto } from "@pli/protocol/crypto";
import { load, type Bytes, type Entry } from "./vector-files.ts";

let crypto: Crypto;
beforeAll(async () => {
  crypto = await createCrypto();
});

describe("rules", () => {
  type Vector = { value: Omit<group.Rules, "roles"> & { roles: [string, group.Role][] } };
  const { valid, invalid } = load<Vector>("rules");
  test.each(valid)("$name", ({ value, bytes }) => {
    const rules = { ...value, roles: new Map(value.roles) };
    expect(group.parseRules(bytes)).toEqual({ ok: true, value: rules });
    expect(group.encodeRules(rules)).toEqual(bytes);
  });
  test.each(invalid)("$name: refused", ({ bytes, error }) => {
    expect(group.parseRules(bytes)).toEqual({ ok: false, error });
  });
});

describe("leave statements, evidence and consent", () => {
  type Key = "conversation" | "groupId" | "encryptionKey" | "signSeed" | "signatureKey" | "signature" | "profileId";
  type Vector = Record<Key, Bytes> & { value: group.Evidence; consent: Record<"add" | "rejoin", Bytes> };
  const { valid, invalid } = load<Vector>("leave");
  test.each(valid)("$name", ({ conversation: id, value, bytes, consent, ...given }) => {
    const { groupId, encryptionKey, signatureKey, signature } = given;
    const signKey = crypto.signKeyPair(given.signSeed).secretKey;
    const here = { conversation: id, groupId };
    expect(group.createLeaveStatement(crypto, { ...here, encryptionKey, signKey })).toEqual(signature);
    const member = { leaf: 3, credential: new Uint8Array(0), signatureKey, encryptionKey };
    expect(group.verifyLeaveStatement(crypto, here, member, signature)).toBe(true);
    expect(group.parseEvidence(bytes)).toEqual({ ok: true, value });
    expect(group.encodeEvidence(value)).toEqual(bytes);
    expect(group.consentToAdd(given.profileId)).toEqual(consent.add);
    expect(group.consentToRejoin(crypto, { ...here, encryptionKey }, given.profileId)).toEqual(consent.rejoin);
  });
  test.each(invalid)("$name: refused", ({ bytes, error }) => {
    expect(group.parseEvidence(bytes)).toEqual({ ok: false, error });
  });
});

describe("controls of groups", () => {
  const { valid, invalid } = load<{ value: group.GroupControl; control: string }>("group-control");
  test.each(valid)("$name", ({ name, value, bytes }) => {
    expect(group.parseGroupControl(name, bytes)).toEqual({ ok: true, value });
    expect(group.encodeGroupControl(value)).toEqual({ kind: "control", name, body: bytes });
  });
  test.each(invalid)("$name: refused", ({ control, bytes, error }) => {
    expect(group.parseGroupControl(control, bytes)).toEqual({ ok: false, error });
  });
});

describe("roster", () => {
  const { valid, invalid } = load<{ value: group.Roster }>("roster");
  test.each(valid)("$name", ({ value, bytes }) => {
    expect(group.parseRoster(bytes)).toEqual({ ok: true, value });
    expect(group.encodeRoster(value)).toEqual(bytes);
  });
  test.each(invalid)("$name: refused", ({ bytes, error }) => {
    expect(group.parseRoster(bytes)).toEqual({ ok: false, error });
  });
});

describe("devices that cannot go on in a group", () => {
  type Step = { event: group.RejoinEvent; effects: group.RejoinEffect[]; state: group.RejoinState; nextLook: number };
  type Story = { begin: Parameters<typeof group.beginRejoin>[0]; state: group.RejoinState; steps: Step[] };
  type Related = {
    ours?: { group: string; marks: group.Marks };
    theirs?: group.Place;
    relation: group.Relation;
  };
  const { valid } = load<Story | Related>("rejoin");
  const stories = valid.filter((one): one is Story & Entry => "steps" in one);
  const related = valid.filter((one): one is Related & Entry => "relation" in one);

  test.each(stories)("$name", ({ begin, state, steps }) => {
    let now = group.beginRejoin(begin);
    expect(now).toEqual(state);
    for (const { event, ...after } of steps) {
      const stepped = group.stepRejoin(now, event);
      expect({ ...stepped, nextLook: group.nextLook(stepped.state, event.now) }).toEqual(after);
      now = stepped.state;
    }
  });
  test.each(related)("$name", ({ ours, theirs, relation }) => {
    expect(group.relationOf(ours, theirs)).toBe(relation);
  });
  test("are in each of the causes, and do each of what there is to do", () => {
    expect(new Set(stories.map(({ begin }) => begin.cause)).size).toBe(6);
    const effects = stories.flatMap(({ steps }) => steps.flatMap((step) => step.effects.map(({ type }) => type)));
    expect(new Set(effects)).toEqual(new Set(["ask", "end", "found", "resume"]));
    expect(related.length + stories.length).toBe(valid.length);
  });
});

describe("forks of groups", () => {
  type Weighed = { ours: group.Marks; theirs: group.Marks; verdict: group.Verdict };
  type Decided = { facts: group.ForkFacts; givesWay: boolean };
  const { valid } = load<Weighed | Decided>("fork");
  const weighed = valid.filter((one): one is Weighed & Entry => "verdict" in one);
  const decided = valid.filter((one): one is Decided & Entry => "facts" in one);

  test.each(weighed)("$name", ({ ours, theirs, verdict }) => {
    expect(group.weigh(ours, theirs)).toEqual(verdict);
  });
  test.each(decided)("$name", ({ facts, givesWay }) => {
    expect(group.givesWay(facts)).toBe(givesWay);
  });
  test("are all of these", () => {
    expect(weighed.length + decided.length).toBe(valid.length);
  });
});
