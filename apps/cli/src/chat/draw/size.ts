import type { Context } from "../../context.ts";

/** How many lines a page of the window has: fewer than are in sight. */
export const pageRows = ({ world }: Context): number => Math.max(1, world.stdout.rows() - 6);
