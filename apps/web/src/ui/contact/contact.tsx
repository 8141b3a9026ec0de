import { Page } from "../base/page.tsx";
import { useLive } from "../client.tsx";
import { useWords } from "../language.tsx";

export function ContactScreen({ id }: { id: string }) {
  const words = useWords();
  const contact = useLive("contact", { id });
  return (
    <Page title={contact?.name ?? words.contact.title} parent="/">
      {null}
    </Page>
  );
}
