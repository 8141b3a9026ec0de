import { useState } from "react";
import type { GroupMemberView, GroupView, Role } from "@pli/engine/api";
import { Name } from "../base/name.tsx";
import { useNaming } from "../naming.ts";
import { contactAddress, conversationAddress, groupAddress } from "../address.ts";
import { Avatar } from "../base/avatar.tsx";
import { Confirm } from "../base/dialog.tsx";
import { TrustDots } from "../base/dots.tsx";
import { Menu, type Choice } from "../base/menu.tsx";
import { Card } from "../base/page.tsx";
import { useToasts } from "../base/toast.tsx";
import { useApi } from "../client.ts";
import { useLive } from "../use-live.ts";
import { EnvelopeIcon, InviteIcon, KeyIcon, MoreIcon, PersonIcon, PlusIcon, TrashIcon } from "../icons.tsx";
import { useWords } from "../language.tsx";
import { useInvite } from "../pairing/ways.tsx";
import { Link, navigate } from "../router.tsx";
import { Names } from "./names.tsx";
import styles from "./group.module.css";

/** From the most to the least that one may do. */
const ROLES: readonly Role[] = ["owner", "admin", "member", "reader"];

type Asked = { what: "remove" | "owner"; member: GroupMemberView };

/** Everybody in the group, and what may be done about each. */
export function Members({ group }: { group: GroupView }) {
  const words = useWords();
  const say = words.group.members;
  const [asked, setAsked] = useState<Asked>();
  return (
    <section className={styles["section"]} aria-labelledby="members">
      <div className={styles["title"]}>
        <h2 id="members">{say.title}</h2>
        {group.may.add && (
          <Link to={`${groupAddress(group.id)}/add`} className={styles["add"]}>
            <PlusIcon size={20} /> {say.add}
          </Link>
        )}
      </div>
      <Card>
        <Names items={group.members} search={say.search} nothing={say.nothing}>
          {(member) => <Member group={group} member={member} onAsk={setAsked} />}
        </Names>
      </Card>
      <Questions group={group} asked={asked} onClose={() => setAsked(undefined)} />
    </section>
  );
}

interface MemberProps {
  group: GroupView;
  member: GroupMemberView;
  onAsk: (asked: Asked) => void;
}

function Member({ group, member, onAsk }: MemberProps) {
  const words = useWords();
  const { nameOf } = useNaming();
  const choices = useChoices({ group, member, onAsk });
  return (
    <div className={styles["member"]}>
      <Avatar id={member.id} name={member.name} size="small" />
      <p className={styles["who"]}>
        <Name id={member.id} name={member.name} />
        {member.isSelf && <small> ({words.group.people.you})</small>}
        {member.role !== "member" && <span className={styles["role"]}>{words.group.roles[member.role]}</span>}
      </p>
      {!member.isSelf && <TrustDots level={member.level} />}
      {choices.length > 0 ? (
        <Menu label={words.group.members.actions(nameOf(member))} icon={<MoreIcon size={20} />} choices={choices} />
      ) : (
        <span className={styles["noMenu"]} />
      )}
    </div>
  );
}

function useChoices({ group, member, onAsk }: MemberProps): Choice[] {
  const words = useWords();
  const api = useApi();
  const toasts = useToasts();
  const { invite } = useInvite();
  const say = words.group.members;
  const contact = useLive("contacts", {})?.find(({ id }) => id === member.id);
  const known: Choice[] =
    contact === undefined
      ? [{ id: "invite", label: say.invite, icon: <InviteIcon />, onChoose: invite }]
      : [
          {
            id: "write",
            label: say.write,
            icon: <EnvelopeIcon />,
            onChoose: () => navigate(conversationAddress(contact.conversation)),
          },
          {
            id: "contact",
            label: say.contact,
            icon: <PersonIcon />,
            onChoose: () => navigate(contactAddress(contact.conversation)),
          },
        ];
  const give = (role: Role) =>
    toasts.attempt(api.setRole({ conversation: group.id, member: member.id, role }), words.group.roleAsked);
  const roles: Choice[] = ROLES.filter((role) => role !== member.role && member.mayBecome.includes(role)).map(
    (role) => ({
      id: role,
      label: words.group.give[role],
      icon: <KeyIcon />,
      onChoose: () => (role === "owner" ? onAsk({ what: "owner", member }) : give(role)),
    }),
  );
  const remove: Choice = {
    id: "remove",
    label: say.remove,
    icon: <TrashIcon />,
    danger: true,
    onChoose: () => onAsk({ what: "remove", member }),
  };
  return [...(member.isSelf ? [] : known), ...roles, ...(member.mayRemove && !member.isSelf ? [remove] : [])];
}

/** Asked before what changes much, in one place for all rows. */
function Questions({ group, asked, onClose }: { group: GroupView; asked: Asked | undefined; onClose: () => void }) {
  const words = useWords();
  const api = useApi();
  const toasts = useToasts();
  const say = words.group.members;
  const { nameOf } = useNaming();
  const [shown, setShown] = useState(asked);
  if (asked !== undefined && asked !== shown) setShown(asked);
  if (shown === undefined) return null;
  const { id } = shown.member;
  const name = nameOf(shown.member);
  const conversation = group.id;
  return shown.what === "remove" ? (
    <Confirm
      open={asked !== undefined}
      title={say.removeAsk(name)}
      text={say.removeText}
      confirm={say.remove}
      danger
      onClose={onClose}
      onConfirm={() => toasts.attempt(api.removeFromGroup({ conversation, members: [id] }), say.removed)}
    />
  ) : (
    <Confirm
      open={asked !== undefined}
      title={say.ownerAsk(name)}
      text={say.ownerText}
      confirm={words.group.give.owner}
      onClose={onClose}
      onConfirm={() => toasts.attempt(api.setRole({ conversation, member: id, role: "owner" }), words.group.roleAsked)}
    />
  );
}
