/**
 * The addresses of conversations and messages. A browser keeps a history of addresses, in clear:
 * they hold only what this device drew or counted for itself (a conversation's id, a message's
 * place), nothing that the other side knows too.
 */
export const conversationAddress = (id: string): string => `/c/${id}`;

export const contactAddress = (conversation: string): string => `${conversationAddress(conversation)}/contact`;

export const groupAddress = (conversation: string): string => `${conversationAddress(conversation)}/group`;

export const pairingAddress = (id: string): string => `/pairing/${id}`;

export const questionAddress = (id: string): string => `/question/${id}`;

/** The page about the contact or the group of a conversation. */
export const detailsAddress = ({ id, kind }: { id: string; kind: "direct" | "group" }): string =>
  kind === "group" ? groupAddress(id) : contactAddress(id);

export const messageAddress = ({ conversation, order }: { conversation: string; order: number }): string =>
  `${conversationAddress(conversation)}?m=${order}`;
