import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeQR } from "qr";
import { temporaryFolder } from "./store-process.ts";

const WIDTH = 640;
const HEIGHT = 480;
const MODULE = 7;
const BACKGROUND = 150;

/**
 * What makes Chromium see a QR code in its camera, as on a phone held before a screen: one grey
 * frame over and over.
 */
export function cameraShowing(text: string): string[] {
  const rows = encodeQR(text, "raw", { ecc: "medium", border: 4 });
  const luma = Buffer.alloc(WIDTH * HEIGHT, BACKGROUND);
  const side = rows.length * MODULE;
  const [left, top] = [(WIDTH - side) >> 1, (HEIGHT - side) >> 1];
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const dark = rows[Math.floor(y / MODULE)]?.[Math.floor(x / MODULE)] === true;
      luma[(top + y) * WIDTH + left + x] = dark ? 30 : 235;
    }
  }
  const file = join(temporaryFolder("camera"), "camera.y4m");
  const grey = Buffer.alloc((WIDTH * HEIGHT) / 2, 128);
  const head = Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420jpeg\nFRAME\n`);
  writeFileSync(file, Buffer.concat([head, luma, grey]));
  return [
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    `--use-file-for-fake-video-capture=${file}`,
  ];
}
