import type { CiphersuiteImpl, ClientState, RatchetTree } from "ts-mls";
import { decodeAuthenticatedContent } from "ts-mls/authenticatedContent.js";
import { defaultClientConfig } from "ts-mls/clientConfig.js";
import { joinGroup, makePskIndex } from "ts-mls/clientState.js";
import { determineLength } from "ts-mls/codec/variableLength.js";
import { refhash } from "ts-mls/crypto/hash.js";
import { decryptWithLabel, encryptWithLabel } from "ts-mls/crypto/hpke.js";
import { deriveSecret, deriveTreeSecret, expandWithLabel } from "ts-mls/crypto/kdf.js";
import { signWithLabel, verifyWithLabel } from "ts-mls/crypto/signature.js";
import type { FramedContentInfo } from "ts-mls/framedContent.js";
import { verifyConfirmationTag } from "ts-mls/framedContent.js";
import { decodeGroupContext } from "ts-mls/groupContext.js";
import { acceptAll } from "ts-mls/incomingMessageAction.js";
import { initializeEpoch, mlsExporter } from "ts-mls/keySchedule.js";
import { decodeMlsMessage } from "ts-mls/message.js";
import { unprotectPrivateMessage } from "ts-mls/messageProtection.js";
import { unprotectPublicMessage } from "ts-mls/messageProtectionPublic.js";
import { processMessage } from "ts-mls/processMessages.js";
import { encodeProposal } from "ts-mls/proposal.js";
import { encodeCommit } from "ts-mls/commit.js";
import { decodeRatchetTree } from "ts-mls/ratchetTree.js";
import { createSecretTree, deriveKey, deriveNonce, ratchetUntil } from "ts-mls/secretTree.js";
import { expandSenderDataKey, expandSenderDataNonce } from "ts-mls/sender.js";
import { createConfirmedHash, createInterimHash } from "ts-mls/transcriptHash.js";
import { left, nodeWidth, parent, right, root, sibling, toNodeIndex } from "ts-mls/treemath.js";
import { bytesToBase64 } from "ts-mls/util/byteArray.js";
import { beforeAll, describe, expect, test } from "vitest";
import { getCiphersuiteFromName } from "ts-mls/crypto/ciphersuite.js";
import { defaultCryptoProvider } from "ts-mls/crypto/implementation/default/provider.js";
import { shapeProblem } from "../src/conversation/mls/check-tree.ts";
import { createSuite, INTEROP_SUITE } from "../src/conversation/mls/ciphersuite.ts";
import type { Suite } from "../src/conversation/mls/ciphersuite.ts";
import { createCrypto, toHex } from "../src/crypto/index.ts";
import { casesOf, message, sum } from "./mls-cases.ts";
import type { Passive, Suited } from "./mls-cases.ts";
import { hex } from "./hex.ts";
import { announce, readVectors, vectorsPresent } from "./published-vectors.ts";

const CASES = {
  "crypto-basics": 1,
  "key-schedule": 1,
  "secret-tree": 3,
  "message-protection": 1,
  "transcript-hashes": 1,
};
const FREE = { "tree-math": 10, deserialization: 14 };
const PASSIVE = { "passive-client-welcome": 8, "passive-client-handling-commit": 13 };
const expected = { ...CASES, ...FREE, ...PASSIVE };

let suite: Suite;
let cs: CiphersuiteImpl;
beforeAll(async () => {
  suite = createSuite(await createCrypto(), INTEROP_SUITE);
  ({ cs } = suite);
});

const ours = <T>(name: keyof typeof expected): T[] => casesOf<T>(name, expected[name]);

if (!vectorsPresent) announce("MLS, suite 3", sum(expected));

