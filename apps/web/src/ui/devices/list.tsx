import { useState, type FormEvent } from "react";
import type { DeviceView } from "@pli/engine/api";
import { nameForQuotes, shownName } from "@pli/engine/content";
import { pairingAddress } from "../address.ts";
import { Button } from "../base/button.tsx";
import { Confirm, Dialog, DialogActions } from "../base/dialog.tsx";
import { NameField } from "../base/field.tsx";
import { Menu } from "../base/menu.tsx";
import { Notice } from "../base/notice.tsx";
import { Actions, Card, Page, Quiet, Stack } from "../base/page.tsx";
import { useToasts } from "../base/toast.tsx";
import { useApi } from "../client.ts";
import { OpenList } from "../conversations/open-list.tsx";
import { DeviceIcon, MoreIcon, PlusIcon, TrashIcon, WarningIcon, WriteIcon } from "../icons.tsx";
import { daysBetween } from "../format.ts";
import { useFormat, useWords } from "../language.tsx";
import { useProfile } from "../profile.ts";
import type { Words } from "../../words/index.ts";
import { navigate } from "../router.tsx";
import { useNow } from "../shell/now.ts";
import { EraseButton } from "../settings/erase.tsx";
import { Stolen } from "./stolen.tsx";
import { useAction } from "../use-action.ts";
import { useLive } from "../use-live.ts";
import { ComingNotices } from "./coming-line.tsx";
import { HistoryNotice } from "./history-line.tsx";
import { IdleNotices } from "./idle-line.tsx";
import { ReturningNotice } from "./returning-line.tsx";
import styles from "./devices.module.css";

/** As many as the engine lets in. */
const MAX_DEVICES = 8;

/** This person's devices, and the way to add one. */
export function DevicesScreen() {
  const { devices: words } = useWords();
  const devices = useLive("devices", {});
  return (
    <Page title={words.title} parent="/settings">
      {devices !== undefined && (devices.some(isOut) ? <Gone devices={devices} /> : <Devices devices={devices} />)}
    </Page>
  );
}

const isOut = ({ isRemoved }: DeviceView): boolean => isRemoved;

function Devices({ devices }: { devices: readonly DeviceView[] }) {
  const { devices: words } = useWords();
  const isFull = devices.length >= MAX_DEVICES;
  const find = (wanted: string): DeviceView | undefined => devices.find(({ id }) => id === wanted);
  return (
    <>
      <Quiet>{words.lead}</Quiet>
      <Card>
        {devices.length === 0 ? (
          <First />
        ) : (
          devices.map((device) => <Device key={device.id} device={device} by={find(device.addedBy)} />)
        )}
      </Card>
      <ReturningNotice devices={devices} />
      <ComingNotices />
      <IdleNotices devices={devices} />
      <HistoryNotice nameOf={(id) => namedIn(find(id))} />
      <OpenExchanges />
      {devices.length < 2 && <Notice>{words.only}</Notice>}
      {isFull ? (
        <Notice>{words.full}</Notice>
      ) : (
        <Actions>
          <Button kind="primary" icon={<PlusIcon />} onClick={() => navigate("/settings/devices/add")}>
            {words.add}
          </Button>
        </Actions>
      )}
    </>
  );
}

const namedIn = (device?: DeviceView): string | undefined =>
  device === undefined || device.name === "" ? undefined : nameForQuotes(device.name);

/** Nothing of the first device, nor of one that nobody named: that would tell nothing. */
function giverIn(words: Words["devices"], device: DeviceView, by?: DeviceView): string[] {
  if (by === undefined || by.id === device.id) return [];
  if (by.isThis) return [words.addedFromThis];
  return by.name === "" ? [] : [words.addedFrom(nameForQuotes(by.name))];
}

/** Exchanges that were left half-way, or came to nothing. */
function OpenExchanges() {
  const { devices: words } = useWords();
  const format = useFormat();
  const now = useNow();
  // One that waits for its day is said by itself.
  const open = (useLive("devicePairings", {}) ?? []).filter(
    ({ step, until }) => step === "failed" || until === undefined,
  );
  const rows = open.map(({ id, step, peer, createdAt, endedAt }) => {
    const at = endedAt ?? createdAt;
    const under = peer === undefined ? words.openWaiting : words.openCode(nameForQuotes(peer));
    const isOver = step === "failed";
    return {
      to: pairingAddress(id),
      icon: isOver ? <WarningIcon size={20} /> : <DeviceIcon size={20} />,
      line: isOver ? words.openEnded : under,
      at,
      when: format.moment(at, now),
    };
  });
  return <OpenList title={words.open} rows={rows} />;
}

