import type { PliApi, QueryName } from "@pli/engine/api";
import { connectApi, serveApi } from "@pli/engine/rpc";
import { createWorld } from "@pli/testkit";
import { propertyRuns } from "@pli/testkit/dials";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { COMMAND_NAMES, QUERY_NAMES, fieldsOf, isCommand, isQuery, topicsOf } from "../src/api/schema.ts";
import { fakeEngine, line, settled } from "./support/fake-engine.ts";
import { malformedOf, recordOf } from "./support/shaped.ts";

type Values = Record<string, unknown>;
type AnyCalls = Record<string, (p: unknown) => Promise<unknown>>;

const names = [...COMMAND_NAMES, ...QUERY_NAMES].map((name) => [name] as const);

/** What an application asks of a call by name. */
const ask = (api: PliApi, name: string, parameters: Values): Promise<unknown> =>
  name in api
    ? ((api as unknown as AnyCalls)[name] ?? Promise.reject)(parameters)
    : api.read(name as QueryName, parameters as never);

describe("every call of the schema", () => {
  test.each(names)("%s goes over RPC and back with the same parameters", async (name) => {
    await fc.assert(
      fc.asyncProperty(recordOf(fieldsOf(name)), fc.jsonValue(), async (parameters, answer) => {
        const { app, engine } = line();
        const given: Values[] = [];
        const note = (p: unknown): Promise<never> => {
          given.push(p as Values);
          return Promise.resolve(answer as never);
        };
        serveApi(fakeEngine({ [name]: note, read: (_query, p) => note(p) }).api, engine);
        const result = await ask(connectApi(app), name, parameters);
        expect(result).toEqual(JSON.parse(JSON.stringify(answer)));
        const added = name === "sendText" ? { request: given[0]?.["request"] } : {};
        expect(given).toEqual([{ ...added, ...parameters }]);
      }),
      { numRuns: propertyRuns(10) },
    );
  });

  test.each(names)("%s is refused with malformed parameters, and nothing reaches the engine", async (name) => {
    const { app, engine } = line();
    const fake = fakeEngine();
    serveApi(fake.api, engine);
    const api = connectApi(app);
    const fields = fieldsOf(name);
    const [good = {}] = fc.sample(recordOf(fields), { numRuns: 1, seed: 1 });
    for (const malformed of malformedOf(fields, good))
      await expect(ask(api, name, malformed)).rejects.toMatchObject({ code: "request_malformed" });
    await settled();
    expect([fake.calls, fake.watchers.size]).toEqual([[], 0]);
  });

  test("is refused by the engine itself with malformed parameters, and nothing is changed", async () => {
    const alice = await createWorld().person("Alice");
    const before = await alice.read("storage", {});
    for (const [name] of names) {
      const fields = fieldsOf(name);
      const [good = {}] = fc.sample(recordOf(fields), { numRuns: 1, seed: 1 });
      for (const malformed of malformedOf(fields, good))
        await expect(ask(alice.engine, name, malformed)).rejects.toMatchObject({ code: "request_malformed" });
    }
    expect(await alice.read("storage", {})).toEqual(before);
    await alice.engine.close();
  });

  test("is one of the schema: no other name is", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.constantFrom("constructor", "__proto__", "read", "watch")), (name) => {
        const isKnown = names.some(([known]) => known === name);
        expect(isKnown || !(isCommand(name, {}) || isQuery(name, {}))).toBe(true);
      }),
    );
  });

  test("says of a query what makes it another", () => {
    for (const name of QUERY_NAMES) {
      const [parameters = {}] = fc.sample(recordOf(fieldsOf(name)), 1);
      expect(topicsOf(name, parameters as never).length).toBeGreaterThan(0);
    }
  });
});
