/**
 * Stands before every line of a text of others but the first. No text can put it there, so no line
 * of a text passes for another message.
 */
export const GUTTER = "│ ";
