import { useEffect, useRef, type ReactNode } from "react";
import { BackIcon } from "../icons.tsx";
import { useWords } from "../language.tsx";
import { goBack, usePlace } from "../router.tsx";
import { useTitle } from "../shell/title.tsx";
import { IconButton } from "./button.tsx";
import { ToastPlace } from "./toast.tsx";
import styles from "./page.module.css";

let firstScreen = true;

interface PageProps {
  title: string;
  /** For the window, when the title holds a name. */
  plainTitle?: string;
  /** Where the back arrow leads when there is no history; no arrow when undefined. */
  parent?: string;
  /** On a wide screen the parent is already visible beside this page. */
  parentBeside?: boolean;
  actions?: ReactNode;
  children: ReactNode;
}

/**
 * A screen with a header, a way back and a column of content. Focus moves to its title when it
 * opens.
 */
export function Page({ title, plainTitle = title, parent, parentBeside, actions, children }: PageProps) {
  const words = useWords();
  const heading = useRef<HTMLHeadingElement>(null);
  const { path } = usePlace();
  useTitle(plainTitle);
  useEffect(() => {
    if (!firstScreen && !heading.current?.closest("main")?.contains(document.activeElement)) {
      heading.current?.focus({ preventScroll: true });
    }
    firstScreen = false;
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- focus moves at each new screen
  }, [path]);
  return (
    <div className={styles["page"]}>
      <header className={styles["header"]}>
        {parent !== undefined && (
          <IconButton
            className={parentBeside === true ? styles["narrow"] : ""}
            label={words.app.back}
            onClick={() => goBack(parent)}
          >
            <BackIcon />
          </IconButton>
        )}
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {actions}
      </header>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by keyboard */}
      <div className={styles["scroll"]} role="region" aria-label={title} tabIndex={0} data-quiet-focus>
        <div className={styles["column"]}>{children}</div>
      </div>
      <ToastPlace />
    </div>
  );
}

/** A titled part of a page. */
export function Section({ title, children }: { title?: string; children: ReactNode }) {
  return (
    <section className={styles["section"]}>
      {title !== undefined && <h2>{title}</h2>}
      {children}
    </section>
  );
}

/** Rows on a white card. */
export function Card({ children }: { children: ReactNode }) {
  return <div className={styles["card"]}>{children}</div>;
}

export function Quiet({ children }: { children: ReactNode }) {
  return <p className={styles["quiet"]}>{children}</p>;
}

export function Stack({ children, center }: { children: ReactNode; center?: boolean }) {
  return <div className={[styles["stack"], center === true ? styles["center"] : ""].join(" ")}>{children}</div>;
}

/** Buttons in a row, in several where there is no room. */
export function Actions({ children }: { children: ReactNode }) {
  return <div className={styles["actions"]}>{children}</div>;
}

/** A name and its value, as in a register. */
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={styles["fact"]}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

export function Facts({ children }: { children: ReactNode }) {
  return <dl className={[styles["card"], styles["facts"]].join(" ")}>{children}</dl>;
}
