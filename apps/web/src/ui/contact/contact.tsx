import type { ContactView } from "@pli/engine/api";
import { shownName } from "@pli/engine/content";
import { Name } from "../base/name.tsx";
import { isGiven, whoOf } from "../naming.ts";
import { conversationAddress } from "../address.ts";
import { Avatar } from "../base/avatar.tsx";
import { Button } from "../base/button.tsx";
import { TrustDots } from "../base/dots.tsx";
import { Fingerprint } from "../base/fingerprint.tsx";
import { NotFound } from "../base/not-found.tsx";
import { Notice } from "../base/notice.tsx";
import { Fact, Facts, Page, Quiet, Section } from "../base/page.tsx";
import { ConversationAvatar } from "../conversations/avatar.tsx";
import { useLive, useLiveState } from "../use-live.ts";
import { BlockIcon, WriteIcon } from "../icons.tsx";
import { useFormat, useWords } from "../language.tsx";
import { Link, navigate } from "../router.tsx";
import { Decisions } from "./decisions.tsx";
import { OwnName } from "./own-name.tsx";
import styles from "./contact.module.css";

/** A contact: who they are, how well that is verified, and what one may decide about them. */
export function ContactScreen({ id }: { id: string }) {
  const { ready, value: contact } = useLiveState("contact", { id });
  if (contact !== undefined) return <Contact contact={contact} />;
  return ready ? <NotFound /> : null;
}

function Contact({ contact }: { contact: ContactView }) {
  const words = useWords();
  return (
    <Page title={words.contact.title} parent={conversationAddress(contact.conversation)}>
      <Identity contact={contact} />
      {contact.blocked && (
        <Notice kind="warn" icon={<BlockIcon size={20} />}>
          {words.contact.blocked}
        </Notice>
      )}
      <PassedOver contact={contact} />
      <Register contact={contact} />
      <SharedGroups contact={contact} />
      <OwnName key={contact.name} contact={contact} />
      <Section title={words.contact.fingerprint}>
        <div className={styles["print"]}>
          <Fingerprint id={contact.id} />
          <Quiet>{words.contact.fingerprintText}</Quiet>
        </div>
      </Section>
      <Decisions contact={contact} />
    </Page>
  );
}

function Identity({ contact }: { contact: ContactView }) {
  const words = useWords();
  return (
    <div className={styles["identity"]}>
      <Avatar id={contact.id} name={contact.name} size="large" />
      <h2>
        <Name {...contact} />
      </h2>
      <p className={styles["level"]} data-level={contact.level}>
        <TrustDots level={contact.level} /> <span aria-hidden="true">{words.contact.levels[contact.level]}</span>
      </p>
      <Quiet>{words.contact.levelTexts[contact.level]}</Quiet>
      {!contact.blocked && (
        <Button kind="primary" icon={<WriteIcon />} onClick={() => navigate(conversationAddress(contact.conversation))}>
          {words.contact.write}
        </Button>
      )}
    </div>
  );
}

/**
 * How much of theirs was beyond what one person may cause: a fault of their app, or a flood.
 */
function PassedOver({ contact: { passedOver } }: { contact: ContactView }) {
  const words = useWords();
  const format = useFormat();
  if (passedOver === undefined) return null;
  return <Notice kind="warn">{words.contact.passedOver(passedOver.count, format.date(passedOver.at))}</Notice>;
}

function Register({ contact }: { contact: ContactView }) {
  const words = useWords();
  const format = useFormat();
  return (
    <Facts>
      {isGiven(contact) && <Fact name={words.contact.ownName}>{shownName(contact.ownName)}</Fact>}
      <Fact name={words.contact.since}>{format.date(contact.pairedAt)}</Fact>
      <Fact name={words.contact.devices}>{words.contact.deviceCount(contact.devices)}</Fact>
    </Facts>
  );
}

function SharedGroups({ contact }: { contact: ContactView }) {
  const words = useWords();
  const groups = useLive("groupsWith", { contact: contact.id }) ?? [];
  if (groups.length === 0) return null;
  return (
    <Section title={words.contact.groups}>
      <ul className={styles["groups"]}>
        {groups.map((group) => (
          <li key={group.id}>
            <Link to={conversationAddress(group.id)} className={styles["group"]}>
              <ConversationAvatar conversation={group} size="small" />
              <span>
                <Name {...whoOf(group)} />
                <span>{words.group.membersCount(group.members ?? 0)}</span>
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  );
}
