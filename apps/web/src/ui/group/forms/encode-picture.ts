const SIDE = 256;
const MAX_BYTES = 64 * 1024;
const QUALITIES = [0.86, 0.72, 0.5, 0.3];

/**
 * The middle of a picture as a JPEG of at most 256 by 256 points and 64 KiB, in base64. It is drawn
 * again, so that it holds nothing of the file but what one sees. Undefined when the browser cannot
 * read it.
 */
export async function encodePicture(file: Blob): Promise<string | undefined> {
  const image = await createImageBitmap(file).catch(() => undefined);
  if (image === undefined) return undefined;
  const canvas = drawSquare(image);
  image.close();
  for (const quality of QUALITIES) {
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
    if (blob !== null && blob.size <= MAX_BYTES) return base64Of(new Uint8Array(await blob.arrayBuffer()));
  }
  return undefined;
}

function drawSquare(image: ImageBitmap): HTMLCanvasElement {
  const from = Math.min(image.width, image.height);
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = Math.min(SIDE, from);
  const context = canvas.getContext("2d");
  if (context === null) return canvas;
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  const [left, top] = [(image.width - from) / 2, (image.height - from) / 2];
  context.drawImage(image, left, top, from, from, 0, 0, canvas.width, canvas.height);
  return canvas;
}

function base64Of(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
