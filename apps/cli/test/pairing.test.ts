import type { PairingView } from "@pli/engine/api";
import { PliError } from "@pli/engine/errors";
import { describe, expect, test } from "vitest";
import { CAMILLE, createFakeApi, NOW } from "./fake-api.ts";
import { createFakeWorld, settle } from "./fake-world.ts";
import { camille } from "./people.ts";

const LINK = "http://127.0.0.1:7540/i#AQAB";

/**
 * A pairing played step by step: `reach` moves it, the right digits are 5678, the third wrong entry
 * burns it.
 */
function createPlayedPairing(role: PairingView["role"]) {
  const fake = createFakeApi();
  const step = role === "inviter" ? "waiting" : "opening";
  const link = role === "inviter" ? { link: LINK } : {};
  const view: PairingView = {
    id: "p1",
    role,
    step,
    ...link,
    purpose: "person",
    createdAt: NOW,
    expiresAt: NOW + 86_400_000,
    attemptsLeft: 3,
    name: "",
  };
  fake.data.pairings.push(view);
  const reach = (more: Partial<PairingView>) => {
    Object.assign(view, more);
    fake.changed();
  };
  const begin = () => ({ pairing: view.id });
  Object.assign(fake.does, { createInvitation: begin, acceptInvitation: begin });
  fake.does.cancelPairing = () => reach({ step: "failed", error: "pairing_cancelled" });
  fake.does.typeCode = ({ digits }: { digits: string }) => {
    if (!/^\d{4}$/u.test(digits)) throw new PliError("code_malformed");
    if (digits === "5678") return reach({ step: "confirming" });
    const attemptsLeft = view.attemptsLeft - 1;
    reach(attemptsLeft === 0 ? { attemptsLeft, step: "failed", error: "code_wrong" } : { attemptsLeft });
    throw new PliError("code_wrong");
  };
  const meet = () => reach({ step: "code", say: "1234", peer: "Camille" });
  const finish = () => {
    fake.data.contacts.push(camille);
    reach({ step: "paired", contact: CAMILLE, conversation: camille.conversation });
  };
  return { fake, view, reach, meet, finish };
}

