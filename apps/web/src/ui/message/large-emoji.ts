const EMOJI = /^(?:\p{RGI_Emoji}\s*){1,3}$/v;
/** Three of the longest take fewer. */
const MAX_LENGTH = 64;

/** Whether a text is one to three emoji and nothing else. */
export const isLargeEmoji = (text: string): boolean => text.length <= MAX_LENGTH && EMOJI.test(text.trim());
