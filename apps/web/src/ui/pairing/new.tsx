import { Name } from "../base/name.tsx";
import { conversationAddress } from "../address.ts";
import { Avatar } from "../base/avatar.tsx";
import { TrustDots } from "../base/dots.tsx";
import { Card, Page, Section } from "../base/page.tsx";
import { useLive } from "../use-live.ts";
import { useWords } from "../language.tsx";
import { Link } from "../router.tsx";
import { Ways } from "./ways.tsx";
import styles from "./new.module.css";

/** A new conversation: meet somebody, or write to a contact. */
export function NewScreen() {
  const words = useWords();
  const contacts = useLive("contacts", {}) ?? [];
  return (
    <Page title={words.pair.new} parent="/" parentBeside>
      <Ways group={contacts.length > 0} />
      {contacts.length > 0 && (
        <Section title={words.pair.contacts}>
          <Card>
            <ul>
              {contacts.map((contact) => (
                <li key={contact.id}>
                  <Link to={conversationAddress(contact.conversation)} className={styles["row"]}>
                    <Avatar id={contact.id} name={contact.name} size="small" />
                    <span className={styles["name"]}>
                      <Name {...contact} />
                    </span>
                    <TrustDots level={contact.level} />
                  </Link>
                </li>
              ))}
            </ul>
          </Card>
        </Section>
      )}
    </Page>
  );
}
