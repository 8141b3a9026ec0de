import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { page, userEvent } from "vitest/browser";
import { goBack, Link, matchPath, navigate, usePlace } from "../src/ui/router.tsx";
import { contactAddress, conversationAddress, messageAddress } from "../src/ui/address.ts";
import { show } from "./screen.tsx";

const home = location.href;
beforeEach(() => history.replaceState({ depth: 0 }, "", "/"));
afterEach(() => history.replaceState(null, "", home));

function Here() {
  const { path, query } = usePlace();
  return <p role="status">{path + query}</p>;
}
const here = () => page.getByRole("status");

test("the place follows navigation, and the browser's own back", async () => {
  show(<Here />);
  navigate("/settings?x=1");
  await expect.element(here()).toHaveTextContent("/settings?x=1");
  navigate("/new");
  await expect.element(here()).toHaveTextContent("/new");
  history.back();
  await expect.element(here()).toHaveTextContent("/settings?x=1");
});

test("back leads to where one came from, and to the parent when one came from nowhere", async () => {
  show(<Here />);
  navigate("/settings");
  navigate("/settings/lock");
  goBack("/elsewhere");
  await expect.element(here()).toHaveTextContent("/settings");
  goBack("/elsewhere");
  await expect.element(here()).toHaveTextContent("/");
  goBack("/parent");
  await expect.element(here()).toHaveTextContent("/parent");
});

test("a replaced place is not come back to", async () => {
  show(<Here />);
  navigate("/new");
  navigate("/pairing/1", { replace: true });
  history.back();
  await expect.element(here()).toHaveTextContent("/");
});

test("a link is a real address, followed without loading a page; with Ctrl it is left to the browser", async () => {
  show(
    <>
      <Here />
      <Link to="/new">Go</Link>
    </>,
  );
  const link = page.getByRole("link", { name: "Go" });
  await expect.element(link).toHaveAttribute("href", "/new");
  let left = 0;
  const note = (event: MouseEvent): void => {
    if (!event.defaultPrevented) left += 1;
    event.preventDefault();
  };
  addEventListener("click", note);
  link.element().dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, ctrlKey: true }));
  expect(left).toBe(1);
  await expect.element(here()).toHaveTextContent("/");
  await userEvent.click(link);
  expect(left).toBe(1);
  removeEventListener("click", note);
  await expect.element(here()).toHaveTextContent("/new");
});

describe("a pattern", () => {
  test("gives its parameters, and undefined for any other path", () => {
    expect(matchPath("/c/:id", "/c/12")).toEqual({ id: "12" });
    expect(matchPath("/c/:id", "/c/12/")).toEqual({ id: "12" });
    expect(matchPath("/c/:id/contact", "/c/12/contact")).toEqual({ id: "12" });
    for (const path of ["/c", "/c/", "/c//", "/c/1/2", "/x/1", "/", ""])
      expect(matchPath("/c/:id", path)).toBeUndefined();
  });
});

test("an address holds what this device drew or counted, and nothing else", () => {
  expect(conversationAddress("ab12")).toBe("/c/ab12");
  expect(contactAddress("ab12")).toBe("/c/ab12/contact");
  expect(messageAddress({ conversation: "ab12", order: 7 })).toBe("/c/ab12?m=7");
});
