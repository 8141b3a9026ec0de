import { expect, test } from "vitest";
import { visibleChange, visibleOperation } from "../../src/group/visible.ts";

const without = [{ id: "aa", name: "Camille" }];

test("scripts see the names of docs/cli.md, in the order that they know", () => {
  const operation = { kind: "successorGroup" as const, without };
  const visible = '{"kind":"refound","without":[{"id":"aa","name":"Camille"}]}';
  expect(JSON.stringify(visibleOperation(operation))).toBe(visible);
  expect(JSON.stringify(visibleChange({ what: "dropped", operation, why: "not_allowed" }))).toBe(
    `{"what":"dropped","wanted":${visible},"why":"not_allowed"}`,
  );
});

test("scripts see all else as the engine gives it", () => {
  const operation = { kind: "remove" as const, who: without };
  expect(visibleOperation(operation)).toBe(operation);
  const change = { what: "refounded" as const, without };
  expect(visibleChange(change)).toBe(change);
});
