import { PliError } from "@pli/engine/errors";
import { describe, expect, test } from "vitest";
import { createFakeApi } from "../fake-api.ts";
import { createFakeWorld } from "../fake-world.ts";

const WORDS = Array.from({ length: 19 }, (_, at) => `word${at}`);

function createPli(setup: { terminal?: boolean; lines?: string[] } = {}) {
  const fake = createFakeApi();
  return createFakeWorld({ fake, ...setup });
}

describe("recovery", () => {
  test("show prints the words in the language asked for, to programs as a list", async () => {
    const pli = createPli();
    pli.fake.does.recoveryWords = ({ language }: { language: string }) => [language, ...WORDS.slice(1)];
    expect(await pli.run("recovery", "show", "--json", "--lang", "fr")).toBe(0);
    expect(pli.events()).toEqual([{ event: "recovery", words: ["fr", ...WORDS.slice(1)] }]);
    pli.clear();
    await pli.run("recovery", "show");
    expect(pli.stdout()).toContain("   1. en\n   2. word1\n");
    expect(pli.stdout()).toContain("  19. word18\n");
  });

  test("show says when nobody can show them any more", async () => {
    const pli = createPli();
    pli.fake.does.recoveryWords = () => Promise.reject(new PliError("recovery_words_gone"));
    expect(await pli.run("recovery", "show", "--json")).not.toBe(0);
    expect(pli.events()).toMatchObject([{ event: "failed", code: "recovery_words_gone" }]);
  });

  test("check reads the words as a line", async () => {
    const pli = createPli({ lines: [WORDS.join(" ")] });
    pli.fake.does.checkRecovery = ({ words }: { words: string }) => ({ right: words === WORDS.join(" ") });
    expect(await pli.run("recovery", "check", "--json")).toBe(0);
    expect(pli.events()).toEqual([{ event: "recovery_checked" }]);
  });

  test("check names the wrong word, and asks again in a terminal only", async () => {
    const unknown = { right: false, code: "recovery_word_unknown", place: 4 };
    const pli = createPli({ lines: ["wrong"] });
    pli.fake.does.checkRecovery = () => unknown;
    expect(await pli.run("recovery", "check", "--json")).not.toBe(0);
    expect(pli.events()).toMatchObject([{ event: "failed", code: "recovery_word_unknown" }]);
    expect(JSON.stringify(pli.events())).toContain("word number 4");

    const shown = createPli({ terminal: true, lines: ["wrong", "right"] });
    shown.fake.does.checkRecovery = ({ words }: { words: string }) => (words === "right" ? { right: true } : unknown);
    expect(await shown.run("recovery", "check", "--lang", "fr")).toBe(0);
    expect(shown.stderr()).toContain("C’est le mot numéro 4.");
    expect(shown.stdout()).toContain("Ce sont bien les mots de ce profil.");
  });

  test("restore reads the words in an empty home, and says what came back", async () => {
    const restored = { name: "Alice", madeAt: 7, contacts: 2, groups: 1, messages: 3 };
    const fake = createFakeApi();
    fake.data.status.profile = undefined;
    const pli = createFakeWorld({ fake, home: "absent", lines: [WORDS.join(" ")] });
    const asked: unknown[] = [];
    fake.does.restoreRecovery = (how: object) => {
      asked.push(how);
      fake.data.status.profile = { id: "aa", name: "Alice", createdAt: 0 };
      return restored;
    };
    expect(await pli.run("recovery", "restore", "--stolen", "--json")).toBe(0);
    expect(asked).toEqual([{ words: WORDS.join(" "), stolen: true }]);
    expect(pli.events()).toMatchObject([{ event: "restored", id: "aa", stolen: true, ...restored }]);
  });

  test("restore changes nothing where there is a profile, and names what is wrong with the words", async () => {
    const there = createPli({ lines: [WORDS.join(" ")] });
    expect(await there.run("recovery", "restore", "--json")).not.toBe(0);
    expect(there.events()).toMatchObject([{ event: "failed", code: "profile_exists" }]);

    const fake = createFakeApi();
    fake.data.status.profile = undefined;
    const pli = createFakeWorld({ fake, home: "absent", lines: ["one two"] });
    fake.does.restoreRecovery = () => ({ code: "recovery_words_missing", words: 2 });
    expect(await pli.run("recovery", "restore", "--json")).not.toBe(0);
    expect(pli.events()).toMatchObject([{ event: "failed", code: "recovery_words_missing" }]);
    expect(JSON.stringify(pli.events())).toContain("You gave 2 words.");
  });

  test("messages says whether there is a copy, turns it on and off, and says what is missing", async () => {
    const pli = createPli();
    pli.fake.does.changeSettings = ({ messageCopy }: { messageCopy: boolean }) => {
      pli.fake.data.messageCopy = {
        isOn: messageCopy,
        isUnderWay: false,
        last: { at: 86_400_000, messages: 1_300, older: 20, until: 2 * 86_400_000, isHere: false },
      };
    };
    expect(await pli.run("recovery", "messages", "--json")).toBe(0);
    expect(pli.events()).toEqual([{ event: "message_copy", on: false, isUnderWay: false }]);
    pli.clear();
    expect(await pli.run("recovery", "messages", "on")).toBe(0);
    expect(pli.stdout()).toMatch(
      /sealed copy.*\nLast copy: .*, 1,300 messages\.\n20 older messages are not in it.*\nAnother of your devices/,
    );
    pli.clear();
    expect(await pli.run("recovery", "messages", "off", "--lang", "fr")).toBe(0);
    expect(pli.stdout()).toMatch(/que sur vos appareils.*\nJusqu’au .*, le serveur peut encore avoir la dernière\./);
    pli.clear();
    pli.fake.data.messageCopy = {
      isOn: true,
      isUnderWay: true,
      refusal: "store_full",
      restoring: { messages: 900, messagesDone: 300, missing: 1, older: 0 },
    };
    await pli.run("recovery", "messages");
    expect(pli.stdout()).toMatch(/it is tried again: .*\n300 of 900 messages are back\.\n1 message of the copy cannot/);
    expect(await pli.run("recovery", "messages", "perhaps")).toBe(2);
  });

  test("without a word it says how it stands with words, backup and copy", async () => {
    const pli = createPli();
    const passkey = { isKept: true, madeAt: 0, storedAt: 0, until: 86_400_000 } as const;
    pli.fake.data.recovery = { isShowable: false, confirmedAt: 0, backedUpAt: 0, passkey };
    expect(await pli.run("recovery", "--json")).toBe(0);
    expect(pli.events()).toEqual([
      { event: "recovery_status", isShowable: false, confirmedAt: 0, backedUpAt: 0, passkey },
    ]);
    expect(await pli.run("recovery", "--lang", "fr")).toBe(0);
    expect(pli.stdout()).toContain("Une clé d’accès ouvre une copie");
    pli.clear();
    pli.fake.data.recovery = { isShowable: true };
    await pli.run("recovery");
    expect(pli.stdout()).toContain("There is no copy in a passkey");
  });

  test("remove-copy says until when the store can have it", async () => {
    const pli = createPli();
    let isRemoved = false;
    pli.fake.does.removePasskeyCopy = () => {
      isRemoved = true;
      pli.fake.data.recovery = { isShowable: false, passkey: { isKept: false, until: 86_400_000 } };
    };
    expect(await pli.run("recovery", "remove-copy", "--json")).toBe(0);
    expect(isRemoved).toBe(true);
    expect(pli.events()[0]).toEqual({ event: "recovery_copy_removed", until: 86_400_000 });
  });

  test("with another word it says what there is", async () => {
    const pli = createPli();
    for (const line of [
      ["recovery", "tell"],
      ["recovery", "show", "more"],
      ["recovery", "remove-copy", "now"],
    ])
      expect(await pli.run(...line)).toBe(2);
  });
});
