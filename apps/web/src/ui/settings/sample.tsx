import type { KnowledgeView } from "@pli/engine/api";
import { Quiet, Section } from "../base/page.tsx";
import { useWords } from "../language.tsx";
import styles from "./knowledge.module.css";

function groupsOf(hex: string): string[] {
  return hex.match(/.{1,4}/gu) ?? [];
}

/** The last cell written, byte for byte, and as the grain its bytes make: noise, as any other. */
export function Sample({ sample }: { sample: KnowledgeView["sample"] }) {
  const words = useWords();
  return (
    <Section title={words.server.sample}>
      {sample === undefined ? (
        <Quiet>{words.server.sampleNone}</Quiet>
      ) : (
        <div className={styles["sample"]}>
          <dl>
            <dt>{words.server.label}</dt>
            <dd>
              <Hex text={sample.label} />
            </dd>
            <dt>{words.server.cell}</dt>
            <dd>
              <Hex text={sample.cell} />
            </dd>
          </dl>
          <Grain hex={sample.cell} />
        </div>
      )}
      <Quiet>{words.server.size}</Quiet>
    </Section>
  );
}

function Hex({ text }: { text: string }) {
  return (
    <code className={styles["hex"]}>
      {groupsOf(text).map((group, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- groups are their places
        <span key={index}>{group} </span>
      ))}
    </code>
  );
}

const ACROSS = 24;

function Grain({ hex }: { hex: string }) {
  const bytes = (hex.match(/../gu) ?? []).map((pair) => Number.parseInt(pair, 16));
  return (
    <svg className={styles["grain"]} viewBox={`0 0 ${ACROSS} ${Math.ceil(bytes.length / ACROSS)}`} aria-hidden="true">
      {bytes.map((byte, index) => (
        <rect
          // oxlint-disable-next-line react/no-array-index-key -- bytes are their places
          key={index}
          x={(index % ACROSS) + 0.04}
          y={Math.floor(index / ACROSS) + 0.04}
          width={0.92}
          height={0.92}
          fill="currentColor"
          fillOpacity={0.06 + (byte / 255) * 0.84}
        />
      ))}
    </svg>
  );
}
