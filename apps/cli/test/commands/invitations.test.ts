import type { PairingView, WaitingMessages } from "@pli/engine/api";
import { PliError } from "@pli/engine/errors";
import { describe, expect, test } from "vitest";
import { contactNamed, createFakeApi, groupNamed, ME, NOW, textFrom } from "../fake-api.ts";
import { createFakeWorld, settle } from "../fake-world.ts";

const LINK = "http://127.0.0.1:7540/i#AQAB";
const STORE = "http://127.0.0.1:7540";
const AWAY = { store: STORE, since: NOW, error: "store_unreachable", nextTry: NOW + 12_000 };

const invitation = (more: Partial<PairingView> = {}): PairingView => ({
  id: "1a2b3c4d".padEnd(32, "0"),
  purpose: "person",
  role: "inviter",
  step: "waiting",
  name: "",
  link: LINK,
  createdAt: NOW,
  expiresAt: NOW + 86_400_000,
  attemptsLeft: 3,
  ...more,
});

const OTHER = "9f8e7d6c".padEnd(32, "0");
const burned = invitation({
  id: OTHER,
  name: "Bruno du bureau",
  step: "failed",
  error: "pairing_burned",
  endedAt: NOW,
});

function withInvitations(...pairings: PairingView[]) {
  const fake = createFakeApi();
  fake.data.pairings.push(...pairings);
  return { fake, pli: createFakeWorld({ fake }) };
}

describe("pli invitations", () => {
  test("lists those under way and those that have ended, with what one can do", async () => {
    const { pli } = withInvitations(invitation({ step: "code", say: "1234", peer: "Camille" }), burned);
    expect(await pli.run("invitations")).toBe(0);
    const said = pli.stdout();
    expect(said).toContain("1a2b3c4d  no name  Camille has opened it and waits for you, with four digits to read out");
    expect(said).toMatch(/9f8e7d6c  “Bruno du bureau”  ended .*November.* 2026/u);
    expect(said).toContain("Three wrong codes were typed on the other side");
    expect(said).toContain("pli invitations resume 1a2b3c4d");
    expect(said).toContain("pli invitations clear");
  });

  test("in JSON, each with its link, its state and how it ended", async () => {
    const { pli } = withInvitations(invitation({ waitsFor: AWAY }), burned);
    expect(await pli.run("invitations", "--json")).toBe(0);
    expect(pli.events()).toMatchObject([
      { event: "invitation", role: "inviter", state: "waiting", name: "", peer: null, link: LINK, waitsFor: AWAY },
      { event: "invitation", id: OTHER, state: "failed", error: "pairing_burned", endedAt: NOW, waitsFor: null },
    ]);
  });

  test("resume goes on with the only one, also in JSON: its link, then the digits", async () => {
    const { fake, pli } = withInvitations(invitation(), burned);
    const camille = contactNamed("Camille");
    fake.data.contacts.push(camille);
    const ended = pli.run("invitations", "resume", "--json");
    await settle();
    expect(pli.events()).toEqual([{ event: "link", link: LINK, expiresAt: NOW + 86_400_000 }]);
    Object.assign(fake.data.pairings[0] ?? {}, { step: "paired", contact: camille.id });
    fake.changed();
    expect(await ended).toBe(0);
    expect(pli.events().at(-1)).toMatchObject({ event: "paired", contact: { name: "Camille" } });
  });

  test("resume of one of several needs its name or its identifier; a name that a guest gave themselves is none", async () => {
    const guest = invitation({ id: OTHER, step: "code", say: "1234", peer: "Camille", name: "Bruno" });
    const { pli } = withInvitations(invitation({ name: "Camille" }), guest);
    expect(await pli.run("invitations", "resume")).toBe(5);
    expect(pli.stderr()).toContain("Several are under way");
    const resumed = pli.run("invitations", "resume", "camille", "--json");
    await settle();
    expect(pli.events()).toMatchObject([{ event: "link" }]);
    pli.interrupt();
    await resumed;
    expect(await pli.run("invitations", "stop", "nobody")).toBe(5);
  });

  test("stop cancels one on both sides; clear puts away those that have ended and no other", async () => {
    const { fake, pli } = withInvitations(invitation({ name: "Dana" }), burned);
    expect(await pli.run("invitations", "stop", "Dana")).toBe(0);
    expect(fake.calls.map(([name]) => name)).toEqual(["cancelPairing"]);
    expect(fake.drains.length).toBeGreaterThan(0);
    expect(fake.calls[0]).toEqual(["cancelPairing", { pairing: invitation().id }]);
    pli.clear();
    expect(await pli.run("invitations", "clear", "--json")).toBe(0);
    expect(fake.calls.at(-1)).toEqual(["cancelPairing", { pairing: OTHER }]);
    expect(pli.events().at(-1)).toEqual({ event: "cleared", invitations: [OTHER] });
  });

  test("with none it says how to make one", async () => {
    const { pli } = withInvitations();
    expect(await pli.run("invitations")).toBe(0);
    expect(pli.stdout()).toContain("pli invite");
  });

  test("what another person calls themselves cannot act on the terminal", async () => {
    const { pli } = withInvitations(invitation({ step: "code", say: "1234", peer: "\u001b[2J\u202eeve" }));
    await pli.run("invitations");
    expect(pli.stdout()).not.toContain("\u001b");
    expect(pli.stdout()).not.toContain("\u202e");
  });
});

