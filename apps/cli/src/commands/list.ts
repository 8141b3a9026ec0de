/** Every command of `pli`, under its name. One that has help and is missing does not compile. */
export { exportCommand as export } from "../archive/export.ts";
export { importCommand as import } from "../archive/import.ts";
export { accept } from "./accept.ts";
export { block, name, unblock } from "./contact.ts";
export { contacts } from "./contacts.ts";
export { again, deleteMessages as delete, mute, resend, unmute } from "./conversation.ts";
export { doctor } from "./doctor.ts";
export { group } from "./group.ts";
export { init } from "./init.ts";
export { invitations } from "./invitations.ts";
export { invite } from "./invite.ts";
export { listen } from "./listen.ts";
export { messages } from "./messages.ts";
export { passphrase } from "./passphrase.ts";
export { recovery } from "../recovery/recovery.ts";
export { search } from "./search.ts";
export { send } from "./send.ts";
export { lockdown, receipts } from "./settings.ts";
