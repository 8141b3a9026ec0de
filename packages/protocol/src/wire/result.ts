/**
 * What depends on somebody else's bytes: a value, or a stable code. Our own mistakes throw instead.
 */
export type Result<T, E extends string = string> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E };

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });

export const err = <E extends string>(error: E): { readonly ok: false; readonly error: E } => ({ ok: false, error });
