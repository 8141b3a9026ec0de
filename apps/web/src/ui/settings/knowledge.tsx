import type { ReactNode } from "react";
import type { KnowledgeView } from "@pli/engine/api";
import { Notice } from "../base/notice.tsx";
import { Fact, Facts, Page, Quiet, Section } from "../base/page.tsx";
import { useLive } from "../use-live.ts";
import { EyeIcon, EyeOffIcon } from "../icons.tsx";
import { useFormat, useWords } from "../language.tsx";
import { useNow } from "../shell/now.ts";
import { BarChart, CellChart } from "./chart.tsx";
import { HoursTable } from "./hours-table.tsx";
import { Sample } from "./sample.tsx";
import styles from "./knowledge.module.css";

/** Everything the store could write down about this app, in figures that move as it is used. */
export function KnowledgeScreen() {
  const words = useWords();
  const knowledge = useLive("knowledge", {});
  return (
    <Page title={words.server.title} parent="/settings">
      <p className={styles["lead"]}>{words.server.lead}</p>
      {knowledge !== undefined && <Figures knowledge={knowledge} />}
      {knowledge !== undefined && <Sample sample={knowledge.sample} />}
      <Section title={words.server.ignores}>
        <Lines lines={words.server.ignoresList} icon={<EyeOffIcon size={20} />} />
      </Section>
      <Section title={words.server.knows}>
        <Lines lines={words.server.knowsList} icon={<EyeIcon size={20} />} />
      </Section>
      <Notice title={words.server.openly}>{words.server.openlyText}</Notice>
      {knowledge !== undefined && (
        <Facts>
          <Fact name={words.server.store}>{knowledge.store}</Fact>
          <Fact name={words.server.kept}>{words.server.days(knowledge.retentionDays)}</Fact>
        </Facts>
      )}
    </Page>
  );
}

type Measure = keyof KnowledgeView["hours"][number];

function Figures({ knowledge }: { knowledge: KnowledgeView }) {
  const words = useWords();
  const format = useFormat();
  const now = useNow();
  const of = (measure: Measure) => knowledge.hours.map((hour) => hour[measure]);
  const blocks = sum(of("blocksWritten"));
  return (
    <div className={styles["figures"]}>
      <Figure label={words.server.written} total={format.number(sum(of("cellsWritten")))} live>
        <CellChart label={words.server.written} values={of("cellsWritten")} />
      </Figure>
      <Figure label={words.server.fetched} total={format.number(sum(of("fetched")))}>
        <BarChart label={words.server.fetched} values={of("fetched")} show={format.number} />
      </Figure>
      <Figure
        label={words.server.received}
        total={format.bytes(sum(of("feedBytes")))}
        note={knowledge.feedForm === "full" ? words.server.receivedText : undefined}
      >
        <BarChart label={words.server.received} values={of("feedBytes")} show={format.bytes} />
      </Figure>
      <div className={styles["below"]}>
        <Quiet>{knowledge.feedForm === "full" ? words.server.full : words.server.tag}</Quiet>
        {blocks > 0 && <Quiet>{words.server.blocks(blocks)}</Quiet>}
        <HoursTable hours={knowledge.hours} now={now} />
      </div>
    </div>
  );
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

interface FigureProps {
  label: string;
  total: string;
  note?: string | undefined;
  live?: boolean;
  children: ReactNode;
}

/** A quantity: its name, its total, and how it came about over the day. */
function Figure({ label, total, note, live, children }: FigureProps) {
  const words = useWords();
  return (
    <figure className={styles["figure"]} data-live={live}>
      <figcaption>
        <span className={styles["label"]}>{label}</span>
        {live === true && <span className={styles["live"]}>{words.server.live}</span>}
        <strong>{total}</strong>
        {note !== undefined && <span className={styles["note"]}>{note}</span>}
      </figcaption>
      {children}
      <p className={styles["axis"]} aria-hidden="true">
        <span>{words.server.ago}</span>
        <span>{words.server.now}</span>
      </p>
    </figure>
  );
}

function Lines({ lines, icon }: { lines: readonly string[]; icon: ReactNode }) {
  return (
    <ul className={styles["lines"]}>
      {lines.map((line) => (
        <li key={line}>
          {icon}
          <span>{line}</span>
        </li>
      ))}
    </ul>
  );
}
