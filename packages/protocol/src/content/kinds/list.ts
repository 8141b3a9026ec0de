/**
 * The kinds of content that this version knows, each under its name: one line a kind. All that acts
 * on contents by kind fails to compile until it says what it does with a new one.
 */
export { control } from "./control.ts";
export { receipt } from "./receipt.ts";
export { text } from "./text.ts";
