import { useState, type FormEvent } from "react";
import type { GroupView, NewcomersRead, WhoAdds, WhoWrites } from "@pli/engine/api";
import { groupAddress } from "../../address.ts";
import { Button } from "../../base/button.tsx";
import { ErrorNotice, Notice } from "../../base/notice.tsx";
import { Fact, Facts, Page, Section } from "../../base/page.tsx";
import { Choices } from "../../base/switch.tsx";
import { useToasts } from "../../base/toast.tsx";
import { useAction } from "../../use-action.ts";
import { useApi } from "../../client.ts";
import { capital } from "../../format.ts";
import { useFormat, useWords } from "../../language.tsx";
import { goBack, navigate } from "../../router.tsx";
import { TIMERS, timerText } from "../lines/timers.ts";
import styles from "../group.module.css";

type Rules = Pick<GroupView, "whoAdds" | "whoWrites" | "timer" | "newcomersRead">;

/** The label of a time until messages disappear. */
function useTimerLabel(): (seconds: number) => string {
  const words = useWords();
  const format = useFormat();
  return (seconds) => (seconds === 0 ? words.group.rules.never : capital(timerText(seconds, { words, format })));
}

/** The rules as they are. */
export function RulesFacts({ group }: { group: GroupView }) {
  const words = useWords();
  const say = words.group.rules;
  const timerLabel = useTimerLabel();
  return (
    <Section title={say.title}>
      <Facts>
        <Fact name={words.group.yourRole}>{words.group.roles[group.role]}</Fact>
        <Fact name={say.whoAdds}>{say.adds[group.whoAdds]}</Fact>
        <Fact name={say.whoWrites}>{say.writes[group.whoWrites]}</Fact>
        <Fact name={say.timer}>{timerLabel(group.timer)}</Fact>
        <Fact name={say.newcomers}>{say.newcomersRead[group.newcomersRead]}</Fact>
      </Facts>
      {(group.may.rules || group.may.name) && (
        <div>
          <Button onClick={() => navigate(`${groupAddress(group.id)}/rules`)}>{say.open}</Button>
        </div>
      )}
    </Section>
  );
}

/** The rules to change: owners change all of them, admins when messages disappear. */
export function RulesScreen({ group }: { group: GroupView }) {
  const words = useWords();
  const say = words.group.rules;
  const api = useApi();
  const toasts = useToasts();
  const timerLabel = useTimerLabel();
  const [change, setChange] = useState<Partial<Rules>>({});
  const chosen: Rules = { ...group, ...change };
  const choose = (next: Partial<Rules>) => setChange(differing(group, { ...change, ...next }));
  const { run, busy, error } = useAction(async () => {
    await api.changeGroup({ conversation: group.id, ...change });
    toasts.say(words.group.edit.asked);
    goBack(groupAddress(group.id));
  });
  const changed = Object.keys(change).length > 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (changed) run();
  };
  const disabled = !group.may.rules;
  const timers = TIMERS.some((seconds) => seconds === group.timer) ? TIMERS : [...TIMERS, group.timer];
  return (
    <Page title={say.title} parent={groupAddress(group.id)}>
      <form className={styles["form"]} onSubmit={submit} noValidate>
        {disabled && <Notice>{say.readOnly}</Notice>}
        <Choices<WhoWrites>
          legend={say.whoWrites}
          value={chosen.whoWrites}
          options={(["everyone", "admins"] as const).map((value) => ({
            value,
            label: say.writes[value],
            text: say.writesTexts[value],
            disabled,
          }))}
          onChange={(whoWrites) => choose({ whoWrites })}
        />
        <Choices<WhoAdds>
          legend={say.whoAdds}
          value={chosen.whoAdds}
          options={(["admins", "members"] as const).map((value) => ({ value, label: say.adds[value], disabled }))}
          onChange={(whoAdds) => choose({ whoAdds })}
        />
        <Choices<NewcomersRead>
          legend={say.newcomers}
          value={chosen.newcomersRead}
          options={(["nothing", "week"] as const).map((value) => ({
            value,
            label: say.newcomersRead[value],
            disabled,
          }))}
          onChange={(newcomersRead) => choose({ newcomersRead })}
        />
        <div className={styles["section"]}>
          <Choices
            legend={say.timer}
            value={String(chosen.timer)}
            options={timers.map((seconds) => ({
              value: String(seconds),
              label: timerLabel(seconds),
              disabled: !group.may.name,
            }))}
            onChange={(seconds) => choose({ timer: Number(seconds) })}
          />
          <p className={styles["quiet"]}>{say.timerText}</p>
        </div>
        <ErrorNotice code={error} />
        <div className={styles["finish"]}>
          <Button kind="primary" type="submit" wide busy={busy} disabled={!changed}>
            {words.app.save}
          </Button>
        </div>
      </form>
    </Page>
  );
}

/** The rules in `chosen` that are not in force already. */
function differing(now: Rules, chosen: Partial<Rules>): Partial<Rules> {
  return Object.fromEntries(Object.entries(chosen).filter(([field, value]) => now[field as keyof Rules] !== value));
}
