import type { ReactNode } from "react";
import { useFormat, useWords } from "../language.tsx";
import styles from "./knowledge.module.css";

const STEP = 10;
const SIDE = 8;
const ROWS = 8;
const HEIGHT = 48;
const EMPTY_HEIGHT = 8;

/** How many cells one square stands for, so that the busiest hour fits. */
export function cellsPerSquare(peak: number): number {
  return Math.max(1, Math.ceil(peak / ROWS));
}

/** Cells by the hour, drawn as what they are: squares that nothing distinguishes. */
export function CellChart({ label, values }: { label: string; values: number[] }) {
  const words = useWords();
  const format = useFormat();
  const each = cellsPerSquare(Math.max(...values));
  const rows = Math.max(3, ...values.map((value) => Math.ceil(value / each)));
  const top = rows * STEP;
  return (
    <>
      <Drawing label={label} values={values} height={top} show={format.number}>
        {values.map((value, hour) =>
          Array.from({ length: Math.max(1, Math.ceil(value / each)) }, (_, row) => (
            <rect
              // oxlint-disable-next-line react/no-array-index-key -- squares are their places
              key={`${hour} ${row}`}
              className={value === 0 ? styles["none"] : styles["cell"]}
              x={hour * STEP + 1}
              y={top - (row + 1) * STEP + 1}
              width={SIDE}
              height={SIDE}
              rx={1.6}
            />
          )),
        )}
      </Drawing>
      {each > 1 && <p className={styles["key"]}>{words.server.square(each)}</p>}
    </>
  );
}

/** A quantity by the hour as plain bars, the tallest as high as the drawing. */
export function BarChart({
  label,
  values,
  show,
}: {
  label: string;
  values: number[];
  show: (value: number) => string;
}) {
  const peak = Math.max(...values);
  const full = peak === 0 ? EMPTY_HEIGHT : HEIGHT;
  return (
    <Drawing label={label} values={values} height={full} show={show}>
      {values.map((value, hour) => {
        const height = value === 0 ? 1.5 : Math.max(3, (value / peak) * HEIGHT);
        return (
          <rect
            // oxlint-disable-next-line react/no-array-index-key -- bars are their hours
            key={hour}
            className={value === 0 ? styles["rest"] : styles["cell"]}
            x={hour * STEP + 1}
            y={full - height}
            width={SIDE}
            height={height}
            rx={value === 0 ? 0.75 : 1.6}
          />
        );
      })}
    </Drawing>
  );
}

interface DrawingProps {
  label: string;
  values: number[];
  height: number;
  show: (value: number) => string;
  children: ReactNode;
}

function Drawing({ label, values, height, show, children }: DrawingProps) {
  const words = useWords();
  const total = values.reduce((sum, value) => sum + value, 0);
  return (
    <svg
      className={styles["chart"]}
      viewBox={`0 0 ${values.length * STEP} ${height}`}
      role="img"
      aria-label={words.server.chart(label, show(total), show(Math.max(...values)))}
    >
      {children}
    </svg>
  );
}
