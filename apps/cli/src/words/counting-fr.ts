import { createCounting } from "./counting.ts";

export const { number, plural, some } = createCounting("fr");