/** Before there is a list, there is this device. */
function First() {
  const { devices: words } = useWords();
  const format = useFormat();
  const profile = useProfile();
  if (profile === undefined) return null;
  return (
    <div className={styles["device"]}>
      <DeviceIcon size={28} />
      <div>
        <strong>{words.this}</strong>
        <Quiet>{words.thisText(format.date(profile.createdAt))}</Quiet>
      </div>
    </div>
  );
}

function seenIn({ seenToday, seenYesterday, seenOn }: Words["devices"], at: number, now: number, date: string): string {
  const days = daysBetween(at, now);
  if (days > 1) return seenOn(date);
  return days === 1 ? seenYesterday : seenToday;
}

/** `by`: the device that let it in. `isGone`: it was removed, perhaps by one that was stolen. */
function Device({ device, by, isGone = false }: { device: DeviceView; by?: DeviceView | undefined; isGone?: boolean }) {
  const { devices: words } = useWords();
  const format = useFormat();
  const now = useNow();
  const toasts = useToasts();
  const api = useApi();
  const [asks, setAsks] = useState<"rename" | "lost" | "stolen">();
  const close = () => setAsks(undefined);
  const name = device.name === "" ? (device.isThis ? words.this : words.unnamed) : shownName(device.name);
  const date = format.date(device.addedAt);
  const added = device.isThis ? words.addedHere(date) : words.addedOn(date);
  const seen = device.isThis || isGone ? undefined : seenIn(words, device.lastSeen, now, format.date(device.lastSeen));
  const remove = () => {
    toasts.attempt(api.removeDevice({ device: device.id }).then(() => toasts.say(words.removed(nameForQuotes(name)))));
  };
  const rename = { id: "rename", label: words.rename, icon: <WriteIcon />, onChoose: () => setAsks("rename") };
  const lost = { id: "lost", label: words.lost, icon: <TrashIcon />, danger: true, onChoose: () => setAsks("lost") };
  const stolen = {
    id: "stolen",
    label: words.stolen,
    icon: <WarningIcon />,
    danger: true,
    onChoose: () => setAsks("stolen"),
  };
  const ways = isGone ? [stolen] : [rename, lost, stolen];
  return (
    <div className={styles["device"]}>
      <DeviceIcon size={28} />
      <div>
        <strong>{name}</strong>
        <Quiet>{[added, ...giverIn(words, device, by)].join(" ")}</Quiet>
        {seen !== undefined && <Quiet>{seen}</Quiet>}
      </div>
      <Menu label={words.actions(nameForQuotes(name))} icon={<MoreIcon />} choices={device.isThis ? [rename] : ways} />
      <Dialog open={asks === "rename"} onClose={close} title={words.rename}>
        <Rename device={device} onClose={close} />
      </Dialog>
      <Confirm
        open={asks === "lost"}
        title={words.removeAsk(nameForQuotes(name))}
        text={words.removeText}
        confirm={words.remove}
        danger
        onConfirm={remove}
        onClose={close}
      />
      <Dialog open={asks === "stolen"} onClose={close} title={words.stolenAsk(nameForQuotes(name))}>
        <Stolen device={device.id} name={name} onClose={close} />
      </Dialog>
    </div>
  );
}

function Rename({ device, onClose }: { device: DeviceView; onClose: () => void }) {
  const words = useWords();
  const api = useApi();
  const [name, setName] = useState(device.name);
  const { run, busy, error, clear } = useAction(async () => {
    await api.renameDevice({ device: device.id, name });
    onClose();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    run();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <NameField
          label={words.devices.name}
          hint={words.devices.nameHint}
          error={error}
          // oxlint-disable-next-line jsx-a11y/no-autofocus -- a dialog must take the focus, and this is what it asks
          autoFocus
          value={name}
          onName={(typed) => {
            clear();
            setName(typed);
          }}
        />
        <DialogActions>
          <Button onClick={onClose}>{words.app.cancel}</Button>
          <Button kind="primary" type="submit" busy={busy}>
            {words.app.save}
          </Button>
        </DialogActions>
      </Stack>
    </form>
  );
}

/** This device is none of this person's any more. */
function Gone({ devices }: { devices: readonly DeviceView[] }) {
  const { devices: words } = useWords();
  const others = devices.filter(({ isThis }) => !isThis);
  return (
    <>
      <Notice kind="danger" title={words.gone}>
        {words.goneText}
      </Notice>
      {others.length > 0 && (
        <>
          <Quiet>{words.goneStolen}</Quiet>
          <Card>
            {others.map((device) => (
              <Device key={device.id} device={device} isGone />
            ))}
          </Card>
        </>
      )}
      <Actions>
        <Button onClick={() => navigate("/settings/export")}>{useWords().archive.row}</Button>
        <EraseButton />
      </Actions>
    </>
  );
}
