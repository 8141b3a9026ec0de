/**
 * The one registry of stable error codes a person or a program can meet. Sentences for them, in
 * French and English, stand in `words.ts`; a test keeps the two lists equal.
 */
export const ERROR_CODES = [
  // profile and names
  "profile_missing",
  "profile_exists",
  "profile_unknown",
  "name_empty",
  "name_too_long",
  "name_not_allowed",
  // the recovery words
  "recovery_word_unknown",
  "recovery_words_missing",
  "recovery_words_too_many",
  "recovery_words_wrong",
  "recovery_words_of_another",
  "recovery_words_gone",
  "recovery_not_found",
  "recovery_unreadable",
  "recovery_newer",
  "recovery_used_up",
  "passkey_unanswered",
  "passkey_without_secret",
  "passkey_copy_not_found",
  "passkey_copy_unreadable",
  // pairing
  "invitation_malformed",
  "invitation_cut_short",
  "invitation_newer",
  "invitation_not_found",
  "invitation_expired",
  "invitation_used",
  "code_malformed",
  "code_wrong",
  "code_own",
  "pairing_burned",
  "pairing_stopped",
  "pairing_refused",
  "pairing_invalid",
  "pairing_timeout",
  "pairing_cancelled",
  "pairing_clocks_differ",
  "pairing_with_self",
  "pairing_unknown",
  // devices
  "device_link",
  "not_a_device_link",
  "device_unknown",
  "device_removed",
  "too_many_devices",
  // conversations and messages
  "contact_unknown",
  "contact_ambiguous",
  "conversation_unknown",
  "message_unknown",
  "emoji_malformed",
  "message_empty",
  "message_too_long",
  "not_received",
  // groups
  "not_a_group",
  "not_in_group",
  "not_allowed",
  "not_a_contact",
  "member_unknown",
  "already_member",
  "already_removed",
  "owner_needed",
  "group_full",
  "group_jammed",
  "description_too_long",
  "picture_malformed",
  "picture_too_large",
  "change_unknown",
  "key_package_unusable",
  "question_unknown",
  "offer_declined",
  "offer_unanswered",
  // files of exports
  "export_malformed",
  "export_damaged",
  "export_newer",
  "export_costly",
  "export_passphrase_wrong",
  "export_unverified",
  "file_exists",
  "file_unreadable",
  // the store
  "store_unreachable",
  "store_slow",
  "store_full",
  "store_busy",
  "store_newer",
  "store_lying",
  "store_address_malformed",
  "store_private",
  "unknown_feed",
  "too_many_requests",
  "clock_wrong",
  "profile_out_of_time",
  // this device
  "database_wrong_key",
  "database_damaged",
  "database_newer",
  "database_older",
  "database_locked",
  "disk_full",
  "disk_read_only",
  "database_failed",
  "locked",
  "locked_down",
  "lock_missing",
  "passphrase_wrong",
  "passphrase_paused",
  "passphrase_too_short",
  "passphrase_in_use",
  "room_missing",
  "room_there",
  "room_full",
  "home_unsafe",
  "passkey_unavailable",
  "browser_unsupported",
  "storage_blocked",
  "engine_gone",
  "request_malformed",
  "internal",
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

const known: ReadonlySet<string> = new Set(ERROR_CODES);

export function isErrorCode(code: string): code is ErrorCode {
  return known.has(code);
}

/** A failure with a stable code. It never holds plaintext, a key or a whole identifier. */
export class PliError extends Error {
  readonly code: ErrorCode;
  constructor(code: ErrorCode) {
    super(code);
    this.name = "PliError";
    this.code = code;
  }
}

/** `passphrase_paused`: after wrong ones no passphrase is tried for `waitMs` more. */
export class PauseError extends PliError {
  readonly waitMs: number;
  constructor(waitMs: number) {
    super("passphrase_paused");
    this.waitMs = waitMs;
  }
}
