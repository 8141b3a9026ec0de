/**
 * What a person gets back with, when all their devices are gone (docs/protocol.md, section 6.4).
 */
export {
  BACKUPS_A_WEEK,
  MAX_BACKUP_OBJECT_BYTES,
  backupSeed,
  encodeBackup,
  nextPlace,
  openBackup,
  parseBackup,
  placeBehind,
  sealBackup,
  type BackedContact,
  type BackedGroup,
  type Backup,
  type BackupPlace,
} from "./backup.ts";
export {
  COPY_OBJECT_LEAST,
  copySecretFrom,
  encodeCopyList,
  encodeCopyPart,
  MAX_COPY_BYTES,
  MAX_COPY_PARTS,
  MAX_PART_OBJECT_BYTES,
  MAX_PART_SLICES,
  parseCopyList,
  parseCopyPart,
  type CopyList,
  type CopyPart,
} from "./message-copy.ts";
export {
  createPasskeyCopy,
  encodePasskeyCopy,
  openPasskeyCopy,
  parsePasskeyCopy,
  PASSKEY_SECRET_BYTES,
  passkeyPlace,
  type PasskeyCopy,
} from "./passkey-copy.ts";
export {
  MAX_WORDS_CHARS,
  RECOVERY_WORDS,
  secretFromWords,
  wordsFromSecret,
  type WordsLanguage,
  type WordsProblem,
} from "./words.ts";