describe("pairing in JSON", () => {
  test("an inviter gets the link, the digits to read out, and the contact", async () => {
    const { fake, meet, finish } = createPlayedPairing("inviter");
    const pli = createFakeWorld({ fake, lines: ["5678"] });
    const ended = pli.run("invite", "--json", "--base", "https://pli.example.org");
    await settle();
    expect(pli.events()).toEqual([{ event: "link", link: LINK, expiresAt: NOW + 86_400_000 }]);
    meet();
    await settle();
    expect(pli.events()[1]).toEqual({ event: "code", say: "1234", peer: "Camille" });
    finish();
    expect(await ended).toBe(0);
    expect(pli.events()[2]).toEqual({ event: "paired", contact: { name: "Camille", level: 3, id: CAMILLE } });
    expect(pli.events()).toHaveLength(3);
    expect(fake.calls[0]).toEqual(["createInvitation", { base: "https://pli.example.org" }]);
    expect(fake.watching()).toBe(0);
    expect(pli.stderr()).toBe("");
    expect(pli.prompts).toEqual([""]);
  });

  test("a responder's first line is the digits; spaces and dashes in what is typed do not count", async () => {
    const { fake, meet, finish, reach } = createPlayedPairing("responder");
    const pli = createFakeWorld({ fake, lines: [" 56-78 "] });
    const ended = pli.run("accept", LINK, "--json");
    await settle();
    reach({ step: "waiting", peer: "Camille" });
    meet();
    await settle();
    finish();
    expect(await ended).toBe(0);
    expect(pli.events().map(({ event }) => event)).toEqual(["code", "paired"]);
    expect(fake.calls).toContainEqual(["acceptInvitation", { link: LINK }]);
    expect(fake.calls).toContainEqual(["typeCode", { pairing: "p1", digits: "5678" }]);
  });

  test("a link that is not on the command line is the first line of the input", async () => {
    const { fake, meet, finish } = createPlayedPairing("responder");
    const pli = createFakeWorld({ fake, lines: [LINK, "5678"] });
    const ended = pli.run("accept", "--json");
    await settle();
    meet();
    await settle();
    finish();
    expect(await ended).toBe(0);
    expect(fake.calls[0]).toEqual(["acceptInvitation", { link: LINK }]);
  });

  test("each wrong entry tells what is left, the third ends it", async () => {
    const { fake, meet } = createPlayedPairing("inviter");
    const pli = createFakeWorld({ fake, lines: ["0000", "12", "1111", "2222", "5678"] });
    const ended = pli.run("invite", "--json");
    await settle();
    meet();
    expect(await ended).toBe(5);
    expect(pli.events().slice(2)).toEqual([
      { event: "wrong_code", attemptsLeft: 2 },
      { event: "malformed_code", attemptsLeft: 2 },
      { event: "wrong_code", attemptsLeft: 1 },
      { event: "failed", code: "code_wrong", message: expect.any(String) },
    ]);
    expect(pli.stderr()).not.toBe("");
    expect(fake.calls.filter(([name]) => name === "typeCode")).toHaveLength(4);
  });

  test("one's own digits are an event of their own and cost no try", async () => {
    const { fake, meet, finish } = createPlayedPairing("inviter");
    const right = fake.does.typeCode;
    fake.does.typeCode = (p: never) => {
      if ((p as { digits: string }).digits === "1234") throw new PliError("code_own");
      return right?.(p);
    };
    const pli = createFakeWorld({ fake, lines: ["1234", "5678"] });
    const ended = pli.run("invite", "--json");
    await settle();
    meet();
    await settle();
    finish();
    expect(await ended).toBe(0);
    expect(pli.events()[2]).toEqual({ event: "own_code", attemptsLeft: 3 });
  });

  test("when the input ends before the digits, it is cancelled on both sides", async () => {
    const { fake, meet } = createPlayedPairing("inviter");
    const pli = createFakeWorld({ fake });
    const ended = pli.run("invite", "--json");
    await settle();
    expect(fake.calls.map(([name]) => name)).toEqual(["createInvitation"]);
    meet();
    expect(await ended).toBe(5);
    expect(fake.calls.at(-1)).toEqual(["cancelPairing", { pairing: "p1" }]);
    expect(fake.drains).toContain(3_000);
    expect(pli.events().at(-1)).toMatchObject({ event: "failed", code: "pairing_cancelled" });
  });

  test("interrupted, it is cancelled on both sides and ends with 130", async () => {
    const { fake } = createPlayedPairing("inviter");
    const pli = createFakeWorld({ fake });
    const ended = pli.run("invite", "--json");
    await settle();
    pli.interrupt();
    expect(await ended).toBe(130);
    expect(fake.calls.at(-1)).toEqual(["cancelPairing", { pairing: "p1" }]);
    expect(fake.drains).toContain(3_000);
    expect(pli.events().at(-1)).toMatchObject({ event: "failed", code: "pairing_cancelled" });
    expect(pli.state.closed).toBe(1);
  });

  test.each(["invitation_expired", "invitation_used", "pairing_burned", "pairing_stopped", "pairing_timeout"])(
    "%s ends it while digits are being waited for",
    async (error) => {
      const { fake, meet, reach } = createPlayedPairing("inviter");
      const pli = createFakeWorld({ fake });
      pli.world.stdin.line = () => new Promise(() => {});
      const ended = pli.run("invite", "--json");
      await settle();
      meet();
      await settle();
      reach({ step: "failed", error });
      expect(await ended).toBe(5);
      expect(pli.events().at(-1)).toMatchObject({ event: "failed", code: error });
    },
  );

  test("a pairing that is no longer there is said to be so", async () => {
    const { fake } = createPlayedPairing("inviter");
    fake.data.pairings.splice(0);
    const pli = createFakeWorld({ fake });
    expect(await pli.run("invite", "--json")).toBe(5);
    expect(pli.events()).toMatchObject([{ event: "failed", code: "pairing_unknown" }]);
  });
});

