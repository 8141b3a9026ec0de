import type { KnowledgeView } from "@pli/engine/api";
import { useFormat, useWords } from "../language.tsx";
import styles from "./knowledge.module.css";

const HOUR_MS = 3_600_000;

/** The same figures as rows, the latest hour first, for who prefers to read them. */
export function HoursTable({ hours, now }: { hours: KnowledgeView["hours"]; now: number }) {
  const words = useWords();
  const format = useFormat();
  const latest = Math.floor(now / HOUR_MS) * HOUR_MS;
  const rows = hours.toReversed().map((hour, index) => ({ hour, at: latest - index * HOUR_MS }));
  return (
    <details className={styles["details"]}>
      <summary>{words.server.table}</summary>
      <table>
        <thead>
          <tr>
            {[words.server.hour, words.server.written, words.server.fetched, words.server.received].map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ at, hour }) => (
            <tr key={at}>
              <th scope="row">{format.time(at)}</th>
              <td>{format.number(hour.cellsWritten)}</td>
              <td>{format.number(hour.fetched)}</td>
              <td>{format.bytes(hour.feedBytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
