/** Replays docs/adding-a-feature.md on a copy of the repository. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { mapProblems } from "./architecture/map.ts";
import { copyRepository, type Copy } from "./guide/copy.ts";
import { stepsOf } from "./guide/steps.ts";
import { listFiles, read } from "./repository.ts";

const steps = stepsOf(read("docs/adding-a-feature.md"));
let copy: Copy;

beforeAll(() => {
  copy = copyRepository();
  for (const { path, take } of steps) copy.write(path, take(copy.read(path)));
});
afterAll(() => copy.remove());

const ENGINE = "packages/engine/tsconfig.json";
const ENGINE_AND_TESTS = "packages/engine/tsconfig.test.json";
const WEB = "apps/web/tsconfig.json";
const TERMINAL = "apps/cli/tsconfig.json";

/** A second check of a project looks again only at what depends on what has changed. */
const typeCheck = (project: string): ReturnType<Copy["run"]> =>
  copy.run("tsc", "-p", project, "--incremental", "--tsBuildInfoFile", `${project}.known`);

test.each([ENGINE_AND_TESTS, WEB, TERMINAL])("%s type-checks with it", async (project) => {
  expect(await typeCheck(project)).toEqual({ isDone: true, output: "" });
});

test("its own tests pass", async () => {
  const tests = steps.map(({ path }) => path).filter((path) => path.endsWith(".test.ts"));
  const { isDone, output } = await copy.run("vitest", "run", ...tests, "--no-isolate", "--maxWorkers", "1");
  expect(output).toContain(`${tests.length} passed`);
  expect(isDone).toBe(true);
});

test.each([
  ["packages/protocol/src/content/kinds/list.ts", ENGINE],
  ["packages/engine/src/api/calls.ts", ENGINE],
  ["packages/engine/src/features/list.ts", ENGINE],
  ["packages/engine/src/api/views.ts", ENGINE],
  ["packages/engine/src/features/messages/lines.ts", ENGINE],
  ["apps/web/src/ui/message/kinds/list.ts", WEB],
  ["apps/cli/src/message/kinds/list.ts", TERMINAL],
  ["apps/cli/src/commands/list.ts", TERMINAL],
])("without its line in %s it does not compile", async (path, project) => {
  const step = steps.find((one) => one.path === path);
  const whole = copy.read(path);
  if (step === undefined || whole === undefined) throw new Error(`no step changes ${path}`);
  copy.write(path, step.takeBack(whole));
  const { isDone, output } = await typeCheck(project);
  copy.write(path, whole);
  expect(isDone).toBe(false);
  expect(output).toContain("knock");
});

test("a step that fits nowhere, or twice, is refused", () => {
  const [edit] = stepsOf("```diff a.ts\n one\n+two\n```\n");
  const [file] = stepsOf("```ts a.ts\none\n```\n");
  expect(edit?.take("zero\none\nthree\n")).toBe("zero\none\ntwo\nthree\n");
  expect(edit?.takeBack("zero\none\ntwo\nthree\n")).toBe("zero\none\nthree\n");
  expect(() => edit?.take("someone\n")).toThrow("a.ts");
  expect(() => edit?.take("one\none\n")).toThrow("a.ts");
  expect(() => file?.take("one\n")).toThrow("a.ts");
});

test("the map has a line for each of its folders", () => {
  const files = [...listFiles(), ...steps.map(({ path }) => path)];
  expect(mapProblems(copy.read("ARCHITECTURE.md") ?? "", files)).toEqual([]);
});
