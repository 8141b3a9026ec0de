import { createInterface, type Interface } from "node:readline";
import { StringDecoder } from "node:string_decoder";
import type { ReadStream, WriteStream } from "node:tty";
import type { Key, Source } from "../world.ts";
import { createKeyReader } from "./keys.ts";

/** How long after Escape the rest of a key may come. */
const ESCAPE_MS = 50;

/**
 * The input of a process. Lines of a pipe are queued from the first question on, so that none is
 * lost between two questions.
 */
export function createSource(input: ReadStream, output: WriteStream, interrupt: () => void): Source {
  const isTerminal = input.isTTY ?? false;
  const piped = createLineQueue(input);
  return {
    isTerminal,
    line: (prompt) => {
      if (isTerminal) return question(input, output, prompt, interrupt);
      output.write(prompt);
      return piped();
    },
    secret: (prompt) => readSecret(input, output, prompt, interrupt),
    all: () => readAll(input),
    keys: (listener) => readKeys(input, listener),
  };
}

function question(input: ReadStream, output: WriteStream, prompt: string, interrupt: () => void) {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const lines = createInterface({ input, output, terminal: true, historySize: 0 });
  lines.on("SIGINT", interrupt);
  lines.on("close", () => resolve(undefined));
  lines.question(prompt, (answer) => {
    resolve(answer);
    lines.close();
  });
  return promise;
}

function createLineQueue(input: ReadStream): () => Promise<string | undefined> {
  const ready: string[] = [];
  const waiting: ((line: string | undefined) => void)[] = [];
  let lines: Interface | undefined;
  let over = false;
  const start = () => {
    lines = createInterface({ input, terminal: false });
    lines.on("line", (line) => {
      const next = waiting.shift();
      if (next === undefined) ready.push(line);
      else next(line);
    });
    lines.on("close", () => {
      over = true;
      waiting.splice(0).forEach((resolve) => resolve(undefined));
    });
  };
  return () => {
    if (lines === undefined) start();
    const line = ready.shift();
    if (line !== undefined || over) return Promise.resolve(line);
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    waiting.push(resolve);
    return promise;
  };
}

async function readAll(input: ReadStream): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  for await (const chunk of input) chunks.push(Buffer.from(chunk));
  return textOf(Buffer.concat(chunks));
}

/** Undefined when the bytes are not UTF-8. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** What was typed ahead of the next question stays in the input. */
function readKeys(input: ReadStream, listener: (key: Key) => void): () => void {
  const decoder = new StringDecoder("utf8");
  const reader = createKeyReader(listener, shortly);
  const take = (data: Buffer | string): void => reader.take(typeof data === "string" ? data : decoder.write(data));
  input.setRawMode(true);
  input.on("data", take);
  input.resume();
  return () => {
    input.off("data", take);
    input.setRawMode(false);
    input.pause();
    const rest = reader.stop();
    if (rest !== "") input.unshift(Buffer.from(rest));
  };
}

/** Lets a process that was busy read first what has come meanwhile. */
function shortly(work: () => void): () => void {
  let stopped = false;
  const timer = setTimeout(() => setImmediate(() => stopped || work()), ESCAPE_MS);
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

function readSecret(input: ReadStream, output: WriteStream, prompt: string, interrupt: () => void) {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  let typed: string[] = [];
  output.write(prompt);
  const stop = readKeys(input, ({ name, ctrl, text }) => {
    if (ctrl && name === "c") interrupt();
    else if (name === "return" || name === "enter") finish(typed.join(""));
    else if (ctrl && name === "d" && typed.length === 0) finish(undefined);
    else if (name === "backspace") typed.pop();
    else if (ctrl && name === "u") typed = [];
    else if (text !== "") typed.push(name === "paste" ? (text.split(/[\r\n]/u, 1)[0] ?? "") : text);
  });
  const finish = (answer: string | undefined) => {
    stop();
    output.write("\n");
    resolve(answer);
  };
  return promise;
}
