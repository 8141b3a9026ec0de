import type { Replacement } from "./formatting.ts";

/**
 * Replaces a part of a field's text as typing does, so that the browser's own undo takes it back.
 * Where the browser cannot, the text changes without.
 */
export function replaceIn(field: HTMLTextAreaElement, { from, to, by, start, end }: Replacement): void {
  field.focus({ preventScroll: true });
  field.setSelectionRange(from, to);
  // Deprecated, and the only way that keeps the undo of the browser.
  const isDone = by === "" ? document.execCommand("delete") : document.execCommand("insertText", false, by);
  if (!isDone) {
    field.setRangeText(by, from, to, "end");
    field.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertText" }));
  }
  field.setSelectionRange(start, end);
}
