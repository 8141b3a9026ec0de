import type { ContactView } from "@pli/engine/api";
import { Name } from "../../base/name.tsx";
import { Avatar } from "../../base/avatar.tsx";
import { TrustDots } from "../../base/dots.tsx";
import { CloseIcon } from "../../icons.tsx";
import { useWords } from "../../language.tsx";
import { Names } from "../names.tsx";
import styles from "../group.module.css";

interface ChooserProps {
  legend: string;
  contacts: readonly ContactView[];
  /** Ids, in the order of choosing. */
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
}

/** Some of one's contacts: a list to tick, and above it those already chosen. */
export function Chooser({ legend, contacts, chosen, onChange }: ChooserProps) {
  const words = useWords();
  const say = words.group.choose;
  const drop = (id: string) => onChange(chosen.filter((other) => other !== id));
  return (
    <fieldset className={styles["chooser"]}>
      <legend>{legend}</legend>
      {chosen.length > 0 && (
        <ul className={styles["chips"]}>
          {chosen.map((id) => {
            const name = contacts.find((contact) => contact.id === id)?.name ?? "";
            return (
              <li key={id}>
                <button type="button" onClick={() => drop(id)}>
                  <Avatar id={id} name={name} size="tiny" />
                  <span>
                    <Name id={id} name={name} />
                  </span>
                  <span className="hidden">({say.drop})</span>
                  <CloseIcon size={16} />
                </button>
              </li>
            );
          })}
        </ul>
      )}
      <p className="hidden" role="status">
        {chosen.length > 0 && say.chosen(chosen.length)}
      </p>
      <Names items={contacts} search={say.search} nothing={say.nothing}>
        {(contact) => (
          <label className={styles["pick"]}>
            <Avatar id={contact.id} name={contact.name} size="small" />
            <span className={styles["who"]}>
              <Name {...contact} />
            </span>
            <TrustDots level={contact.level} />
            <input
              type="checkbox"
              checked={chosen.includes(contact.id)}
              onChange={(event) => (event.target.checked ? onChange([...chosen, contact.id]) : drop(contact.id))}
            />
          </label>
        )}
      </Names>
    </fieldset>
  );
}
