import sodium from "libsodium-wrappers-sumo";

/** What of libsodium the prototypes are composed of. */
export type Sodium = typeof sodium;

export const readySodium = async (): Promise<Sodium> => {
  await sodium.ready;
  return sodium;
};
