import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";

const MAIN = fileURLToPath(new URL("../bin/pli-server.mjs", import.meta.url));

interface Run {
  readonly child: ChildProcess;
  readonly out: () => string;
  /** Resolves when standard output holds `text`. */
  readonly says: (text: string) => Promise<void>;
  readonly end: Promise<{ code: number | null; err: string }>;
}

const testFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "pli-server-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

const run = (flags: readonly string[]): Run => {
  const child = spawn(process.execPath, [MAIN, ...flags], { stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  let err = "";
  const heard: (() => void)[] = [];
  child.stdout.on("data", (data: Buffer) => {
    out += data.toString();
    for (const look of heard) look();
  });
  child.stderr.on("data", (data: Buffer) => {
    err += data.toString();
  });
  const end = new Promise<{ code: number | null; err: string }>((resolve) => {
    child.on("close", (code) => resolve({ code, err }));
  });
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await end;
  });
  const says = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (out.includes(text)) resolve();
      };
      heard.push(look);
      look();
      void end.then(({ err: told }) => reject(new Error(`ended first: ${told}`)));
    });
  return { child, out: () => out, says, end };
};

const portIn = (text: string): number => Number(/"port":(\d+)|127\.0\.0\.1:(\d+)/.exec(text)?.slice(1).find(Boolean));

describe("the server process", () => {
  test("says where it is in JSON lines, serves, and stops cleanly on SIGTERM and SIGINT", async () => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      const server = run(["--port", "0", "--data", testFolder(), "--banner", "no"]);
      await server.says('"event":"started"');
      expect((await fetch(`http://127.0.0.1:${portIn(server.out())}/readyz`)).status).toBe(200);
      server.child.kill(signal);
      expect(await server.end).toEqual({ code: 0, err: "" });
      expect(server.out().trim().split("\n").at(-1)).toBe('{"level":"info","event":"stopped"}');
    }
  });

  test("prints its address, a QR code and ready on a terminal, and serves the web app it is given", async () => {
    const web = testFolder();
    writeFileSync(join(web, "index.html"), "<title>Pli</title>");
    const server = run(["--port", "0", "--data", testFolder(), "--web", web, "--banner", "yes"]);
    await server.says("\nready\n");
    expect(server.out()).toMatch(/Open http:\/\/127\.0\.0\.1:\d+\n/);
    expect(server.out()).toContain("▀");
    expect(await (await fetch(`http://127.0.0.1:${portIn(server.out())}/i`)).text()).toContain("Pli");
  });

  test("answers to the names it is given, and to no other far one", async () => {
    const flags = ["--port", "0", "--data", testFolder(), "--banner", "no"];
    const server = run([...flags, "--hosts", "pli.example.org"]);
    await server.says('"event":"started"');
    const asked = (host: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const options = { host: "127.0.0.1", port: portIn(server.out()), path: "/livez", headers: { host } };
        get(options, (response) => resolve(response.resume().statusCode)).on("error", reject);
      });
    expect(await asked("pli.example.org")).toBe(200);
    expect(await asked("localhost")).toBe(200);
    expect(await asked("evil.example")).toBe(421);
    await server.says('{"level":"warn","event":"host_unknown"}');
  });

  test("ends with 2 and a sentence when a setting is wrong", async () => {
    expect(await run(["--port", "x"]).end).toEqual({
      code: 2,
      err: 'pli-server: config_invalid: --port must be a whole number from 0 to 65535, not "x"\n',
    });
  });

  test("ends with 1 and a sentence when the data is in use, is not ours, or the port is taken", async () => {
    const data = testFolder();
    const first = run(["--port", "0", "--data", data, "--banner", "no"]);
    await first.says("started");
    const second = await run(["--port", "0", "--data", data]).end;
    expect(second).toEqual({
      code: 1,
      err: `pli-server: data_locked: ${join(data, "store.db")} is in use by another process\n`,
    });
    const third = await run(["--port", String(portIn(first.out())), "--data", testFolder()]).end;
    expect(third.code).toBe(1);
    expect(third.err).toContain("port_in_use");
    const other = testFolder();
    writeFileSync(join(other, "store.db"), "something else entirely".repeat(100));
    expect((await run(["--port", "0", "--data", other]).end).err).toContain(
      `data_damaged: ${join(other, "store.db")} is damaged`,
    );
  });
});
