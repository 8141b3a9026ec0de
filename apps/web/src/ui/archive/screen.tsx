import { Page, Quiet } from "../base/page.tsx";
import { useWords } from "../language.tsx";
import { ConfirmedIfLocked } from "../shell/confirmed.tsx";
import { ExportPart } from "./export.tsx";
import { ImportPart } from "./import.tsx";

/** Everything out into one file, and in from one. */
export function ArchiveScreen() {
  const { archive } = useWords();
  return (
    <Page title={archive.title} parent="/settings">
      <Quiet>{archive.lead}</Quiet>
      <ConfirmedIfLocked>
        <ExportPart />
        <ImportPart />
      </ConfirmedIfLocked>
    </Page>
  );
}
