import type { Mimi } from "../mimi.ts";
import { isLink, type Kind } from "./kind.ts";
import * as kinds from "./list.ts";

type Listed = typeof kinds;
type BodyOf<K> = K extends Kind<infer B> ? B : never;

export type KnownBody = BodyOf<Listed[keyof Listed]>;

/** Each kind stands in the list under the name that its bodies have. */
const KINDS: { readonly [K in KnownBody["kind"]]: Kind<KnownBody & { readonly kind: K }> } = kinds;

export function kindOf<B extends KnownBody>(body: B): Kind<B> {
  return KINDS[body.kind] as unknown as Kind<B>;
}

/** The kind that a message is of; undefined: of none that this version knows. */
export function kindOfMimi({ part, replaces, inReplyTo }: Mimi): Kind<KnownBody> | undefined {
  if (part === undefined) return undefined;
  return Object.values(KINDS as unknown as Record<string, Kind<KnownBody>>).find(
    (kind) =>
      kind.contentType === part.contentType &&
      kind.disposition === part.disposition &&
      isLink(kind.replaces, replaces) &&
      isLink(kind.inReplyTo, inReplyTo),
  );
}
