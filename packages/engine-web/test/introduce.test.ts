import { expect, test } from "vitest";
import { introduce, isAppTab, type PageClient } from "../src/introduce.ts";

const app = {
  origin: "https://pli.example",
  isPage: (path: string): boolean => !path.includes(".") && path !== "/livez",
};

/** A page, and the ports it was given. */
const pageAt = (url: string, more: Partial<PageClient> = {}) => {
  const ports: MessagePort[] = [];
  const postMessage = (_: string, transfer: MessagePort[]): void => void ports.push(...transfer);
  return { id: url, url, type: "window", frameType: "top-level", postMessage, ports, ...more };
};

test("a tab of the app is a whole page of its own addresses, and nothing else", () => {
  for (const path of ["/", "/i", "/i#link", "/c/1?m=2"]) expect(isAppTab(pageAt(app.origin + path), app)).toBe(true);
  const others = [
    null,
    pageAt("https://pli.example/livez"),
    pageAt("https://pli.example/livez?x=/"),
    pageAt("https://pli.example/hostile.html#/"),
    pageAt("https://pli.example:8443/"),
    pageAt("http://pli.example/"),
    pageAt("https://pli.example.evil/"),
    pageAt("https://pli.example/", { frameType: "nested" }),
    pageAt("https://pli.example/", { type: "worker" }),
    pageAt("https://pli.example/", { type: "sharedworker" }),
    pageAt("about:blank"),
    pageAt("blob:https://pli.example/0"),
  ];
  expect(others.filter((other) => isAppTab(other, app))).toEqual([]);
});

test("a newcomer and each of the others get the two ends of one line, and it none with itself", async () => {
  const [newcomer, a, b] = ["/", "/a", "/b"].map((path) => pageAt(app.origin + path)) as [
    ReturnType<typeof pageAt>,
    ReturnType<typeof pageAt>,
    ReturnType<typeof pageAt>,
  ];
  introduce(newcomer, [newcomer, a, b]);
  expect([newcomer, a, b].map(({ ports }) => ports.length)).toEqual([2, 1, 1]);
  for (const [index, other] of [a, b].entries()) {
    const greeting = new Promise((resolve) => {
      newcomer.ports[index]?.addEventListener("message", ({ data }) => resolve(data));
      newcomer.ports[index]?.start();
    });
    other.ports[0]?.postMessage(other.id);
    expect(await greeting).toBe(other.id);
  }
  for (const port of [newcomer, a, b].flatMap(({ ports }) => ports)) port.close();
});
