import { keptText } from "../kept.ts";

/**
 * The invitation this page was opened with. It is a secret: it leaves the address bar and the
 * history before anything else happens. It outlives a reload of this tab, and nothing else, until
 * it is used or refused.
 */
interface Invitation {
  link: string;
  agreed: boolean;
}

const kept = keptText(() => sessionStorage, "pli.invitation");
let taken: Invitation | undefined;

/**
 * Reads `/i#…` and puts the address of the accept screen in its place; or takes up what this tab
 * had read before.
 */
export function takeInvitation(): void {
  if (location.pathname === "/i") {
    // Also one that lost all behind its #: opened, it says that it was cut short.
    keep({ link: location.href, agreed: false });
    history.replaceState({ depth: 0 }, "", "/accept");
  } else taken = parseInvitation(kept.read());
}

export function invitation(): Readonly<Invitation> | undefined {
  return taken;
}

/** The person said yes by beginning: the invitation need not ask again. */
export function agreeToInvitation(): void {
  if (taken !== undefined) keep({ ...taken, agreed: true });
}

export function forgetInvitation(): void {
  taken = undefined;
  kept.remove();
}

function keep(invitation: Invitation): void {
  taken = invitation;
  kept.write(JSON.stringify(invitation));
}

/** A link of this origin from what was kept; anything else is nothing. */
function parseInvitation(text: string | null): Invitation | undefined {
  try {
    const { link, agreed } = Object(JSON.parse(text ?? "null")) as Partial<Record<keyof Invitation, unknown>>;
    if (typeof link !== "string" || !link.startsWith(`${location.origin}/i`)) return undefined;
    return { link, agreed: agreed === true };
  } catch {
    return undefined;
  }
}
