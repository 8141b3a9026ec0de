import type { Attack } from "../attack.ts";
import { askedBeforePut } from "./asked-before-put.ts";
import { afterBursts, sameBursts } from "./bursts.ts";
import { fetchBursts } from "./fetch-bursts.ts";
import { fetchedFrom } from "./fetched-from.ts";
import { firstRequests } from "./first-requests.ts";
import { follows } from "./follows.ts";
import { frameSizes } from "./frame-sizes.ts";
import { getsAfterPuts } from "./gets-after-puts.ts";
import { intersection } from "./intersection.ts";
import { onLineTogether } from "./on-line-together.ts";
import { pings } from "./pings.ts";
import { putAfterPut } from "./put-after-put.ts";
import { receiptsAtOnce, receiptsAtSlots } from "./receipt-partners.ts";
import { closesAfterPuts, dialsAfterPuts } from "./reconnects.ts";
import { atResume, beforeResume, beforeStart } from "./resume-position.ts";
import { returnPuts } from "./return-puts.ts";
import { sameHours } from "./same-hours.ts";
import { commonAbsent, commonFetch, commonPut } from "./same-label.ts";
import { statisticalDisclosure } from "./statistical-disclosure.ts";

/** All attacks, in the order in which they are printed. A new one is a file and a line here. */
export const ATTACKS: readonly Attack[] = [
  beforeResume,
  atResume,
  beforeStart,
  askedBeforePut,
  commonAbsent,
  fetchedFrom,
  commonFetch,
  commonPut,
  getsAfterPuts,
  fetchBursts,
  firstRequests,
  follows,
  pings,
  frameSizes,
  putAfterPut,
  receiptsAtOnce,
  receiptsAtSlots,
  statisticalDisclosure,
  intersection,
  sameHours,
  onLineTogether,
  returnPuts,
  dialsAfterPuts,
  closesAfterPuts,
  afterBursts,
  sameBursts,
];
