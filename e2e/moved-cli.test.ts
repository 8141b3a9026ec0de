import { expect, onTestFinished, test } from "vitest";
import { pairHomesOnStore } from "./lib/pair.ts";
import { runPli, startPli } from "./lib/pli.ts";
import { hasFolder, startStoreProcess } from "./lib/store-process.ts";

test.runIf(hasFolder)(
  "pli doctor gives a profile the new address of its store, and every command after it finds the store",
  async () => {
    const { store, alice, bob } = await pairHomesOnStore();
    await store.stop();
    const [waiting] = await runPli(alice, undefined, "send", "Bob", "while it moved", "--wait", "0");
    expect(waiting).toMatchObject({ event: "message", state: "saved" });

    const moved = await startStoreProcess(store.data);
    onTestFinished(moved.kill);
    expect(await startPli(alice, undefined, "doctor").ended).toBe(1);
    for (const home of [alice, bob]) {
      const checks = await runPli(home, moved.origin, "doctor");
      expect(checks.find(({ name }) => name === "connection")).toMatchObject({
        state: "ok",
        details: { store: moved.origin },
      });
    }
    await runPli(alice, undefined, "send", "Bob", "after it");
    const listening = startPli(bob, undefined, "listen", "--unread");
    onTestFinished(() => void listening.child.kill("SIGKILL"));
    const isFrom = ({ kind }: Record<string, unknown>): boolean => kind === "text";
    expect((await listening.next("message", isFrom))["text"]).toBe("while it moved");
    expect((await listening.next("message", isFrom))["text"]).toBe("after it");
  },
  120_000,
);