describe("one's own invitation, accepted in the terminal", () => {
  test("says that it is one's own and how to see its link again; nothing is cancelled", async () => {
    const { fake, pli } = withInvitations(invitation());
    fake.does.acceptInvitation = () => ({ pairing: invitation().id, own: true });
    expect(await pli.run("accept", LINK)).toBe(5);
    expect(pli.stderr()).toContain("This is your own invitation. Nothing has changed.");
    expect(pli.stderr()).toContain("pli invitations resume 1a2b3c4d");
    expect(fake.calls).toEqual([["acceptInvitation", { link: LINK }]]);
  });
});

describe("a link that was pasted in two lines", () => {
  const played = () => {
    const fake = createFakeApi();
    fake.data.pairings.push(invitation({ role: "responder", step: "opening" }));
    fake.does.acceptInvitation = ({ link }: { link: string }) => {
      if (link !== LINK) throw new PliError("invitation_cut_short");
      return { pairing: invitation().id };
    };
    return fake;
  };

  test("is asked for its rest in a terminal", async () => {
    const fake = played();
    const pli = createFakeWorld({ fake, terminal: true, lines: [LINK.slice(0, 20), LINK.slice(20)] });
    const ended = pli.run("accept");
    await settle();
    expect(fake.calls.at(-1)).toEqual(["acceptInvitation", { link: LINK }]);
    expect(pli.prompts.at(-1)).toContain("cut off");
    pli.interrupt();
    await ended;
  });

  test("is given up with Enter, and fails at once in a script", async () => {
    const pli = createFakeWorld({ fake: played(), terminal: true, lines: [LINK.slice(0, 20), ""] });
    expect(await pli.run("accept")).toBe(5);
    const script = createFakeWorld({ fake: played(), lines: [LINK.slice(0, 20), LINK.slice(20)] });
    expect(await script.run("accept", "--json")).toBe(5);
    expect(script.events()).toMatchObject([{ event: "failed", code: "invitation_cut_short" }]);
  });
});

