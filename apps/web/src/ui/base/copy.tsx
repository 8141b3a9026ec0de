import { useToasts } from "./toast.tsx";
import { CopyIcon } from "../icons.tsx";
import { Button } from "./button.tsx";

/** Copies a text and says so. */
export function CopyButton({
  text,
  label,
  said,
  kind,
}: {
  text: string;
  label: string;
  said: string;
  kind?: "plain" | "primary" | "quiet";
}) {
  const toasts = useToasts();
  return (
    <Button
      kind={kind ?? "plain"}
      icon={<CopyIcon />}
      onClick={() => toasts.attempt(navigator.clipboard.writeText(text), said)}
    >
      {label}
    </Button>
  );
}
