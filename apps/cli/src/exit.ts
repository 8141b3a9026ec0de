import type { ErrorCode } from "@pli/engine/errors";

/** The exit codes of the process, as docs/cli.md describes them for scripts. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  profile: 3,
  contact: 4,
  pairing: 5,
  store: 6,
  group: 7,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const PREFIXES: readonly (readonly [RegExp, ExitCode])[] = [
  [/^(name_|description_|picture_|message_(empty|too_long)$|request_malformed$|store_address_malformed$)/u, EXIT.usage],
  [/^(profile_|passphrase_|locked$|lock_missing$|room_|database_wrong_key$)/u, EXIT.profile],
  [/^(contact_|conversation_|member_|not_a_)/u, EXIT.contact],
  [/^(invitation_|code_|pairing_)/u, EXIT.pairing],
  [
    /^(not_allowed$|not_in_group$|already_|owner_needed$|group_|change_unknown$|key_package_|question_|offer_)/u,
    EXIT.group,
  ],
  [/^(store_|unknown_feed$|too_many_requests$|clock_wrong$)/u, EXIT.store],
];

export function exitCode(code: ErrorCode): ExitCode {
  return PREFIXES.find(([pattern]) => pattern.test(code))?.[1] ?? EXIT.failed;
}
