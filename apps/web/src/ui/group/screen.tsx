import type { ConversationView, GroupView } from "@pli/engine/api";
import { Name } from "../base/name.tsx";
import { Shown } from "../base/shown.tsx";
import { MembersContext } from "../naming.ts";
import { conversationAddress, groupAddress } from "../address.ts";
import { Avatar } from "../base/avatar.tsx";
import { Button } from "../base/button.tsx";
import { TrustDots } from "../base/dots.tsx";
import { Notice } from "../base/notice.tsx";
import { Card, Page, Quiet, Section } from "../base/page.tsx";
import { Waiting } from "../base/spinner.tsx";
import { Switch } from "../base/switch.tsx";
import { useToasts } from "../base/toast.tsx";
import { useApi } from "../client.ts";
import { useLiveState } from "../use-live.ts";
import { ForwardIcon, HistoryIcon, KeyIcon, WriteIcon } from "../icons.tsx";
import { useFormat, useWords } from "../language.tsx";
import { Link, navigate } from "../router.tsx";
import { AddScreen } from "./forms/add.tsx";
import { EditScreen } from "./forms/edit.tsx";
import { HistoryScreen } from "./history.tsx";
import { Blocked } from "./blocked.tsx";
import { DeleteConversation, Leave } from "./leave.tsx";
import { Members } from "./members.tsx";
import { Pending } from "./pending.tsx";
import { offersLeave, RejoiningNotice } from "./rejoining.tsx";
import { RulesFacts, RulesScreen } from "./forms/rules.tsx";
import styles from "./group.module.css";

interface GroupScreenProps {
  conversation: ConversationView;
  part: string | undefined;
}

/** A group: who is in it, what holds there, and what one may do about it. */
export function GroupScreen({ conversation, part }: GroupScreenProps) {
  const { ready, value: group } = useLiveState("group", { id: conversation.id });
  return (
    <MembersContext value={group?.members ?? NOBODY}>
      <Part conversation={conversation} part={part} ready={ready} group={group} />
    </MembersContext>
  );
}

const NOBODY: GroupView["members"] = [];

function Part({
  conversation,
  part,
  ready,
  group,
}: GroupScreenProps & { ready: boolean; group: GroupView | undefined }) {
  if (part === "history") return <HistoryScreen conversation={conversation} />;
  if (!ready) return null;
  if (group === undefined || conversation.state === "left" || conversation.state === "joining")
    return <Outside conversation={conversation} />;
  switch (part) {
    case "add":
      return <AddScreen group={group} />;
    case "edit":
      return <EditScreen group={group} />;
    case "rules":
      return <RulesScreen group={group} />;
    default:
      return <Inside conversation={conversation} group={group} />;
  }
}

function Inside({ conversation, group }: { conversation: ConversationView; group: GroupView }) {
  const words = useWords();
  return (
    <Page title={words.group.title} parent={conversationAddress(group.id)}>
      <Identity conversation={conversation} group={group} />
      {group.state === "rejoining" && <RejoiningNotice group={group} writes={conversation.writable} full />}
      <Blocked group={group} />
      <Pending group={group} />
      <Members group={group} />
      <RulesFacts group={group} />
      <Safety conversation={conversation} />
      <HistoryLink id={group.id} />
      {!offersLeave(group) && <Leave group={group} />}
    </Page>
  );
}

/** Before this device has joined, and after it has left. */
function Outside({ conversation }: { conversation: ConversationView }) {
  const words = useWords();
  const format = useFormat();
  const { archive, id, state } = conversation;
  return (
    <Page title={archive === undefined ? words.group.title : words.archive.mark} parent={conversationAddress(id)}>
      <Identity conversation={conversation} group={undefined} />
      {archive !== undefined && <Notice>{words.archive.closed(format.date(archive.importedAt))}</Notice>}
      {archive === undefined && state === "left" && <Notice>{words.group.leave.left}</Notice>}
      {state === "joining" && <Waiting text={words.group.composer.joining} />}
      <HistoryLink id={id} />
      {state === "left" && <DeleteConversation id={id} />}
    </Page>
  );
}

function Identity({ conversation, group }: { conversation: ConversationView; group: GroupView | undefined }) {
  const words = useWords();
  const { id, level } = conversation;
  const members = group?.members.length ?? conversation.members;
  const { name, picture } = group ?? conversation;
  return (
    <div className={styles["identity"]}>
      <Avatar id={id} name={name} picture={picture} size="large" group />
      <h2>
        <Name id={id} name={name} />
      </h2>
      {members !== undefined && (
        <p className={styles["sub"]}>
          {words.group.membersCount(members)} <TrustDots level={level} />
        </p>
      )}
      {group !== undefined && group.description !== "" && (
        <p className={styles["description"]}>
          <Shown text={group.description} />
        </p>
      )}
      {group?.may.name === true && (
        <Button icon={<WriteIcon />} onClick={() => navigate(`${groupAddress(id)}/edit`)}>
          {words.group.edit.open}
        </Button>
      )}
    </div>
  );
}

function HistoryLink({ id }: { id: string }) {
  const words = useWords();
  return (
    <Card>
      <Link to={`${groupAddress(id)}/history`} className={styles["way"]}>
        <HistoryIcon />
        <span>{words.group.history.title}</span>
        <ForwardIcon size={20} />
      </Link>
    </Card>
  );
}

function Safety({ conversation }: { conversation: ConversationView }) {
  const words = useWords();
  const api = useApi();
  const toasts = useToasts();
  const { id, level, muted } = conversation;
  const say = words.group.security;
  return (
    <Section title={say.title}>
      <Card>
        <div className={styles["level"]}>
          <TrustDots level={level} />
          <p>
            <strong>{words.contact.levels[level]}</strong>
            <span>{say.levelText}</span>
          </p>
        </div>
        <Switch
          label={words.contact.mute}
          text={words.contact.muteText}
          checked={muted}
          onChange={(on) => toasts.attempt(api.mute({ conversation: id, muted: on }))}
        />
      </Card>
      <div className={styles["inset"]}>
        <Quiet>{say.keysText}</Quiet>
        <Button
          icon={<KeyIcon />}
          onClick={() => toasts.attempt(api.renewGroupKeys({ conversation: id }), say.keysAsked)}
        >
          {say.keys}
        </Button>
      </div>
    </Section>
  );
}
