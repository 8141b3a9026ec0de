/**
 * What all devices of one person have: values by key, said in their self conversation and merged
 * alike by each (docs/protocol.md, section 7.2).
 */
export {
  encodeSelfEntries,
  isLaterEntry,
  laterStamp,
  MAX_VALUE_BYTES,
  parseSelfEntries,
  stampAfter,
  type SelfEntry,
  type Stamp,
} from "./entries.ts";
