import { useState, type FormEvent } from "react";
import type { ContactView } from "@pli/engine/api";
import { nameForQuotes, shownName } from "@pli/engine/content";
import { Name } from "../base/name.tsx";
import { useNaming, whoOf } from "../naming.ts";
import { conversationAddress } from "../address.ts";
import { Avatar } from "../base/avatar.tsx";
import { Button } from "../base/button.tsx";
import { Dialog, DialogActions } from "../base/dialog.tsx";
import { TrustDots } from "../base/dots.tsx";
import { Empty } from "../base/empty.tsx";
import { Field } from "../base/field.tsx";
import { Fingerprint } from "../base/fingerprint.tsx";
import { Notice } from "../base/notice.tsx";
import { Card, Fact, Facts, Page, Quiet, Section } from "../base/page.tsx";
import { Switch } from "../base/switch.tsx";
import { useToasts } from "../base/toast.tsx";
import { ConversationAvatar } from "../conversations/avatar.tsx";
import { useAction, useApi, useLive, useLiveState } from "../client.tsx";
import { BlockIcon, WriteIcon } from "../icons.tsx";
import { useErrorSentence, useFormat, useWords } from "../language.tsx";
import { Link, navigate } from "../router.tsx";
import { useTitle } from "../shell/title.tsx";
import styles from "./contact.module.css";

/** Who somebody is, how sure one can be of it, and what one may decide about them. */
export function ContactScreen({ id }: { id: string }) {
  const { ready, value: contact } = useLiveState("contact", { id });
  if (contact !== undefined) return <Contact contact={contact} />;
  return ready ? <NoSuchContact /> : null;
}

function NoSuchContact() {
  const words = useWords();
  useTitle(words.app.notFound);
  return (
    <Empty title={words.app.notFound} text={words.app.notFoundText}>
      <Link to="/">{words.app.home}</Link>
    </Empty>
  );
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
 * What of theirs was more than one person may cause: a fault of their app, or somebody who floods.
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
      {contact.ownName !== contact.name && <Fact name={words.contact.ownName}>{shownName(contact.ownName)}</Fact>}
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

function OwnName({ contact }: { contact: ContactView }) {
  const words = useWords();
  const api = useApi();
  const toasts = useToasts();
  const sentence = useErrorSentence();
  const given = contact.name === contact.ownName ? "" : contact.name;
  const [text, setText] = useState(given);
  const { run, busy, error, clear } = useAction(async () => {
    await api.nameContact({ contact: contact.id, name: text });
    toasts.say(words.app.saved);
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text !== given) run();
  };
  return (
    <form className={styles["name"]} onSubmit={submit} noValidate>
      <Field
        label={words.contact.name}
        hint={words.contact.nameHint(nameForQuotes(contact.ownName))}
        problem={error === undefined ? undefined : sentence(error)}
        placeholder={contact.ownName}
        autoComplete="off"
        maxLength={200}
        value={text}
        onChange={(event) => {
          clear();
          setText(event.target.value);
        }}
      />
      <Button type="submit" busy={busy} disabled={text === given}>
        {words.app.save}
      </Button>
    </form>
  );
}

/** Silence and refusal: what each one means stands beside it. */
function Decisions({ contact }: { contact: ContactView }) {
  const words = useWords();
  const api = useApi();
  const toasts = useToasts();
  const { nameOf } = useNaming();
  const conversation = useLive("conversation", { id: contact.conversation });
  const [asking, setAsking] = useState(false);
  const unblock = () =>
    toasts.attempt(api.block({ contact: contact.id, blocked: false }), words.contact.unblocked(nameOf(contact)));
  return (
    <Section title={words.contact.safety}>
      {conversation !== undefined && (
        <Card>
          <Switch
            label={words.contact.mute}
            text={words.contact.muteText}
            checked={conversation.muted}
            onChange={(muted) => toasts.attempt(api.mute({ conversation: contact.conversation, muted }))}
          />
        </Card>
      )}
      <div className={styles["refusal"]}>
        <Quiet>{words.contact.blockText}</Quiet>
        {contact.blocked ? (
          <Button onClick={unblock}>{words.contact.unblock}</Button>
        ) : (
          <Button kind="danger" icon={<BlockIcon />} onClick={() => setAsking(true)}>
            {words.contact.block}
          </Button>
        )}
      </div>
      {asking && <AskToBlock contact={contact} onClose={() => setAsking(false)} />}
    </Section>
  );
}

/** Blocking keeps what is here; what could be deleted with it is said beforehand. */
function AskToBlock({ contact, onClose }: { contact: ContactView; onClose: () => void }) {
  const words = useWords();
  const format = useFormat();
  const api = useApi();
  const toasts = useToasts();
  const { nameOf } = useNaming();
  const kept = useLive("keptOf", { contact: contact.id });
  const [erase, setErase] = useState(false);
  const block = () => {
    onClose();
    const done = erase && kept !== undefined ? words.contact.erased(kept.messages) : undefined;
    toasts.attempt(api.block({ contact: contact.id, blocked: true, erase }), done);
  };
  return (
    <Dialog open onClose={onClose} title={words.contact.blockAsk(nameOf(contact))} alert>
      <p>{words.contact.blockText}</p>
      {kept !== undefined && kept.messages > 0 && (
        <Card>
          <Switch
            label={words.contact.eraseToo}
            text={words.contact.eraseTooText(kept.messages, format.bytes(kept.bytes))}
            checked={erase}
            onChange={setErase}
          />
        </Card>
      )}
      <DialogActions>
        {/* oxlint-disable-next-line jsx-a11y/no-autofocus -- a dialog must take the focus, and the safe answer is where */}
        <Button autoFocus onClick={onClose}>
          {words.app.cancel}
        </Button>
        <Button kind="danger" onClick={block}>
          {words.contact.block}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
