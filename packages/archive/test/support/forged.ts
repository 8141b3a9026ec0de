/** Files that no Pli has written. */
import { seal } from "../../src/age.ts";
import { streamOf } from "../../src/bytes.ts";
import { tarEnd, tarFile } from "../../src/tar.ts";
import { allOf } from "./memory-file.ts";

export const PASSPHRASE = "abandon-ability";
const AT = Date.UTC(2026, 10, 30);
const ALICE = "a1".repeat(32);
export const BOB = "b0".repeat(32);
export const CONVERSATION = "c0".repeat(16);

/** Files of an export by name. */
export type Files = readonly (readonly [string, string])[];

export const header = (version = 1): string =>
  line({ format: "pli-export", version, madeAt: AT, profile: { id: ALICE, name: "Alice", createdAt: AT } });

export const conversation = (more: object = {}): string =>
  line({ id: CONVERSATION, kind: "direct", name: "Bob", contact: BOB, state: "ready", ...more });

export const message = (more: object = {}): string =>
  line({
    id: "d0".repeat(32),
    at: AT,
    from: BOB,
    name: "Bob",
    mine: false,
    state: "received",
    body: { kind: "text", text: "Hello" },
    ...more,
  });

export const contact = (more: object = {}): string =>
  line({ id: BOB, ownName: "Bob", givenName: "", trust: 3, conversation: CONVERSATION, pairedAt: AT, ...more });

export const end = (more: object = {}): string =>
  line({ contacts: 0, conversations: 0, members: 0, messages: 0, leftOut: 0, ...more });

export const line = (value: unknown): string => `${JSON.stringify(value)}\n`;

/** An export of these messages in one conversation. */
export const withMessages = (...messages: string[]): Files => [
  ["export.json", header()],
  ["README.txt", ""],
  ["conversations/000001/conversation.json", conversation()],
  ["conversations/000001/messages-000001.jsonl", messages.join("")],
  ["end.json", end({ conversations: 1, messages: messages.length })],
];

export const tarOf = (files: Files): Uint8Array =>
  concat([...files.flatMap(([name, text]) => tarFile(name, new TextEncoder().encode(text), AT)), tarEnd()]);

export const concat = (parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

export async function sealed(plain: Uint8Array): Promise<Uint8Array> {
  return allOf(
    await seal(
      streamOf(
        (async function* () {
          yield plain;
        })(),
      ),
      PASSPHRASE,
    ),
  );
}
