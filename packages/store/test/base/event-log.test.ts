import { describe, expect, test } from "vitest";
import { createJsonLog } from "../../src/base/event-log.ts";

describe("the log", () => {
  test("is one JSON object a line, with no time, up to its level", () => {
    const lines: string[] = [];
    const log = createJsonLog("info", (line) => lines.push(line));
    log("info", "started", { port: 1 });
    log("debug", "noise");
    expect(lines).toEqual(['{"level":"info","event":"started","port":1}']);
  });
});
