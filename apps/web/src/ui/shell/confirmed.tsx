import { useState, type ReactNode } from "react";
import type { ConversationView } from "@pli/engine/api";
import type { HostApi } from "@pli/engine-web";
import { Quiet } from "../base/page.tsx";
import { useClient } from "../client.ts";
import { useWords } from "../language.tsx";
import { Door } from "../start/lock.tsx";
import { useLockKind, useWaitMs } from "../settings/host.ts";
import { useLivePart } from "../use-live.ts";

interface ConfirmedProps {
  /** Says above the door why it is there. */
  frame: (door: ReactNode) => ReactNode;
  children: ReactNode;
}

/**
 * What is shown only once the person has given what opens this device again, for as long as it
 * stays on the screen. Where nothing locks the device there is nothing to ask for.
 */
export function Confirmed({ frame, children }: ConfirmedProps) {
  const { host } = useClient();
  const lock = useLockKind();
  const waitMs = useWaitMs();
  const [isConfirmed, setConfirmed] = useState(false);
  if (lock === undefined) return null;
  if (lock === "none" || isConfirmed) return children;
  const confirm: HostApi["confirm"] = (secret) => host.confirm(secret).then(() => setConfirmed(true));
  return frame(<Door lock={lock} waitMs={waitMs} act={confirm} />);
}

/** The same with a sentence above the door, for what gives the whole profile away. */
export function ConfirmedFor({ text, children }: { text: string; children: ReactNode }) {
  const frame = (door: ReactNode) => (
    <>
      <Quiet>{text}</Quiet>
      {door}
    </>
  );
  return <Confirmed frame={frame}>{children}</Confirmed>;
}

/** The same, only while a conversation is locked: what would show it, or take its lock away. */
export function ConfirmedIfLocked({ children }: { children: ReactNode }) {
  const words = useWords();
  const { ready, value } = useLivePart("conversations", {}, isAnyLocked);
  if (!ready) return null;
  if (value !== true) return children;
  return <ConfirmedFor text={words.lock.confirmText}>{children}</ConfirmedFor>;
}

const isAnyLocked = (all: readonly ConversationView[]): boolean => all.some(({ locked }) => locked);
