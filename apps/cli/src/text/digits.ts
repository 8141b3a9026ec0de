/** Digits in a box, large enough to be read from the other side of a desk. */
export function digitBox(digits: string): string[] {
  const spaced = Array.from(digits).join("   ");
  const bar = "─".repeat(spaced.length + 8);
  return ["", `    ┌${bar}┐`, `    │    ${spaced}    │`, `    └${bar}┘`, ""];
}