describe.skipIf(!vectorsPresent)("MLS working group vectors with our provider", () => {
  test("crypto-basics", async () => {
    for (const v of ours<Basics>("crypto-basics")) {
      const {
        ref_hash: ref,
        expand_with_label: expand,
        derive_secret: derive,
        derive_tree_secret: tree,
        sign_with_label: sign,
        encrypt_with_label: enc,
      } = v;
      expect(toHex(await refhash(ref.label, hex(ref.value), cs.hash))).toBe(ref.out);
      expect(
        toHex(await expandWithLabel(hex(expand.secret), expand.label, hex(expand.context), expand.length, cs.kdf)),
      ).toBe(expand.out);
      expect(toHex(await deriveSecret(hex(derive.secret), derive.label, cs.kdf))).toBe(derive.out);
      expect(toHex(await deriveTreeSecret(hex(tree.secret), tree.label, tree.generation, tree.length, cs.kdf))).toBe(
        tree.out,
      );
      expect(toHex(await signWithLabel(hex(sign.priv), sign.label, hex(sign.content), cs.signature))).toBe(
        sign.signature,
      );
      expect(
        await verifyWithLabel(hex(sign.pub), sign.label, hex(sign.content), hex(sign.signature), cs.signature),
      ).toBe(true);
      const privateKey = await cs.hpke.importPrivateKey(hex(enc.priv));
      const open = (kem: Uint8Array, ct: Uint8Array) =>
        decryptWithLabel(privateKey, enc.label, hex(enc.context), kem, ct, cs.hpke);
      expect(toHex(await open(hex(enc.kem_output), hex(enc.ciphertext)))).toBe(enc.plaintext);
      const publicKey = await cs.hpke.importPublicKey(hex(enc.pub));
      const again = await encryptWithLabel(publicKey, enc.label, hex(enc.context), hex(enc.plaintext), cs.hpke);
      expect(toHex(await open(again.enc, again.ct))).toBe(enc.plaintext);
    }
  });

  test("key-schedule", async () => {
    for (const { initial_init_secret: first, epochs } of ours<KeySchedule>("key-schedule")) {
      let init = hex(first);
      for (const e of epochs) {
        const context = decodeGroupContext(hex(e.group_context), 0)?.[0];
        if (context === undefined) throw new Error("no context");
        const got = await initializeEpoch(init, hex(e.commit_secret), context, hex(e.psk_secret), cs.kdf);
        const k = got.keySchedule;
        expect([got.joinerSecret, got.welcomeSecret, got.encryptionSecret].map(toHex)).toEqual([
          e.joiner_secret,
          e.welcome_secret,
          e.encryption_secret,
        ]);
        expect(
          [k.senderDataSecret, k.exporterSecret, k.externalSecret, k.confirmationKey, k.membershipKey].map(toHex),
        ).toEqual([e.sender_data_secret, e.exporter_secret, e.external_secret, e.confirmation_key, e.membership_key]);
        expect([k.resumptionPsk, k.epochAuthenticator, k.initSecret].map(toHex)).toEqual([
          e.resumption_psk,
          e.epoch_authenticator,
          e.init_secret,
        ]);
        const external = await cs.hpke.exportPublicKey((await cs.hpke.deriveKeyPair(k.externalSecret)).publicKey);
        expect(toHex(external)).toBe(e.external_pub);
        const exported = await mlsExporter(
          k.exporterSecret,
          e.exporter.label,
          hex(e.exporter.context),
          e.exporter.length,
          cs,
        );
        expect(toHex(exported)).toBe(e.exporter.secret);
        init = k.initSecret;
      }
    }
  });

  test("secret-tree", async () => {
    const config = { retainKeysForGenerations: 0, retainKeysForEpochs: 1, maximumForwardRatchetSteps: 1000 };
    for (const { sender_data: data, encryption_secret: secret, leaves } of ours<SecretTree>("secret-tree")) {
      const ciphertext = hex(data.ciphertext);
      expect(toHex(await expandSenderDataKey(cs, hex(data.sender_data_secret), ciphertext))).toBe(data.key);
      expect(toHex(await expandSenderDataNonce(cs, hex(data.sender_data_secret), ciphertext))).toBe(data.nonce);
      const tree = await createSecretTree(leaves.length, hex(secret), cs.kdf);
      for (const [leaf, generations] of leaves.entries())
        for (const g of generations) {
          const node = tree[2 * leaf];
          if (node === undefined) throw new Error("no leaf");
          const [application] = await ratchetUntil(node.application, g.generation, config, cs.kdf);
          const [handshake] = await ratchetUntil(node.handshake, g.generation, config, cs.kdf);
          expect(toHex(await deriveKey(application.secret, g.generation, cs))).toBe(g.application_key);
          expect(toHex(await deriveNonce(application.secret, g.generation, cs))).toBe(g.application_nonce);
          expect(toHex(await deriveKey(handshake.secret, g.generation, cs))).toBe(g.handshake_key);
          expect(toHex(await deriveNonce(handshake.secret, g.generation, cs))).toBe(g.handshake_nonce);
        }
    }
  });

  test("message-protection", async () => {
    const config = defaultClientConfig.keyRetentionConfig;
    for (const v of ours<MessageProtection>("message-protection")) {
      const context = {
        version: "mls10",
        cipherSuite: INTEROP_SUITE,
        groupId: hex(v.group_id),
        epoch: BigInt(v.epoch),
        treeHash: hex(v.tree_hash),
        confirmedTranscriptHash: hex(v.confirmed_transcript_hash),
        extensions: [],
      } as const;
      const tree = await createSecretTree(2, hex(v.encryption_secret), cs.kdf);
      for (const [bytes, inside] of [
        [v.proposal_priv, v.proposal],
        [v.commit_priv, v.commit],
        [v.application_priv, v.application],
      ] as const) {
        const message = decodeMlsMessage(hex(bytes), 0)?.[0];
        if (message?.wireformat !== "mls_private_message") throw new Error("wrong kind");
        const got = await unprotectPrivateMessage(
          hex(v.sender_data_secret),
          message.privateMessage,
          tree,
          [],
          { ...context, extensions: [] },
          config,
          cs,
          hex(v.signature_pub),
        );
        expect(toHex(bodyOf(got.content.content))).toBe(inside);
      }
      for (const [bytes, inside] of [
        [v.proposal_pub, v.proposal],
        [v.commit_pub, v.commit],
      ] as const) {
        const message = decodeMlsMessage(hex(bytes), 0)?.[0];
        if (message?.wireformat !== "mls_public_message") throw new Error("wrong kind");
        const got = await unprotectPublicMessage(
          hex(v.membership_key),
          { ...context, extensions: [] },
          [],
          message.publicMessage,
          cs,
          hex(v.signature_pub),
        );
        expect(toHex(bodyOf(got.content))).toBe(inside);
      }
    }
  });

  test("transcript-hashes", async () => {
    for (const v of ours<Transcript>("transcript-hashes")) {
      const content = decodeAuthenticatedContent(hex(v.authenticated_content), 0)?.[0];
      if (content?.content.contentType !== "commit" || content.auth.contentType !== "commit")
        throw new Error("not a commit");
      const input = { wireformat: content.wireformat, content: content.content, signature: content.auth.signature };
      const confirmed = await createConfirmedHash(hex(v.interim_transcript_hash_before), input, cs.hash);
      expect(toHex(confirmed)).toBe(v.confirmed_transcript_hash_after);
      expect(toHex(await createInterimHash(confirmed, content.auth.confirmationTag, cs.hash))).toBe(
        v.interim_transcript_hash_after,
      );
      expect(
        await verifyConfirmationTag(hex(v.confirmation_key), content.auth.confirmationTag, confirmed, cs.hash),
      ).toBe(true);
    }
  });

  test("tree-math and deserialization", () => {
    for (const v of ours<TreeMath>("tree-math")) {
      expect([nodeWidth(v.n_leaves), root(v.n_leaves)]).toEqual([v.n_nodes, v.root]);
      const either = (f: () => number) => {
        try {
          return f();
        } catch {
          return null;
        }
      };
      for (let i = 0; i < v.n_nodes; i++) {
        const node = toNodeIndex(i);
        const got = [
          () => left(node),
          () => right(node),
          () => parent(node, v.n_leaves),
          () => sibling(node, v.n_leaves),
        ].map(either);
        expect(got).toEqual([v.left[i], v.right[i], v.parent[i], v.sibling[i]]);
      }
    }
    for (const v of ours<{ vlbytes_header: string; length: number }>("deserialization"))
      expect(determineLength(hex(v.vlbytes_header)).length).toBe(v.length);
  });

  test.for(["passive-client-welcome", "passive-client-handling-commit"] as const)("%s", async (name) => {
    for (const v of ours<Passive>(name)) await followed(v, cs);
  });

  test("passive-client-random, 200 epochs of suite 1: AES and HPKE from the library, hashes and signatures ours", async () => {
    const [v, ...more] = readVectors("mls/passive-client-random.json") as Passive[];
    if (v === undefined || more.length > 0) throw new Error("expected one case");
    const suite = "MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519";
    const { hpke } = await defaultCryptoProvider.getCiphersuiteImpl(getCiphersuiteFromName(suite));
    announce(
      "published vectors: mls/passive-client-random: 1 case of suite 1 ran with the library's AES-128-GCM and HPKE, not with our provider alone",
      0,
    );
    expect(v.epochs).toHaveLength(200);
    await followed(v, { ...cs, name: suite, hpke });
  });
});

