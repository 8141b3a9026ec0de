import { expect, test } from "@playwright/test";
import { openBrowser, type Person } from "./browser.ts";

/**
 * For a spec: opens browsers as `openBrowser` does. After each test they are closed, and no console
 * may have complained.
 */
export function browsersOfEachTest(): typeof openBrowser {
  let people: Person[] = [];
  test.afterEach(async () => {
    const complaints = people.flatMap((person) => person.complaints);
    await Promise.all(people.map(({ context }) => context.close()));
    people = [];
    expect(complaints, "the console says nothing, least of all that the policy was broken").toEqual([]);
  });
  return async (options) => {
    const person = await openBrowser(options);
    people.push(person);
    return person;
  };
}
