/** What most people would call this device: the browser and the system, as far as they say. */
export function deviceGuess(agent: string = navigator.userAgent): string {
  const system = SYSTEMS.find(([, sign]) => sign.test(agent))?.[0];
  const browser = BROWSERS.find(([, sign]) => sign.test(agent))?.[0] ?? "Pli";
  return system === undefined ? browser : `${browser}, ${system}`;
}

/** The first sign that is there counts: most browsers say the names of others too. */
const SYSTEMS: readonly (readonly [string, RegExp])[] = [
  ["iPhone", /iPhone/u],
  ["iPad", /iPad/u],
  ["Android", /Android/u],
  ["Windows", /Windows/u],
  ["Mac", /Macintosh/u],
  ["Linux", /Linux/u],
];
const BROWSERS: readonly (readonly [string, RegExp])[] = [
  ["Edge", /Edg/u],
  ["Firefox", /Firefox|FxiOS/u],
  ["Chrome", /Chrome|CriOS/u],
  ["Safari", /Safari/u],
];
