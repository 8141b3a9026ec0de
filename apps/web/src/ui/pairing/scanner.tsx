import { useEffect, useRef, useState } from "react";
import { Button } from "../base/button.tsx";
import { Notice } from "../base/notice.tsx";
import { useWords } from "../language.tsx";
import { closeCamera, openCamera, watchCodes } from "./camera.ts";
import styles from "./pairing.module.css";

type Trouble = "refused" | "none";

function troubleOf(error: unknown): Trouble {
  const name = error instanceof Error ? error.name : "";
  return name === "NotAllowedError" || name === "SecurityError" ? "refused" : "none";
}

/** Which codes are looked for, by the path of their links, and what is said of others. */
export interface Scans {
  readonly path: "i" | "d";
  readonly other: string;
}

const LOOKS_LIKE = { i: /\/i#[\w-]+$/u, d: /\/d#[\w-]+$/u };

interface ScannerProps {
  scans: Scans;
  onLink: (link: string) => void;
  onStop: () => void;
}

/** The camera's picture, until a link that is looked for is seen in it. */
export function Scanner({ scans: { path, other: said }, onLink, onStop }: ScannerProps) {
  const words = useWords();
  const video = useRef<HTMLVideoElement>(null);
  const [trouble, setTrouble] = useState<Trouble>();
  const [other, setOther] = useState(false);
  const found = useRef(onLink);
  useEffect(() => {
    found.current = onLink;
  });
  useEffect(() => {
    const element = video.current;
    if (element === null) return undefined;
    return scan(element, setTrouble, (text) => {
      if (LOOKS_LIKE[path].test(text)) found.current(text);
      else setOther(true);
    });
  }, [path]);
  if (trouble !== undefined) {
    return (
      <Notice kind="warn" alert>
        {trouble === "refused" ? words.accept.cameraRefused : words.accept.cameraNone}
      </Notice>
    );
  }
  return (
    <div className={styles["scanner"]}>
      <video ref={video} muted playsInline aria-label={words.accept.camera} />
      <p role="status">{other ? said : words.accept.scanning}</p>
      <Button onClick={onStop}>{words.accept.scanStop}</Button>
    </div>
  );
}

/** Until the returned function is called, also when the camera opens only after that. */
function scan(
  video: HTMLVideoElement,
  onTrouble: (trouble: Trouble) => void,
  onText: (text: string) => void,
): () => void {
  let isActive = true;
  let stop: (() => void) | undefined;
  const start = async () => {
    const stream = await openCamera();
    if (!isActive) return closeCamera(stream);
    video.srcObject = stream;
    const stopWatching = watchCodes(video, onText);
    stop = () => {
      stopWatching();
      closeCamera(stream);
    };
    await video.play();
  };
  start().catch((error: unknown) => {
    if (isActive) onTrouble(troubleOf(error));
  });
  return () => {
    isActive = false;
    stop?.();
  };
}
