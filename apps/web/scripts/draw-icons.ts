/**
 * Renders the PNG icons from `public/icons/pli.svg` with Chromium: `node
 * apps/web/scripts/draw-icons.ts`.
 */
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const icons = new URL("../public/icons/", import.meta.url);
const drawing = readFileSync(new URL("pli.svg", icons), "utf8");
const fullBleed = drawing.replace(/ rx="\d+"/, "");

const browser = await chromium.launch({
  executablePath: process.env["PLI_CHROMIUM"] ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
const page = await browser.newPage();
await draw("pli-192.png", drawing, 192);
await draw("pli-512.png", drawing, 512);
await draw("pli-maskable-512.png", fullBleed, 512);
await browser.close();

async function draw(name: string, svg: string, size: number): Promise<void> {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(`<style>body{margin:0;background:transparent}svg{display:block;width:${size}px}</style>${svg}`);
  await page.screenshot({ path: new URL(name, icons).pathname, omitBackground: true });
}
