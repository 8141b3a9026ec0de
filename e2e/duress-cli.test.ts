/** A duress passphrase, by real commands. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runPli, startPli } from "./lib/pli.ts";
import { temporaryFolder } from "./lib/store-process.ts";

const OFF_LINE = "http://127.0.0.1:1";

test("a duress passphrase ends what runs on the profile, erases it, and opens an empty one from then on", async () => {
  const home = temporaryFolder("duress");
  const passphrases = temporaryFolder("duress-passphrases");
  const file = (name: string, passphrase: string): string => {
    writeFileSync(join(passphrases, name), `${passphrase}\n`);
    return join(passphrases, name);
  };
  const [own, duress, wrong] = [file("own", "correct horse"), file("duress", "lorem ipsum"), file("wrong", "not it")];
  const by = (passphrase: string, ...words: string[]) => ["--passphrase-file", passphrase, ...words] as const;
  await runPli(home, OFF_LINE, ...by(own, "init", "--name", "Alice"));
  await runPli(home, OFF_LINE, ...by(own, "duress", "--name", "Camille", "--new-passphrase-file", duress));
  const files = readdirSync(home).toSorted();
  const listening = startPli(home, OFF_LINE, ...by(own, "listen"));
  await expect.poll(() => existsSync(join(home, "pli.sock")), { timeout: 30_000 }).toBe(true);
  const sealed = readFileSync(join(home, "key.sealed"));
  const refused = startPli(home, OFF_LINE, ...by(wrong, "contacts"));
  expect([await refused.ended, refused.events.at(-1)?.["code"]]).toEqual([3, "passphrase_wrong"]);

  expect(await runPli(home, OFF_LINE, ...by(duress, "contacts"))).toEqual([]);
  expect(await listening.ended).not.toBe(0);
  const late = startPli(home, OFF_LINE, ...by(own, "contacts"));
  expect([await late.ended, late.events.at(-1)?.["code"]]).toEqual([3, "passphrase_wrong"]);
  expect(refused.events.at(-1)).toEqual(late.events.at(-1));
  await runPli(home, OFF_LINE, ...by(duress, "group", "create", "Lorem"));
  expect(await runPli(home, OFF_LINE, ...by(duress, "group", "list"))).toMatchObject([{ name: "Lorem" }]);
  expect(readdirSync(home).toSorted()).toEqual(files);
  const now = readFileSync(join(home, "key.sealed"));
  expect([now.length, now.includes(sealed.subarray(512, 544))]).toEqual([sealed.length, false]);
});
