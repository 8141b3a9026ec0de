import type { MessageView, StatusView } from "@pli/engine/api";
import { PliError } from "@pli/engine/errors";
import { connectApi, serveApi } from "@pli/engine/rpc";
import { propertyRuns } from "@pli/testkit/dials";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fakeEngine, line, settled } from "./support/fake-engine.ts";

const STATUS = { pending: 1 } as unknown as StatusView;

describe("the engine over a channel", () => {
  test("answers calls, and failures with their stable code", async () => {
    const { app, engine } = line();
    serveApi(
      fakeEngine({
        sendText: ({ text }) => Promise.resolve({ message: text }),
        resend: () => Promise.reject(new PliError("message_unknown")),
        markRead: () => Promise.reject(new Error("a secret")),
      }).api,
      engine,
    );
    const api = connectApi(app);
    expect(await api.sendText({ conversation: "c", text: "hello" })).toEqual({ message: "hello" });
    await expect(api.resend({ message: "m" })).rejects.toMatchObject({ code: "message_unknown" });
    await expect(api.markRead({ conversation: "c", upTo: 1 })).rejects.toMatchObject({
      code: "internal",
      message: "internal",
    });
  });

  test("gives live values until they are unwatched, and messages to whoever listens", async () => {
    const { app, engine } = line();
    const fake = fakeEngine();
    serveApi(fake.api, engine);
    const api = connectApi(app);
    const values: unknown[] = [];
    const heard: MessageView[] = [];
    const stop = api.watch("status", {}, (value) => values.push(value));
    api.onMessage((message) => heard.push(message));
    await settled();
    for (const give of fake.watchers) give(STATUS);
    for (const tell of fake.listeners) tell({ id: "m" } as MessageView);
    await settled();
    expect(values).toEqual([STATUS]);
    expect(heard).toEqual([{ id: "m" }]);
    stop();
    await settled();
    expect(fake.watchers.size).toBe(0);
  });

  test("goes on with another engine: watches are opened there, a value already given is not given again", async () => {
    const [first, second] = [line(), line()];
    const [one, two] = [fakeEngine(), fakeEngine()];
    serveApi(one.api, first.engine);
    serveApi(two.api, second.engine);
    const api = connectApi(first.app);
    const values: unknown[] = [];
    api.watch("status", {}, (value) => values.push(value));
    await settled();
    for (const give of one.watchers) give(STATUS);
    await settled();
    first.engine.close();
    expect(one.watchers.size).toBe(0);
    api.replaceChannel(second.app);
    await settled();
    for (const give of two.watchers) give(STATUS);
    for (const give of two.watchers) give({ pending: 2 });
    await settled();
    expect(values).toEqual([STATUS, { pending: 2 }]);
  });

  test("a call in flight when the engine goes fails with engine_gone; one made meanwhile waits for the next", async () => {
    const [first, second] = [line(), line()];
    serveApi(fakeEngine({ typeCode: () => new Promise(() => undefined) }).api, first.engine);
    serveApi(fakeEngine({ sendText: () => Promise.resolve({ message: "m" }) }).api, second.engine);
    const api = connectApi(first.app);
    const lost = api.typeCode({ pairing: "p", digits: "1234" });
    lost.catch(() => undefined);
    await settled();
    first.engine.close();
    await expect(lost).rejects.toMatchObject({ code: "engine_gone" });
    const waiting = api.sendText({ conversation: "c", text: "b" });
    api.replaceChannel(second.app);
    expect(await waiting).toEqual({ message: "m" });
    api.close();
    await expect(api.sendText({ conversation: "c", text: "c" })).rejects.toMatchObject({ code: "engine_gone" });
  });

  test("a text whose answer is lost is sent again under the same name, so that it is one message", async () => {
    const [first, second] = [line(), line()];
    const requests: (string | undefined)[] = [];
    const note = (answer: Promise<{ message: string }>) => (p: { request?: string }) => {
      requests.push(p.request);
      return answer;
    };
    serveApi(fakeEngine({ sendText: note(new Promise(() => undefined)) }).api, first.engine);
    serveApi(fakeEngine({ sendText: note(Promise.resolve({ message: "m" })) }).api, second.engine);
    const api = connectApi(first.app);
    const sent = api.sendText({ conversation: "c", text: "a" });
    await settled();
    first.engine.close();
    api.replaceChannel(second.app);
    expect(await sent).toEqual({ message: "m" });
    expect(requests[0]).toMatch(/^[0-9a-z]{8,}$/);
    expect(requests[1]).toBe(requests[0]);
  });

  test("a call that a closing engine turned down is made again at the next one", async () => {
    const [first, second] = [line(), line()];
    serveApi(fakeEngine({ sendText: () => Promise.reject(new PliError("engine_gone")) }).api, first.engine);
    serveApi(fakeEngine({ sendText: () => Promise.resolve({ message: "m" }) }).api, second.engine);
    const api = connectApi(first.app);
    const sent = api.sendText({ conversation: "c", text: "a" });
    await settled();
    first.engine.close();
    api.replaceChannel(second.app);
    expect(await sent).toEqual({ message: "m" });
  });

  test("nothing of another form reaches the engine", async () => {
    const bad = [
      { type: "call", id: 1, method: "sendText", parameters: { conversation: 1, text: "a" } },
      { type: "call", id: 2, method: "sendText", parameters: { conversation: "c", text: "a", more: true } },
      { type: "call", id: 3, method: "constructor", parameters: {} },
      { type: "call", id: 4, method: "watch", parameters: {} },
      { type: "call", id: 5, method: "read", parameters: { query: "__proto__", parameters: {} } },
      { type: "watch", id: 6, query: "messages", parameters: {} },
      { type: "watch", id: 7, query: "toString", parameters: {} },
    ];
    const { app, engine } = line();
    const fake = fakeEngine();
    serveApi(fake.api, engine);
    const replies: unknown[] = [];
    app.onMessage((reply) => replies.push(reply));
    for (const message of bad) app.send(message);
    await settled();
    expect(replies).toEqual(bad.map(({ id }) => ({ type: "error", id, code: "request_malformed" })));
    expect([fake.calls, fake.watchers.size]).toEqual([[], 0]);
  });

  test("any value from either end is survived", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue(), { maxLength: 20 }), async (messages) => {
        const { app, engine } = line();
        const fake = fakeEngine();
        serveApi(fake.api, engine);
        const api = connectApi(app);
        for (const message of messages) {
          app.send(message);
          engine.send(message);
        }
        await settled();
        await expect(api.reconnect()).resolves.toBeUndefined();
      }),
      { numRuns: propertyRuns(50) },
    );
  });
});
