import { createGroupEngine, type GroupEngine, type KeyPackageRequest, type Pointer } from "@pli/protocol/conversation";
import { createContent, encodeContent, parseContent, type Body } from "@pli/protocol/content";
import type { Crypto } from "@pli/protocol/crypto";
import { encodeGroupControl, encodeRules, parseGroupControl, parseRules, type GroupControl } from "@pli/protocol/group";
import type { Person } from "@pli/testkit";
import { mustBeIn } from "./groups.ts";

export type Invitation = GroupControl & { readonly name: "group-invitation" };

/**
 * Somebody whose device says whatever is put into its mouth, and follows no commit it does not
 * like.
 */
export interface Puppet {
  readonly groups: GroupEngine;
  /** Commits of others are passed over from now on: this device stays in the epoch where it is. */
  deaf: boolean;
  /** The next group it founds is given out for this conversation. */
  disguise: Uint8Array | undefined;
  /** Says these controls, in the conversation of the two with `other`, or in its only group. */
  tell(person: Person, other: string | undefined, controls: readonly GroupControl[]): Promise<void>;
  /** Says these bodies, or contents, whatever they are, as `tell` does. */
  say(person: Person, other: string | undefined, bodies: readonly (Body | Uint8Array)[]): Promise<void>;
  /** Its leaf in the newest epoch of its group. */
  leaf(): { groupId: Uint8Array; encryptionKey: Uint8Array };
  /** One more key package of its device. */
  keyPackage(consent: Uint8Array): Promise<Uint8Array>;
}

export function createPuppet(crypto: Crypto): Puppet {
  const real = createGroupEngine(crypto);
  const words = new Map<string, Body | Uint8Array>();
  let newest: KeyPackageRequest | undefined;
  let leaf: ReturnType<Puppet["leaf"]> | undefined;

  function spoken(content: Uint8Array): Uint8Array {
    const parsed = parseContent(content);
    const body = parsed.ok ? bodyFor(parsed.value.body) : undefined;
    if (body instanceof Uint8Array) return body;
    return parsed.ok && body !== undefined ? encodeContent(createContent(crypto, parsed.value.sentAt, body)) : content;
  }

  function bodyFor(said: Body): Body | Uint8Array | undefined {
    if (said.kind === "text") return words.get(said.text);
    const control = said.kind === "control" ? parseGroupControl(said.name, said.body) : undefined;
    if (control?.ok !== true || control.value.name !== "group-invitation") return undefined;
    return puppet.disguise && encodeGroupControl({ ...control.value, conversation: puppet.disguise });
  }

  function disguised(rules: Uint8Array | undefined): Uint8Array | undefined {
    const parsed = rules === undefined ? undefined : parseRules(rules);
    if (parsed?.ok !== true || puppet.disguise === undefined) return rules;
    return encodeRules({ ...parsed.value, conversation: puppet.disguise });
  }

  const groups: GroupEngine = {
    ...real,
    createKeyPackage: (request) => real.createKeyPackage((newest = request)),
    createGroup: ({ rules, ...request }) => {
      const worn = disguised(rules);
      return real.createGroup({ ...request, ...(worn && { rules: worn }) });
    },
    encrypt: (state, content, aad) => real.encrypt(state, spoken(content), aad),
    exportSecret: (state, label, context, length) => {
      const own = real.members(state).find((member) => member.leaf === real.ownLeaf(state));
      if (real.rules(state) !== undefined && own !== undefined)
        leaf = { groupId: real.groupId(state), encryptionKey: own.encryptionKey };
      return real.exportSecret(state, label, context, length);
    },
    processCommit: (state, bytes, p) =>
      puppet.deaf
        ? Promise.resolve({ ok: false, error: { code: "malformed" } } as unknown as Awaited<
            ReturnType<GroupEngine["processCommit"]>
          >)
        : real.processCommit(state, bytes, p),
  };

  const tell: Puppet["tell"] = (person, other, controls) => say(person, other, controls.map(encodeGroupControl));

  async function say(person: Person, other: string | undefined, bodies: readonly (Body | Uint8Array)[]): Promise<void> {
    for (const body of bodies) {
      const word = `word ${words.size}`;
      words.set(word, body);
      const { id } = other === undefined ? await mustBeIn(person) : await person.conversationWith(other);
      await person.engine.sendText({ conversation: id, text: word });
    }
  }

  async function keyPackage(consent: Uint8Array): Promise<Uint8Array> {
    if (newest === undefined) throw new Error("nobody's device");
    return (await real.createKeyPackage({ ...newest, consent })).keyPackage;
  }

  function ownLeaf(): ReturnType<Puppet["leaf"]> {
    if (leaf === undefined) throw new Error("in no group");
    return leaf;
  }

  const puppet: Puppet = { groups, deaf: false, disguise: undefined, tell, say, leaf: ownLeaf, keyPackage };
  return puppet;
}

/** An invitation to a group that is nowhere: nothing stands in this store where it points. */
export function invitationToNothing(crypto: Crypto, store: string): Invitation {
  const pointer = (): Pointer => ({ seed: crypto.random(32), length: 4000 });
  return {
    name: "group-invitation",
    conversation: crypto.random(32),
    store,
    feed: 0,
    welcome: pointer(),
    tree: pointer(),
    roster: pointer(),
  };
}
