/** What can be done with a conversation, in the order of its menu. */
import type { ThreadChoice } from "./choice.ts";
import { details } from "./details.tsx";
import { find } from "./find.tsx";
import { lock } from "./lock.tsx";
import { mute } from "./mute.tsx";

export const THREAD_CHOICES: readonly ThreadChoice[] = [details, find, mute, lock];
