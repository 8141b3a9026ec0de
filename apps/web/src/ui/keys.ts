/**
 * Whether this key belongs to an input method that is composing a character: its Enter ends the
 * character, and nothing else. Safari ends the composition before it sends the key,
 * but gives the key this number.
 */
export const isComposing = (event: KeyboardEvent): boolean => event.isComposing || event.keyCode === 229;
