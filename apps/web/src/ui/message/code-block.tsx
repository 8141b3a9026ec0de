import { useLayoutEffect, useRef, useState } from "react";
import { Shown } from "../base/shown.tsx";
import { useWords } from "../language.tsx";

/**
 * Code as it is. One that is wider than its bubble is a stop of the tab key: the arrows move it.
 */
export function CodeBlock({ text }: { text: string }) {
  const words = useWords();
  const box = useRef<HTMLPreElement>(null);
  const [wide, setWide] = useState(false);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setWide(element.scrollWidth > element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return (
    <pre ref={box} {...(wide && { role: "group", "aria-label": words.thread.code, tabIndex: 0 })}>
      <code>
        <Shown text={text} />
      </code>
    </pre>
  );
}
