import { useRef, type ChangeEvent, type ReactNode } from "react";
import { Button } from "./button.tsx";

interface FileButtonProps {
  /** What the file is for, for those who do not see where the button stands. */
  label: string;
  accept?: string;
  busy?: boolean;
  /** Called for each choice, also of the same file again. */
  onFile: (file: File) => void;
  children: ReactNode;
}

/** Chooses a file. The browser's own field speaks the language of the browser, not of the app. */
export function FileButton({ label, accept, busy = false, onFile, children }: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  const chosen = (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.target.files?.[0];
    event.target.value = "";
    if (file !== undefined) onFile(file);
  };
  return (
    <>
      <Button busy={busy} onClick={() => input.current?.click()}>
        {children}
      </Button>
      <input ref={input} type="file" accept={accept} hidden aria-label={label} onChange={chosen} />
    </>
  );
}
