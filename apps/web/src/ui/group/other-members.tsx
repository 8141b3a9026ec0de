import type { ReactNode } from "react";
import type { GroupView } from "@pli/engine/api";
import { Avatar } from "../base/avatar.tsx";
import { Name } from "../base/name.tsx";
import { useWords } from "../language.tsx";
import { Names } from "./names.tsx";
import styles from "./group.module.css";

interface OtherMembersProps {
  group: GroupView;
  legend: string;
  text?: string;
  /** The box or the button that chooses this member. */
  children: (member: string) => ReactNode;
}

/** The members of a group but oneself, to choose from. */
export function OtherMembers({ group, legend, text, children }: OtherMembersProps) {
  const { members: say } = useWords().group;
  return (
    <fieldset className={styles["chooser"]}>
      <legend>{legend}</legend>
      {text !== undefined && <p>{text}</p>}
      <div className={styles["scroll"]}>
        <Names items={group.members.filter(({ isSelf }) => !isSelf)} search={say.search} nothing={say.nothing}>
          {({ id, name }) => (
            <label className={styles["pick"]}>
              <Avatar id={id} name={name} size="small" />
              <span className={styles["who"]}>
                <Name id={id} name={name} />
              </span>
              {children(id)}
            </label>
          )}
        </Names>
      </div>
    </fieldset>
  );
}
