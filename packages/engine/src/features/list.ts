/** The features that are given nothing but the kit: one line a feature. */
export { createActions as actions } from "./actions/feature.ts";
export { createArchive as archive } from "./archive/feature.ts";
export { createEmoji as emoji } from "./emoji/feature.ts";
export { createLockdown as lockdown } from "./lockdown/feature.ts";
export { createPeople as people } from "./people/feature.ts";
export { createSettings as settings } from "./settings/feature.ts";
