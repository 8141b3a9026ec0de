import { version } from "../../../package.json";
import { Fact, Facts, Page, Quiet } from "../base/page.tsx";
import { useClient } from "../client.ts";
import { Mark } from "../icons.tsx";
import { useWords } from "../language.tsx";
import styles from "./settings.module.css";

export function AboutScreen() {
  const words = useWords();
  const { store } = useClient();
  return (
    <Page title={words.about.title} parent="/settings">
      <div className={styles["about"]}>
        <Mark size={72} />
        <strong>{words.app.name}</strong>
        <Quiet>{words.start.sentence}</Quiet>
      </div>
      <Facts>
        <Fact name={words.about.version}>{version}</Fact>
        <Fact name={words.about.store}>{store}</Fact>
      </Facts>
      <Quiet>{words.about.text}</Quiet>
    </Page>
  );
}
