/**
 * The kinds of content that this version knows. To add one, write its module and name it here: all
 * that acts on contents by kind then fails to compile until it says what it does with it.
 */
import { control, type ControlBody } from "./control.ts";
import type { Kind } from "./kind.ts";
import { receipt, type ReceiptBody } from "./receipt.ts";
import { text, type TextBody } from "./text.ts";

export type KnownBody = TextBody | ReceiptBody | ControlBody;

const KINDS: { readonly [K in KnownBody["kind"]]: Kind<KnownBody & { readonly kind: K }> } = { text, receipt, control };

export function kindOf<B extends KnownBody>(body: B): Kind<B> {
  return KINDS[body.kind] as unknown as Kind<B>;
}

/** The kind that a part of this content type is. */
export function kindNamed(contentType: string): Kind<KnownBody> | undefined {
  return Object.values(KINDS as unknown as Record<string, Kind<KnownBody>>).find(
    (kind) => kind.contentType === contentType,
  );
}
