/** A change of a group that was asked for and is saved. */
export interface Asked {
  readonly conversation: string;
  /** As it stands in `pending`. Absent when it is done already. */
  readonly change?: string;
}
