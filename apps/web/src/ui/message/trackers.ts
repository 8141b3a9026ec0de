/**
 * Parameters of an address that tell a site who followed which message or advertisement, and
 * nothing else: those that browsers and lists of such parameters remove. Names are compared
 * without their case.
 */
const NAMES = new Set(
  [
    "fbclid gclid gclsrc dclid gbraid wbraid srsltid msclkid twclid ttclid yclid ysclid igsh",
    "igshid li_fat_id epik rdt_cid sccid irclickid ndclid mc_cid mc_eid mkt_tok vero_id",
    "vero_conv oly_anon_id oly_enc_id wickedid _hsenc _hsmi __hssc __hstc __hsfp",
    "hsctatracking s_cid cvid oicd ml_subscriber ml_subscriber_hash rb_clickid",
    "unicorn_click_id _openstat at_recipient_id at_recipient_list",
  ]
    .join(" ")
    .split(" "),
);
const PREFIXES = ["utm_", "pk_", "mtm_", "matomo_"];

function isTracker(parameter: string): boolean {
  const name = nameOf(parameter).toLowerCase();
  return NAMES.has(name) || PREFIXES.some((prefix) => name.startsWith(prefix));
}

function nameOf(parameter: string): string {
  const [name = ""] = parameter.split("=", 1);
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/**
 * The address without what follows its reader, and the names of what was left out. All else stays
 * as it is, byte for byte.
 */
export function withoutTrackers(href: string): { href: string; trackers: string[] } {
  const [address = "", ...anchor] = href.split("#");
  const at = address.indexOf("?");
  if (at < 0 || !/^https?:/iu.test(href)) return { href, trackers: [] };
  const parameters = address.slice(at + 1).split("&");
  const trackers = parameters.filter(isTracker);
  if (trackers.length === 0) return { href, trackers: [] };
  const kept = parameters.filter((parameter) => !isTracker(parameter)).join("&");
  const fragment = anchor.length === 0 ? "" : `#${anchor.join("#")}`;
  return {
    href: address.slice(0, at) + (kept === "" ? "" : `?${kept}`) + fragment,
    trackers: [...new Set(trackers.map(nameOf))],
  };
}
