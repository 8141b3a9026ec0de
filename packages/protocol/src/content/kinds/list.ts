/**
 * The kinds of content that this version knows, each under its name: one line a kind. All that acts
 * on contents by kind fails to compile until it says what it does with a new one.
 */
export { control } from "./control.ts";
export { deletion } from "./deletion.ts";
export { edit } from "./edit.ts";
export { reaction } from "./reaction.ts";
export { receipt } from "./receipt.ts";
export { text } from "./text.ts";
export { withdrawal } from "./withdrawal.ts";
