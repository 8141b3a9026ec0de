import { Avatar } from "../../base/avatar.tsx";
import { Button } from "../../base/button.tsx";
import { FileButton } from "../../base/file-button.tsx";
import { useAction } from "../../use-action.ts";
import { WarningIcon } from "../../icons.tsx";
import { useWords } from "../../language.tsx";
import { encodePicture } from "./encode-picture.ts";
import styles from "../group.module.css";

interface PictureFieldProps {
  id: string;
  name: string;
  /** Base64; empty for none. */
  picture: string;
  onChange: (picture: string) => void;
}

/** The picture of a group as it will be seen, and the way to another. */
export function PictureField({ id, name, picture, onChange }: PictureFieldProps) {
  const say = useWords().group.picture;
  const { run, busy, error } = useAction(async (file: File) => {
    const encoded = await encodePicture(file);
    if (encoded === undefined) throw new Error("unreadable");
    onChange(encoded);
  });
  return (
    <div className={styles["picture"]} role="group" aria-label={say.label}>
      <Avatar id={id} name={name} picture={picture} size="large" group />
      <div className={styles["pictureWords"]}>
        <div className={styles["buttons"]}>
          <FileButton label={say.choose} accept="image/*" busy={busy} onFile={run}>
            {busy ? say.working : picture === "" ? say.choose : say.change}
          </FileButton>
          {picture !== "" && (
            <Button kind="quiet" onClick={() => onChange("")}>
              {say.remove}
            </Button>
          )}
        </div>
        <p className={styles["quiet"]}>{say.hint}</p>
        <p role="alert" className={styles["problem"]}>
          {error !== undefined && (
            <>
              <WarningIcon size={18} /> {say.unreadable}
            </>
          )}
        </p>
      </div>
    </div>
  );
}
