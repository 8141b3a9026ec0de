import type { ReactNode } from "react";
import { pairingAddress } from "../address.ts";
import { ErrorNotice } from "../base/notice.tsx";
import { useAction } from "../use-action.ts";
import { useApi } from "../client.ts";
import { EnvelopeIcon, ForwardIcon, GroupIcon, InviteIcon } from "../icons.tsx";
import { useWords } from "../language.tsx";
import { Link, navigate } from "../router.tsx";
import styles from "./ways.module.css";

/** Makes an invitation and goes to it. */
export function useInvite(): { invite: (name?: string) => void; busy: boolean; error: string | undefined } {
  const api = useApi();
  const { run, busy, error } = useAction(async (name?: string) => {
    const { pairing } = await api.createInvitation(name === undefined ? {} : { name });
    navigate(pairingAddress(pairing));
  });
  return { invite: run, busy, error };
}

/** The two ways to meet somebody; and, once there are contacts, to bring some together. */
export function Ways({ group = false }: { group?: boolean }) {
  const words = useWords();
  const { invite, busy, error } = useInvite();
  return (
    <div className={styles["ways"]}>
      <button
        type="button"
        className={[styles["way"], styles["first"]].join(" ")}
        aria-disabled={busy}
        onClick={() => invite()}
      >
        <Way
          icon={<InviteIcon size={24} />}
          title={words.pair.invite}
          text={busy ? words.invite.preparing : words.pair.inviteText}
        />
      </button>
      <Link to="/accept" className={styles["way"]}>
        <Way icon={<EnvelopeIcon size={24} />} title={words.pair.accept} text={words.pair.acceptText} />
      </Link>
      {group && (
        <Link to="/new/group" className={styles["way"]}>
          <Way icon={<GroupIcon size={24} />} title={words.group.new} text={words.group.newText} />
        </Link>
      )}
      <ErrorNotice code={error} />
    </div>
  );
}

function Way({ icon, title, text }: { icon: ReactNode; title: string; text: string }) {
  return (
    <>
      <span className={styles["icon"]}>{icon}</span>
      <span className={styles["words"]}>
        <strong>{title}</strong>
        <span>{text}</span>
      </span>
      <ForwardIcon size={20} />
    </>
  );
}