describe("without a server that answers", () => {
  test("an invitation says that it has not left, why, and when that is tried next", async () => {
    const { link: _, ...preparing } = invitation({ waitsFor: AWAY });
    const { fake, pli } = withInvitations(preparing);
    fake.does.createInvitation = () => ({ pairing: preparing.id });
    const ended = pli.run("invite");
    await settle();
    expect(pli.stdout()).toContain(`${STORE} does not answer; next try in 12 seconds.`);
    expect(pli.stdout()).toContain("has not left this device yet");
    pli.interrupt();
    await ended;
  });

  test("in JSON it is an event, once for each outage", async () => {
    const { link: _, ...preparing } = invitation({ waitsFor: AWAY });
    const { fake, pli } = withInvitations(preparing);
    fake.does.createInvitation = () => ({ pairing: preparing.id });
    const ended = pli.run("invite", "--name", "Bob", "--json");
    await settle();
    Object.assign(fake.data.pairings[0] ?? {}, { waitsFor: { ...AWAY, nextTry: NOW + 30_000 } });
    fake.changed();
    await settle();
    expect(pli.events()).toEqual([{ event: "away", ...AWAY }]);
    expect(fake.calls).toEqual([["createInvitation", { name: "Bob" }]]);
    pli.interrupt();
    await ended;
  });

  const far: WaitingMessages = { conversation: "", messages: 1, what: "store", store: "https://far.example" };

  test.each<[Partial<WaitingMessages>, string]>([
    [
      { away: { store: "https://far.example", since: NOW, nextTry: NOW + 3_600_000 } },
      "https://far.example does not answer; next try at",
    ],
    [{ what: "people" }, "once the other device is on line"],
    [{ what: "turn" }, "in its turn"],
  ])("pli send says which store a message waits for, or whom, and ends with 0: %j", async (change, said) => {
    const fake = createFakeApi();
    const bob = contactNamed("Bob");
    fake.data.contacts.push(bob);
    const waitsFor = { ...far, conversation: bob.conversation, ...change };
    fake.data.status.waitsFor = [waitsFor];
    fake.does.sendText = () => {
      fake.data.messages.push(textFrom(bob, "m1", "hi", { mine: true, from: ME, state: "saved" }));
      return { message: "m1" };
    };
    const pli = createFakeWorld({ fake });
    expect(await pli.run("send", "Bob", "hi", "--wait", "0")).toBe(0);
    expect(pli.stdout()).toContain(said);
    const script = createFakeWorld({ fake });
    expect(await script.run("send", "Bob", "hi", "--wait", "0", "--json")).toBe(0);
    expect(script.events().at(-1)).toMatchObject({
      state: "saved",
      waitsFor: { what: waitsFor.what, store: "https://far.example" },
    });
  });

  test("pli doctor names another store that is away, and for whom messages wait there", async () => {
    const fake = createFakeApi();
    fake.data.groups.push(groupNamed("Voisins", []));
    const away = { store: "https://far.example", since: NOW, error: "store_unreachable", nextTry: NOW + 5_000 };
    const conversation = fake.data.groups[0]?.id ?? "";
    Object.assign(fake.data.status, {
      pending: 2,
      storesAway: [away],
      waitsFor: [{ ...far, conversation, messages: 2, away }],
    });
    const pli = createFakeWorld({ fake });
    expect(await pli.run("doctor", "--json")).toBe(0);
    const checks = pli.events();
    expect(checks).toContainEqual(
      expect.objectContaining({
        name: "connection",
        state: "warn",
        code: "store_unreachable",
        text: expect.stringContaining("https://far.example"),
        advice: expect.stringContaining(`pli --store ${STORE} doctor`),
      }),
    );
    const messages = checks.find(({ name }) => name === "messages");
    expect(messages).toMatchObject({
      advice: expect.stringContaining(
        "2 messages for Voisins: https://far.example does not answer; next try in 5 seconds.",
      ),
      details: { waitsFor: [{ what: "store", store: "https://far.example", conversation }] },
    });
  });
});

describe("pli listen", () => {
  test("says that a guest waits, also one who was there before it began, and how an invitation ended", async () => {
    const { fake, pli } = withInvitations(invitation({ step: "code", say: "1234", peer: "Camille" }), burned);
    const ended = pli.run("listen", "--json");
    await settle();
    Object.assign(fake.data.pairings[0] ?? {}, { step: "failed", error: "pairing_stopped", endedAt: NOW });
    fake.changed();
    await settle();
    pli.interrupt();
    await ended;
    expect(pli.events()).toMatchObject([
      { event: "invitation", what: "answered", peer: "Camille", state: "code" },
      { event: "invitation", what: "ended", peer: "Camille", error: "pairing_stopped" },
    ]);
  });
});
