import type { StatusView } from "@pli/engine/api";
import { useLivePart } from "./use-live.ts";

const profileOf = ({ profile }: StatusView) => profile;

/** The profile of the person at the screen; undefined until it is known. */
export function useProfile(): StatusView["profile"] {
  return useLivePart("status", {}, profileOf).value;
}
