/**
 * Why there is no back-up, or none was restored.
 *
 * - `store_not_running` no store answers; `store_unreadable` it could not read, or answered
 *   something else
 * - `backup_unfinished` the folder holds no back-up that was finished; `backup_damaged` less or
 *   other than was backed up
 * - `backup_of_another` the folder holds the back-up of another store
 * - `data_exists` a store is only restored to where there is none
 */
export class BackupError extends Error {
  override readonly name = "BackupError";
  readonly code:
    | "store_not_running"
    | "store_unreadable"
    | "backup_unfinished"
    | "backup_damaged"
    | "backup_of_another"
    | "data_exists";

  constructor(code: BackupError["code"], message: string) {
    super(message);
    this.code = code;
  }
}
