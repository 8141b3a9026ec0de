import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { readConfig } from "../src/settings/config.ts";
import { helpMarkdown, helpText } from "../src/settings/help.ts";
import { flagOf, keyOf, OPTIONS, variableOf } from "../src/settings/options.ts";

const fileWith = (text: string): string => {
  const folder = mkdtempSync(join(tmpdir(), "pli-config-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "pli.json");
  writeFileSync(file, text);
  return file;
};
const failure = (flags: readonly string[], environment: NodeJS.ProcessEnv = {}): { code: string; message: string } => {
  try {
    readConfig(flags, environment);
  } catch (error) {
    return error as { code: string; message: string };
  }
  throw new Error("nothing was wrong");
};

describe("settings", () => {
  test("have defaults", () => {
    expect(readConfig([], {})).toMatchObject({
      port: 7540,
      host: "127.0.0.1",
      data: "./data",
      retentionDays: 30,
      behindProxy: false,
    });
  });

  test("are taken from flags before the environment, before the file, before the defaults", () => {
    const file = fileWith('{ "port": 1, "retentionDays": 2, "host": "::1", "behindProxy": true }');
    const environment = { PLI_CONFIG: file, PLI_PORT: "3", PLI_RETENTION_DAYS: "4", PLI_HOST: "" };
    expect(readConfig(["--port", "5"], environment)).toMatchObject({
      port: 5,
      retentionDays: 4,
      host: "::1",
      behindProxy: true,
    });
  });

  test("are read from flags in both forms, a yes or no also alone", () => {
    expect(readConfig(["--port=5", "--behind-proxy", "--data", "/x=y"], {})).toMatchObject({
      port: 5,
      behindProxy: true,
      data: "/x=y",
    });
    expect(readConfig(["--behind-proxy", "false"], {})).toMatchObject({ behindProxy: false });
  });

  test("that are wrong are named, with where they were given and what is accepted", () => {
    const file = fileWith('{ "feeds": 0 }');
    const wrong: [string[], NodeJS.ProcessEnv, string][] = [
      [["--port", "x"], {}, '--port must be a whole number from 0 to 65535, not "x"'],
      [["--port", "65536"], {}, "--port must be"],
      [["--trusted-proxies", "192.0.2.0/33"], {}, "--trusted-proxies must be loopback, private, addresses"],
      [
        ["--hosts", "https://pli.example.org"],
        {},
        "--hosts must be names such as pli.example.org, with commas between",
      ],
      [["--security-contact", "security@example.org"], {}, "--security-contact must be mailto:, https:// or tel:"],
      [["--port", "-1"], {}, "--port must be"],
      [["--port", "1e3"], {}, "--port must be"],
      [["--port="], {}, "--port must be"],
      [[], { PLI_RETENTION_DAYS: "0" }, "PLI_RETENTION_DAYS must be a whole number from 1 to 3650"],
      [["--log-level", "loud"], {}, "--log-level must be error, warn, info, debug"],
      [["--behind-proxy=maybe"], {}, "--behind-proxy must be true or false"],
      [["--config", file], {}, `feeds in ${file} must be a whole number from 1 to 64, not 0`],
    ];
    for (const [flags, environment, sentence] of wrong) {
      const { code, message } = failure(flags, environment);
      expect(code).toBe("config_invalid");
      expect(message).toContain(sentence);
    }
  });

  test("that do not exist are named", () => {
    expect(failure(["--prot", "1"])).toMatchObject({ code: "config_unknown", message: "there is no setting --prot" });
    expect(failure(["7540"])).toMatchObject({ code: "config_unknown" });
    const file = fileWith('{ "prot": 1 }');
    expect(failure(["--config", file])).toMatchObject({
      code: "config_unknown",
      message: `there is no setting prot, in ${file}`,
    });
  });

  test("in a file that cannot be read, or is not a JSON object, are refused by its name", () => {
    expect(failure(["--config", "/no/such/file"])).toMatchObject({
      code: "config_file_unreadable",
      message: "/no/such/file cannot be read",
    });
    for (const text of ["{", "[]", "null", "7"]) {
      const file = fileWith(text);
      expect(failure(["--config", file])).toMatchObject({ code: "config_file_malformed" });
      expect(failure(["--config", file]).message).toContain(file);
    }
  });

  test("are all documented, as the code has them", () => {
    const documented = readFileSync(new URL("../../../docs/configuration.md", import.meta.url), "utf8");
    expect(documented).toContain(helpMarkdown());
    for (const option of OPTIONS) {
      for (const name of [flagOf(option), variableOf(option), keyOf(option)]) expect(helpText()).toContain(name);
    }
  });
});