/**
 * A client that only joins and reads: after each step it must hold the group's epoch authenticator,
 * and a tree of which our own check finds that it could be joined.
 */
async function followed(v: Passive, cs: CiphersuiteImpl): Promise<void> {
  const externalPsks = Object.fromEntries(
    v.external_psks.map(({ psk_id: id, psk }) => [bytesToBase64(hex(id)), hex(psk)]),
  );
  const keyPackage = message(v.key_package, "mls_key_package").keyPackage;
  const { welcome } = message(v.welcome, "mls_welcome");
  const keys = {
    initPrivateKey: hex(v.init_priv),
    hpkePrivateKey: hex(v.encryption_priv),
    signaturePrivateKey: hex(v.signature_priv),
  };
  const tree: RatchetTree | undefined =
    v.ratchet_tree === null ? undefined : decodeRatchetTree(hex(v.ratchet_tree), 0)?.[0];
  let state: ClientState = await joinGroup(welcome, keyPackage, keys, makePskIndex(undefined, externalPsks), cs, tree);
  expect(toHex(state.keySchedule.epochAuthenticator)).toBe(v.initial_epoch_authenticator);
  for (const epoch of v.epochs) {
    for (const bytes of [...epoch.proposals, epoch.commit]) {
      const received = decodeMlsMessage(hex(bytes), 0)?.[0];
      if (received?.wireformat !== "mls_private_message" && received?.wireformat !== "mls_public_message")
        throw new Error("wrong kind");
      state = (await processMessage(received, state, makePskIndex(state, externalPsks), acceptAll, cs)).newState;
    }
    expect(toHex(state.keySchedule.epochAuthenticator)).toBe(epoch.epoch_authenticator);
    expect(shapeProblem(suite, state.ratchetTree, state.groupContext.treeHash)).toBeUndefined();
  }
}

