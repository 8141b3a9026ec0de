import { Page } from "../base/page.tsx";
import { useWords } from "../language.tsx";

export function KnowledgeScreen() {
  const words = useWords();
  return (
    <Page title={words.server.title} parent="/settings" parentBeside>
      {null}
    </Page>
  );
}
