import { connect } from "node:net";

/** One connection of an XMPP client, in plain text on loopback. */
export interface XmppClient {
  /**
   * Resolves once the server has worked through a message to the address: it answers a ping sent
   * behind it.
   */
  message(to: string, body: string): Promise<void>;
  /** Says that it is there: what was kept comes, and whatever is sent from now on. */
  present(): void;
  close(): void;
}

const DOMAIN = "localhost";
export const addressOf = (user: string): string => `${user}@${DOMAIN}`;

const MAX_ATTEMPTS = 5;

/**
 * Registers the user unless it is there, and logs in. `each` gets the body of every message. A
 * server that hangs up meanwhile is called again.
 */
export const connectXmpp = async (port: number, user: string, each: (body: Buffer) => void): Promise<XmppClient> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await logIn(port, user, each);
    } catch (error) {
      if (!(error instanceof HungUp) || attempt === MAX_ATTEMPTS) throw error;
    }
  }
};

class HungUp extends Error {
  override readonly name = "HungUp";
}

const logIn = async (port: number, user: string, each: (body: Buffer) => void): Promise<XmppClient> => {
  const stream = await openSocket(port);
  await stream.open();
  const query = `<query xmlns='jabber:iq:register'><username>${user}</username><password>${user}</password></query>`;
  // The answer is an error when the user is there already.
  await stream.ask(`<iq type='set' id='r' to='${DOMAIN}'>${query}</iq>`);
  const secret = Buffer.from(`\0${user}\0${user}`).toString("base64");
  const login = `<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${secret}</auth>`;
  const answer = await stream.ask(login);
  if (!answer.includes("<success")) throw new Error(`xmpp login: ${answer.toString()}`);
  await stream.open();
  await stream.ask("<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>");
  await stream.ask("<iq type='set' id='s'><session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></iq>");
  return inSession(stream, each);
};

const inSession = (stream: Stream, each: (body: Buffer) => void): XmppClient => {
  const waiting: PromiseWithResolvers<void>[] = [];
  stream.over((error) => {
    for (const { reject } of waiting) reject(error);
  });
  stream.each((stanza) => {
    const kind = stanza.toString("latin1", 0, 3);
    if (kind === "<me") {
      const from = stanza.indexOf("<body>");
      if (stanza.includes("type='error'") || stanza.includes('type="error"')) throw new Error("a message came back");
      if (from !== -1) each(stanza.subarray(from + 6, stanza.indexOf("</body>", from)));
    } else if (kind === "<iq") {
      waiting.shift()?.resolve();
    }
  });
  return {
    message: (to, body) => {
      const answered = Promise.withResolvers<void>();
      waiting.push(answered);
      const ping = `<iq type='get' id='p' to='${DOMAIN}'><ping xmlns='urn:xmpp:ping'/></iq>`;
      stream.send(`<message type='chat' to='${to}'><body>${body}</body></message>${ping}`);
      return answered.promise;
    },
    present: () => stream.send("<presence/>"),
    close: () => stream.close(),
  };
};

interface Stream {
  /** Begins the stream again, and resolves once the server has said what it offers. */
  open(): Promise<void>;
  /** Sends, and resolves with the next stanza; rejects when the line ends before. */
  ask(text: string): Promise<Buffer>;
  send(text: string): void;
  each(stanza: (stanza: Buffer) => void): void;
  /** Called when the line ends, ours or theirs. */
  over(use: (error: HungUp) => void): void;
  close(): void;
}

const HEADER = `<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='${DOMAIN}' version='1.0'>`;

const openSocket = async (port: number): Promise<Stream> => {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  let each: (stanza: Buffer) => void = () => {};
  const splitter = createSplitter((stanza) => each(stanza));
  socket.on("data", (data: Buffer) => splitter.read(data));
  await new Promise((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  socket.on("error", () => {});
  let over: (error: HungUp) => void = () => {};
  socket.once("close", () => over(new HungUp("the server hung up")));
  const ask = (text: string): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      each = resolve;
      over = reject;
      socket.write(text);
    });
  return {
    open: async () => {
      splitter.restart();
      await ask(HEADER);
    },
    ask,
    send: (text) => void socket.write(text),
    each: (use) => {
      each = use;
    },
    over: (use) => {
      over = use;
    },
    close: () => socket.destroy(),
  };
};

/**
 * Cuts a stream into stanzas by counting tags; text and attributes on our streams hold no angle
 * brackets.
 */
const createSplitter = (stanza: (bytes: Buffer) => void): { read(data: Buffer): void; restart(): void } => {
  let bytes: Buffer = Buffer.alloc(0);
  let depth = 0;
  // Where the stanza begins that is being read, and how far it was looked at.
  let start = 0;
  let at = 0;
  const tag = (open: number, end: number): void => {
    const isStreamHeader = depth === 0;
    if (depth === 1) start = open;
    if (bytes[open + 1] === SLASH) depth -= 1;
    else if (bytes[end - 2] !== SLASH) depth += 1;
    if (depth !== 1) return;
    const whole = bytes.subarray(start, end);
    start = end;
    if (!isStreamHeader) stanza(whole);
  };
  return {
    read: (data) => {
      bytes = Buffer.concat([bytes.subarray(start), data]);
      at -= start;
      start = 0;
      for (;;) {
        const open = bytes.indexOf("<", at, "latin1");
        const close = open === -1 ? -1 : bytes.indexOf(">", open, "latin1");
        if (close === -1) return;
        at = close + 1;
        if (bytes[open + 1] !== QUESTION) tag(open, at);
      }
    },
    restart: () => {
      depth = 0;
      bytes = Buffer.alloc(0);
      start = 0;
      at = 0;
    },
  };
};

const SLASH = 0x2f;
const QUESTION = 0x3f;
