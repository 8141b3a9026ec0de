/** The chat of a test, and what it shows. */
import { createFakeApi } from "../fake-api.ts";
import { openFakeChat } from "../fake-world.ts";
import { camille, bob } from "../people.ts";

/** The chat of a person with these contacts, in a terminal of 80 columns and 24 rows. */
export async function openChat(
  contacts = [camille, bob],
  prepare = (_fake: ReturnType<typeof createFakeApi>): void => {},
) {
  const fake = createFakeApi();
  fake.data.contacts.push(...contacts);
  prepare(fake);
  const pli = await openFakeChat(fake);
  const press = (...keys: string[]): void => keys.forEach((name) => pli.press({ name }));
  const type = (text: string): void => Array.from(text).forEach((character) => pli.press({ text: character }));
  return { ...pli, keys: press, type, screen: () => linesOf(pli.drawn()) };
}

/** The lines of a picture. */
export function linesOf(drawn: string): string {
  // oxlint-disable-next-line no-control-regex -- the sequences that place and clear lines
  return drawn.replaceAll(/\u001b\[\d+;1H\u001b\[2K/gu, "\n").replaceAll(/\u001b\[[\d;?]*[A-Za-z]/gu, "");
}
