/**
 * The devices of one person: their list, and what one more of them is given (docs/protocol.md,
 * section 7).
 */
export {
  createDeviceList,
  MAX_DEVICE_LIST_BYTES,
  MAX_OWN_DEVICES,
  mergeDeviceLists,
  parseDeviceList,
  type DeviceList,
  type ListedDevice,
  type SignedDeviceList,
} from "./list.ts";
export {
  encodeLinkingEntry,
  encodeLinkingGrant,
  encodeLinkingReady,
  LINKING_WELCOME,
  linkingSeed,
  MAX_LINKING_PACKAGES,
  maxLinkingBytes,
  parseLinkingEntry,
  parseLinkingGrant,
  parseLinkingReady,
  type LinkingGrant,
  type LinkingObject,
} from "./linking.ts";
export {
  encodeDeviceKeys,
  encodeDeviceKeysWanted,
  encodeLeafWanted,
  encodeOwnLeaf,
  MAX_DEVICE_KEYS,
  MAX_DEVICE_KEYS_WANTED,
  parseDeviceKeys,
  parseDeviceKeysWanted,
  parseLeafWanted,
  parseOwnLeaf,
  type OwnLeaf,
} from "./controls.ts";
