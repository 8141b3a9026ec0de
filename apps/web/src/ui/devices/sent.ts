/** Behind the address of the page on which a device is added, when a link led to it. */
export const SENT = "?sent";

/**
 * A link of a device that was opened outside Pli does nothing: it leaves the address bar and the
 * history, and what is kept of it is the warning. Somebody may have sent it.
 */
export function refuseDeviceLink(): void {
  if (location.pathname === "/d") history.replaceState({ depth: 0 }, "", `/settings/devices/add${SENT}`);
}
