import type { CDPSession } from "@playwright/test";
import type { Person } from "./browser.ts";

/** A keeper of passkeys on this machine, as Chromium plays it for tests. */
export interface Authenticator {
  /** Whether it knows the person before it. */
  ownerIs(isUserVerified: boolean): Promise<unknown>;
}

/** Of this page; in a whole browser only. `hasPrf`: its passkeys keep secrets. */
export async function addAuthenticator({ context, page }: Person, { hasPrf = true } = {}): Promise<Authenticator> {
  const session: CDPSession = await context.newCDPSession(page);
  await session.send("WebAuthn.enable");
  const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      ctap2Version: "ctap2_1",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      hasPrf,
      automaticPresenceSimulation: true,
      isUserVerified: true,
    },
  });
  return {
    ownerIs: (isUserVerified) => session.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified }),
  };
}
