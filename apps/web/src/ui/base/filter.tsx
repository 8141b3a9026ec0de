import { SearchIcon } from "../icons.tsx";
import styles from "./filter.module.css";

interface FilterProps {
  label: string;
  value: string;
  onChange: (text: string) => void;
}

/** A field that narrows the list under it as one types. */
export function Filter({ label, value, onChange }: FilterProps) {
  return (
    <div className={styles["filter"]}>
      <SearchIcon size={20} />
      <input
        type="search"
        dir="auto"
        aria-label={label}
        placeholder={label}
        autoComplete="off"
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") event.preventDefault();
          if (event.key === "Escape" && value !== "") {
            event.stopPropagation();
            onChange("");
          }
        }}
      />
    </div>
  );
}
