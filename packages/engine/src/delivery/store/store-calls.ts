/** Puts and gets on a line, each one request and its answer. */
import type { Put } from "@pli/protocol/object";
import type { Answer, Block, Cell, Label } from "@pli/protocol/wire";
import type { TrafficMeter } from "./traffic-meter.ts";
import type { Ask } from "./requests.ts";

export interface StoreCalls {
  put(put: Put): Promise<"created" | "taken">;
  get(label: Label): Promise<Cell | undefined>;
  getBlock(label: Label): Promise<Block | undefined>;
}

/** `lying`: the answer is none of this request; it drops the line and throws. */
export function createCalls(deps: {
  ask(request: Ask): Promise<Answer>;
  meter: TrafficMeter;
  lying(): never;
}): StoreCalls {
  const { ask, meter, lying } = deps;

  async function put(one: Put): Promise<"created" | "taken"> {
    const { kind, label } = one;
    const isCell = kind === "cell";
    const answer = await ask(
      isCell ? { type: "put", label, cell: one.cell } : { type: "putBlock", label, block: one.block },
    );
    if (answer.type !== "stored") return lying();
    meter.wrote(kind, label, isCell ? one.cell : one.block);
    return answer.outcome;
  }

  async function get(request: Ask): Promise<Uint8Array | undefined> {
    const answer = await ask(request);
    meter.fetched();
    if (answer.type === "absent") return undefined;
    const kind = request.type === "getBlock" ? "block" : "cell";
    return answer.type === "found" && answer.kind === kind ? answer.bytes : lying();
  }

  return {
    put,
    get: async (label) => (await get({ type: "get", label })) as Cell | undefined,
    getBlock: async (label) => (await get({ type: "getBlock", label })) as Block | undefined,
  };
}
