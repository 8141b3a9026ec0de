/** Characters. */
export const MAX_NAME = 64;
export const MAX_DESCRIPTION = 1000;
