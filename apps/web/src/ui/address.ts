/**
 * The addresses of conversations and messages. A browser keeps a history of addresses, in clear: they hold only what this
 * device drew or counted for itself (a conversation's id, a message's place), nothing that the other side knows too.
 */
export const conversationAddress = (id: string): string => `/c/${id}`;

export const contactAddress = (conversation: string): string => `${conversationAddress(conversation)}/contact`;

export const messageAddress = (p: { conversation: string; order: number }): string =>
  `${conversationAddress(p.conversation)}?m=${p.order}`;
