/**
 * Why a back-up or a restore failed.
 *
 * - `store_not_running`: no store answers
 * - `store_unreadable`: the store could not read its data, or answered something else
 * - `backup_unfinished`: the folder holds no finished back-up
 * - `backup_damaged`: the folder holds less than, or other than, what was backed up
 * - `backup_of_another`: the folder holds the back-up of another store
 * - `data_exists`: there is data where the store is to be restored
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
