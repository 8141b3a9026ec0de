import { decodeQR } from "qr/decode.js";

/**
 * Frames are reduced to this many pixels on the longer side: enough for a code held before the
 * camera.
 */
const LONGEST = 720;
const EVERY_MS = 120;

/**
 * Opens the camera that looks away from the person, if there is one. Rejects as `getUserMedia`
 * does.
 */
export async function openCamera(): Promise<MediaStream> {
  return navigator.mediaDevices.getUserMedia({
    audio: false,
    video: { facingMode: "environment", width: { ideal: 1280 } },
  });
}

export function closeCamera(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

/**
 * Looks at what the video shows a few times a second and gives the text of each QR code seen.
 * Nothing is kept.
 */
export function watchCodes(video: HTMLVideoElement, onText: (text: string) => void): () => void {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const timer = setInterval(() => {
    const text = context === null ? undefined : readFrame(video, canvas, context);
    if (text !== undefined) onText(text);
  }, EVERY_MS);
  return () => clearInterval(timer);
}

function readFrame(
  video: HTMLVideoElement,
  canvas: HTMLCanvasElement,
  context: CanvasRenderingContext2D,
): string | undefined {
  const scale = Math.min(1, LONGEST / Math.max(video.videoWidth, video.videoHeight, 1));
  canvas.width = Math.round(video.videoWidth * scale);
  canvas.height = Math.round(video.videoHeight * scale);
  if (canvas.width === 0 || canvas.height === 0) return undefined;
  context.drawImage(video, 0, 0, canvas.width, canvas.height);
  try {
    return decodeQR(context.getImageData(0, 0, canvas.width, canvas.height));
  } catch {
    return undefined;
  }
}
