/** What each feature can be called for: one line a feature. */
export * as actions from "../features/actions/calls.ts";
export * as archive from "../features/archive/calls.ts";
export * as blocking from "../features/blocking/calls.ts";
export * as conversations from "../features/conversations/calls.ts";
export * as devices from "../features/devices/calls.ts";
export * as emoji from "../features/emoji/calls.ts";
export * as history from "../features/history/calls.ts";
export * as group from "../features/group/calls.ts";
export * as messageCopy from "../features/message-copy/calls.ts";
export * as messages from "../features/messages/calls.ts";
export * as pairing from "../features/pairing/calls.ts";
export * as people from "../features/people/calls.ts";
export * as recovery from "../features/recovery/calls.ts";
export * as settings from "../features/settings/calls.ts";
export * as status from "../features/status/calls.ts";
