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

/** How the base64 of each kind of picture that may be shown begins. */
const KINDS = { "/9j/": "jpeg", iVBOR: "png", UklGR: "webp" } as const;

/**
 * A picture as an address; undefined when there is none, or when it is of no kind that a group may
 * have.
 */
export function pictureSource(base64: string): string | undefined {
  const kind = Object.entries(KINDS).find(([start]) => base64.startsWith(start))?.[1];
  return kind === undefined ? undefined : `data:image/${kind};base64,${base64}`;
}

export type AvatarSize = "tiny" | "small" | "medium" | "large";

interface AvatarProps {
  id: string;
  name: string;
  size?: AvatarSize;
  /** A group has corners, a person has none. */
  group?: boolean;
  /** Base64 of a picture to show instead of the initials. */
  picture?: string | undefined;
}

export function Avatar({ id, name, size = "medium", group = false, picture = "" }: AvatarProps) {
  const source = pictureSource(picture);
  const classes = [styles["avatar"], styles[size], group ? styles["group"] : ""].join(" ");
  return (
    <span className={classes} data-tone={toneOf(id)} aria-hidden="true">
      {source === undefined ? initialsOf(name) : <img src={source} alt="" />}
    </span>
  );
}