function bodyOf(content: FramedContentInfo): Uint8Array {
  if (content.contentType === "application") return content.applicationData;
  return content.contentType === "proposal" ? encodeProposal(content.proposal) : encodeCommit(content.commit);
}

type Labelled = { label: string; out: string; secret: string };
type Basics = Suited & {
  ref_hash: { label: string; value: string; out: string };
  expand_with_label: Labelled & { context: string; length: number };
  derive_secret: Labelled;
  derive_tree_secret: Labelled & { generation: number; length: number };
  sign_with_label: { priv: string; pub: string; content: string; label: string; signature: string };
  encrypt_with_label: {
    priv: string;
    pub: string;
    label: string;
    context: string;
    plaintext: string;
    kem_output: string;
    ciphertext: string;
  };
};
type EpochNames =
  | "group_context"
  | "commit_secret"
  | "psk_secret"
  | "joiner_secret"
  | "welcome_secret"
  | "encryption_secret"
  | "sender_data_secret"
  | "exporter_secret"
  | "external_secret"
  | "confirmation_key"
  | "membership_key"
  | "resumption_psk"
  | "epoch_authenticator"
  | "init_secret"
  | "external_pub";
type KeySchedule = Suited & {
  initial_init_secret: string;
  epochs: (Record<EpochNames, string> & {
    exporter: { label: string; context: string; length: number; secret: string };
  })[];
};
type Generation = Record<"application_key" | "application_nonce" | "handshake_key" | "handshake_nonce", string> & {
  generation: number;
};
type SecretTree = Suited & {
  sender_data: Record<"sender_data_secret" | "ciphertext" | "key" | "nonce", string>;
  encryption_secret: string;
  leaves: Generation[][];
};
type MessageProtection = Suited & { epoch: number } & Record<
    | "group_id"
    | "tree_hash"
    | "confirmed_transcript_hash"
    | "signature_pub"
    | "encryption_secret"
    | "sender_data_secret"
    | "membership_key"
    | "proposal"
    | "proposal_priv"
    | "proposal_pub"
    | "commit"
    | "commit_priv"
    | "commit_pub"
    | "application"
    | "application_priv",
    string
  >;
type Transcript = Suited &
  Record<
    | "confirmation_key"
    | "authenticated_content"
    | "interim_transcript_hash_before"
    | "confirmed_transcript_hash_after"
    | "interim_transcript_hash_after",
    string
  >;
type TreeMath = {
  n_leaves: number;
  n_nodes: number;
  root: number;
  left: (number | null)[];
  right: (number | null)[];
  parent: (number | null)[];
  sibling: (number | null)[];
};
