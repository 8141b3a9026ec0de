/** What TypeScript's DOM does not know yet (w3c.github.io/trusted-types). */
interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
}

let policy: { createScriptURL(url: string): string } | undefined;

/**
 * The address of a script of this app, in the form that `require-trusted-types-for 'script'` lets
 * pass.
 */
export function trustedScriptUrl(url: string): string {
  policy ??= (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy("pli", rules) ?? rules;
  return policy.createScriptURL(url);
}

/** Refuses every script from anywhere else. */
const rules = {
  createScriptURL(url: string): string {
    if (new URL(url, location.href).origin !== location.origin) throw new TypeError("not a script of this app");
    return url;
  },
};
