import { parseStoreAddress } from "@pli/protocol/pairing";
import { WIRE_PATH } from "@pli/protocol/wire";
import { PliError } from "../../runtime/errors.ts";

/**
 * A store's address as invitations carry it, from what a person typed. Throws
 * `store_address_malformed`.
 */
export function storeAddress(input: string): string {
  const address = parseStoreAddress(input);
  if (!address.ok) throw new PliError(address.error);
  return address.value;
}

/** `ws://host/v1` for `http://host`, `wss://host/v1` for `https://host`. */
export function socketAddress(store: string): string {
  return `${store.replace(/^http/, "ws")}${WIRE_PATH}`;
}
