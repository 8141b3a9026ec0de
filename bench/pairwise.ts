/**
 * The peer of `groups`: the same text sealed once for every other member, as libsignal does between
 * two devices. It is under the AGPL and 160 MB large, so it is none of our dependencies; `npm
 * install --no-save
 * @signalapp/libsignal-client@0.103.0` puts it beside for a comparison.
 */
const LIBSIGNAL = "@signalapp/libsignal-client";

type Bytes = Uint8Array;
type PublicKey = { serialize(): Bytes };
type PrivateKey = { getPublicKey(): PublicKey; sign(bytes: Bytes): Bytes };
type KemKeys = { getPublicKey(): PublicKey };
type Address = { name(): string };
type Message = { serialize(): Bytes };
type Maker = { new: (...parts: unknown[]) => object };

/** What is used of libsignal. */
interface Signal {
  PrivateKey: { generate(): PrivateKey };
  KEMKeyPair: { generate(): KemKeys };
  ProtocolAddress: { new: (name: string, device: number) => Address };
  PreKeyBundle: Maker;
  SignedPreKeyRecord: Maker;
  KyberPreKeyRecord: Maker;
  PreKeySignalMessage: { deserialize(bytes: Bytes): object };
  SignalMessage: { deserialize(bytes: Bytes): object };
  SessionStore: new () => object;
  IdentityKeyStore: new () => object;
  PreKeyStore: new () => object;
  SignedPreKeyStore: new () => object;
  KyberPreKeyStore: new () => object;
  processPreKeyBundle(bundle: object, to: Address, from: Address, ...stores: object[]): Promise<void>;
  signalEncrypt(text: Bytes, to: Address, from: Address, ...stores: object[]): Promise<Message>;
  signalDecrypt(message: object, from: Address, to: Address, ...stores: object[]): Promise<Bytes>;
  signalDecryptPreKey(message: object, from: Address, to: Address, ...stores: object[]): Promise<Bytes>;
}

/**
 * CPU time of one text for `count` others, every session established; undefined when libsignal is
 * not there.
 */
export async function pairwiseMilliseconds(count: number, text: Bytes): Promise<number | undefined> {
  const signal = await libsignal();
  if (signal === undefined) return undefined;
  const own = signal.ProtocolAddress.new("own", 1);
  const stores = [sessionStore(signal), identityStore(signal, signal.PrivateKey.generate())];
  const others = Array.from({ length: count }, (_, i) => signal.ProtocolAddress.new(`other ${i}`, 1));
  const meet = everybodyElse(signal);
  for (const other of others) await meet(own, other, stores);
  const before = process.cpuUsage();
  for (const other of others) await signal.signalEncrypt(text, other, own, ...stores);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

async function libsignal(): Promise<Signal | undefined> {
  try {
    return (await import(LIBSIGNAL)) as Signal;
  } catch {
    return undefined;
  }
}

/**
 * The other end of every session, with the same keys in each: a first message, and the answer that
 * settles the session.
 */
function everybodyElse(signal: Signal): (own: Address, other: Address, stores: object[]) => Promise<void> {
  const [identityKey, signedKey, kemKey] = [signal.PrivateKey, signal.PrivateKey, signal.KEMKeyPair].map((keys) =>
    keys.generate(),
  ) as [PrivateKey, PrivateKey, KemKeys];
  const identity = identityStore(signal, identityKey);
  const [signedPublic, kemPublic] = [signedKey.getPublicKey(), kemKey.getPublicKey()];
  const signedBy = identityKey.sign(signedPublic.serialize());
  const kemBy = identityKey.sign(kemPublic.serialize());
  const key = identityKey.getPublicKey();
  const bundle = signal.PreKeyBundle.new(1, 1, null, null, 1, signedPublic, signedBy, key, 1, kemPublic, kemBy);
  const signed = signal.SignedPreKeyRecord.new(1, 0, signedPublic, signedKey, signedBy);
  const kem = signal.KyberPreKeyRecord.new(1, 0, kemKey, kemBy);
  const preKeys = [
    new (class extends signal.PreKeyStore {})(),
    new (class extends signal.SignedPreKeyStore {
      getSignedPreKey = async () => signed;
    })(),
    new (class extends signal.KyberPreKeyStore {
      getKyberPreKey = async () => kem;
      markKyberPreKeyUsed = async () => {};
    })(),
  ];
  return async (own, other, stores) => {
    const sessions = sessionStore(signal);
    await signal.processPreKeyBundle(bundle, other, own, ...stores);
    const hello = await signal.signalEncrypt(new Uint8Array(1), other, own, ...stores);
    const first = signal.PreKeySignalMessage.deserialize(hello.serialize());
    await signal.signalDecryptPreKey(first, own, other, sessions, identity, ...preKeys);
    const answer = await signal.signalEncrypt(new Uint8Array(1), own, other, sessions, identity);
    await signal.signalDecrypt(signal.SignalMessage.deserialize(answer.serialize()), other, own, ...stores);
  };
}

function sessionStore(signal: Signal): object {
  const kept = new Map<string, unknown>();
  return new (class extends signal.SessionStore {
    saveSession = async (name: Address, record: unknown) => void kept.set(name.name(), record);
    getSession = async (name: Address) => kept.get(name.name()) ?? null;
  })();
}

function identityStore(signal: Signal, key: PrivateKey): object {
  return new (class extends signal.IdentityKeyStore {
    getIdentityKey = async () => key;
    getLocalRegistrationId = async () => 1;
    saveIdentity = async () => 0;
    isTrustedIdentity = async () => true;
    getIdentity = async () => null;
  })();
}
