import { useState } from "react";
import { shownText } from "@pli/engine/content";
import { Notice } from "../base/notice.tsx";
import { Shown } from "../base/shown.tsx";
import { Switch } from "../base/switch.tsx";
import { CopyButton } from "../base/copy.tsx";
import { Button } from "../base/button.tsx";
import { CancelButton, Dialog, DialogActions } from "../base/dialog.tsx";
import { useWords } from "../language.tsx";
import { imitatedBy, inOwnLetters } from "./international.ts";
import { withoutTrackers } from "./trackers.ts";
import styles from "./link-dialog.module.css";

/** What opens in another application than a browser. */
const ELSEWHERE = /^(?:mailto|tel):/iu;

/** The address cut around the part that says where it leads. */
export function partsOf(href: string): { before: string; site: string; after: string } {
  let site = "";
  try {
    site = new URL(href).host || href.replace(ELSEWHERE, "");
  } catch {
    site = "";
  }
  const at = site === "" ? -1 : href.toLowerCase().indexOf(site.toLowerCase());
  if (at < 0) return { before: href, site: "", after: "" };
  return { before: href.slice(0, at), site: href.slice(at, at + site.length), after: href.slice(at + site.length) };
}

/** Shows the whole address, the site in bold, and opens it only on a click. */
export function LinkDialog({ href, onClose }: { href: string | undefined; onClose: () => void }) {
  const words = useWords();
  return (
    <Dialog open={href !== undefined} onClose={onClose} title={words.link.title}>
      <Asked key={href} href={href ?? ""} onClose={onClose} />
    </Dialog>
  );
}

function Asked({ href, onClose }: { href: string; onClose: () => void }) {
  const words = useWords();
  const [isCut, setCut] = useState(false);
  const { href: shorter, trackers } = withoutTrackers(href);
  const target = isCut ? shorter : href;
  const { before, site, after } = partsOf(target);
  const ownLetters = inOwnLetters(href);
  const open = () => {
    window.open(target, "_blank", "noopener,noreferrer");
    onClose();
  };
  return (
    <>
      <p className={styles["address"]}>
        <Shown text={before} />
        <strong>{site}</strong>
        <Shown text={after} />
      </p>
      {ownLetters !== undefined && <OwnLetters name={ownLetters} />}
      {trackers.length > 0 && (
        <Switch
          label={words.link.trackers}
          text={words.link.trackersText(trackers.join(", "))}
          checked={isCut}
          onChange={setCut}
        />
      )}
      <p>{ELSEWHERE.test(href) ? words.link.elsewhere : words.link.text}</p>
      <DialogActions>
        <CopyButton kind="quiet" text={target} label={words.link.copy} said={words.app.copied} />
        <CancelButton onClick={onClose} />
        <Button kind="primary" onClick={open}>
          {words.link.open}
        </Button>
      </DialogActions>
    </>
  );
}

/** An international name as people read it; with a warning where it looks like another. */
function OwnLetters({ name }: { name: string }) {
  const words = useWords();
  const imitated = imitatedBy(name);
  if (imitated !== undefined) return <Notice kind="warn">{words.link.imitates(imitated)}</Notice>;
  return (
    <Notice>
      {words.link.ownLetters} <bdi className={styles["letters"]}>{shownText(name)}</bdi>
    </Notice>
  );
}
