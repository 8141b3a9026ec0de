import { expect, test } from "vitest";
import { pictureSource } from "../src/ui/base/avatar.tsx";
import { encodePicture } from "../src/ui/group/forms/encode-picture.ts";

const WHERE = "GPS 48.8566 2.3522";

/** A noisy photograph of a telephone that writes down where it was. */
async function photograph(width: number, height: number): Promise<Blob> {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("no canvas");
  const noise = context.createImageData(width, height);
  for (let at = 0; at < noise.data.length; at++) noise.data[at] = (at * 2_654_435_761) >>> 24;
  context.putImageData(noise, 0, 0);
  const jpeg = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", 1));
  const bytes = new Uint8Array((await jpeg?.arrayBuffer()) ?? new ArrayBuffer(0));
  const note = new TextEncoder().encode(`Exif\0\0${WHERE}`);
  const segment = new Uint8Array([0xff, 0xe1, 0, note.length + 2, ...note]);
  return new Blob([bytes.slice(0, 2), segment, bytes.slice(2)], { type: "image/jpeg" });
}

const bytesOf = (base64: string) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

test("a large photograph becomes a small square JPEG that says nothing of where it was taken", async () => {
  const file = await photograph(1200, 800);
  expect(await file.text()).toContain(WHERE);
  const base64 = await encodePicture(file);
  const bytes = bytesOf(base64 ?? "");
  expect(bytes.slice(0, 3)).toEqual(new Uint8Array([0xff, 0xd8, 0xff]));
  expect(bytes.length).toBeLessThanOrEqual(64 * 1024);
  const text = new TextDecoder("latin1").decode(bytes);
  expect(text).not.toContain("Exif");
  expect(text).not.toContain("GPS");
  const image = await createImageBitmap(new Blob([bytes]));
  expect([image.width, image.height]).toEqual([256, 256]);
});

test("a picture smaller than that is not blown up", async () => {
  const image = await createImageBitmap(new Blob([bytesOf((await encodePicture(await photograph(90, 40))) ?? "")]));
  expect([image.width, image.height]).toEqual([40, 40]);
});

test("what is not a picture gives nothing", async () => {
  expect(await encodePicture(new Blob(["<svg onload='alert(1)'/>"], { type: "image/svg+xml" }))).toBeUndefined();
  expect(await encodePicture(new Blob([]))).toBeUndefined();
});

test("only the three kinds of pictures that a group may have are ever shown", () => {
  expect(pictureSource("/9j/4AAQ")).toBe("data:image/jpeg;base64,/9j/4AAQ");
  expect(pictureSource("iVBORw0K")).toMatch(/^data:image\/png/u);
  expect(pictureSource("UklGRiQA")).toMatch(/^data:image\/webp/u);
  expect(pictureSource(btoa("<svg xmlns="))).toBeUndefined();
  expect(pictureSource("")).toBeUndefined();
});