describe("pairing for people", () => {
  test("an inviter sees link, QR code, what to do, large digits, and the end", async () => {
    const { fake, meet, finish } = createPlayedPairing("inviter");
    const pli = createFakeWorld({ fake, terminal: true, lines: ["1111", "5678"], env: { NO_COLOR: "1" } });
    pli.resize(80, 50);
    const ended = pli.run("invite");
    await settle();
    meet();
    await settle();
    finish();
    expect(await ended).toBe(0);
    const shown = pli.stdout();
    expect(shown).toContain(LINK);
    expect(shown).toContain("▀");
    expect(shown).toContain("│    1   2   3   4    │");
    expect(shown).toContain("2 tries are left");
    expect(shown).toContain("Waiting for Camille to type yours");
    expect(shown).toContain("You are talking to Camille. Verified.");
    expect(pli.prompts).toContain("The four digits Camille reads out to you: ");
  });

  test("until the server has the invitation it is being prepared, and there is no link to hand over", async () => {
    const { fake, view, reach } = createPlayedPairing("inviter");
    delete view.link;
    const pli = createFakeWorld({ fake });
    const ended = pli.run("invite");
    await settle();
    expect(pli.stdout()).toBe("Preparing the invitation…\n");
    reach({ link: LINK });
    await settle();
    expect(pli.stdout()).toContain(LINK);
    expect(pli.stdout()).toContain("Waiting for them to open it");
    pli.interrupt();
    expect(await ended).toBe(130);
  });

  test("in a small window the link stands alone, and the code comes once the window is large enough", async () => {
    const { fake, meet } = createPlayedPairing("inviter");
    const pli = createFakeWorld({ fake, terminal: true, env: { NO_COLOR: "1" } });
    pli.resize(40, 15);
    const ended = pli.run("invite");
    await settle();
    expect(pli.stdout()).not.toContain("▀");
    const [, columns, rows] =
      /make this window (\d+) columns wide and (\d+) rows high/u.exec(pli.stdout().replaceAll("\n", " ")) ?? [];
    pli.clear();
    pli.resize(Number(columns), Number(rows) - 1);
    expect(pli.stdout()).toBe("");
    pli.resize(Number(columns), Number(rows));
    expect(pli.stdout()).toContain("▀");
    expect(pli.stdout()).toContain(LINK);
    pli.clear();
    meet();
    await settle();
    pli.resize(200, 90);
    expect(pli.stdout()).not.toContain("▀");
    pli.interrupt();
    await ended;
  });

  test("out of a terminal there is no QR code", async () => {
    const { fake, meet, finish } = createPlayedPairing("inviter");
    const pli = createFakeWorld({ fake, lines: ["5678"] });
    const ended = pli.run("invite");
    await settle();
    meet();
    await settle();
    finish();
    await ended;
    expect(pli.stdout()).toContain(LINK);
    expect(pli.stdout()).not.toContain("▀");
  });

  test("a name that tries to act on the terminal does not, anywhere in it", async () => {
    const { fake, finish, reach } = createPlayedPairing("responder");
    const evil = "Eve\u001b[2J\r\n\u202e$(reboot)";
    camille.name = evil;
    const pli = createFakeWorld({ fake, lines: ["5678"] });
    const ended = pli.run("accept", LINK);
    await settle();
    reach({ step: "waiting", peer: evil });
    await settle();
    reach({ step: "code", say: "1234", peer: evil });
    await settle();
    finish();
    camille.name = "Camille";
    expect(await ended).toBe(0);
    expect(pli.stdout() + pli.prompts.join("")).not.toMatch(/[^\P{Cc}\n]|\u202e/u);
    expect(pli.stdout()).not.toMatch(/^\$/mu);
  });

  test("the command it proposes to copy names the contact only when no shell could read more into it", async () => {
    for (const [name, proposed] of [
      ["Zoé", "pli send Zoé"],
      ["Eve $(reboot)", "pli send c0ffee00"],
      ["-rf", "pli send c0ffee00"],
    ] as const) {
      const { fake, finish, meet } = createPlayedPairing("responder");
      const pli = createFakeWorld({ fake, lines: ["5678"] });
      const ended = pli.run("accept", LINK);
      await settle();
      meet();
      await settle();
      finish();
      Object.assign(fake.data.contacts[0] ?? {}, { name });
      await ended;
      expect(pli.stdout()).toContain(proposed);
    }
    camille.name = "Camille";
  });
});
