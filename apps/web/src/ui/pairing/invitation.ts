/**
 * The invitation this page was opened with. It is a secret: it leaves the address bar and the history before anything
 * else happens, and stays in memory only.
 */
let taken: { link: string; agreed: boolean } | undefined;

/** Reads `/i#…` and puts the address of the accept screen in its place. */
export function takeInvitation(): void {
  if (location.pathname !== "/i") return;
  if (location.hash.length > 1) taken = { link: location.href, agreed: false };
  history.replaceState({ depth: 0 }, "", "/accept");
}

export function invitation(): { link: string; agreed: boolean } | undefined {
  return taken;
}

/** The person said yes by beginning: the invitation need not ask again. */
export function agreeToInvitation(): void {
  if (taken !== undefined) taken.agreed = true;
}

export function forgetInvitation(): void {
  taken = undefined;
}
