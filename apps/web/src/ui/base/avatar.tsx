import styles from "./avatar.module.css";

/** First letters of the first and last words of a name, at most two. */
export function initialsOf(name: string): string {
  const words = name.split(/[\s\-']+/u).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const picked = words.length > 1 ? [words[0], words.at(-1)] : words;
  return picked
    .map((word) => [...(word ?? "")][0] ?? "")
    .join("")
    .toLocaleUpperCase();
}

/** One of eight quiet colours, always the same for the same profile. */
export function toneOf(id: string): number {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.charCodeAt(0)) >>> 0;
  return sum % 8;
}

export function Avatar({
  id,
  name,
  size = "medium",
}: {
  id: string;
  name: string;
  size?: "small" | "medium" | "large";
}) {
  return (
    <span className={[styles["avatar"], styles[size]].join(" ")} data-tone={toneOf(id)} aria-hidden="true">
      {initialsOf(name)}
    </span>
  );
}
