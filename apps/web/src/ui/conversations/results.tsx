import { useCallback, useEffect, useState } from "react";
import type { SearchHit } from "@pli/engine/api";
import { Button } from "../base/button.tsx";
import { Name } from "../base/name.tsx";
import { useGiven, whoOf } from "../naming.ts";
import { messageAddress } from "../address.ts";
import { useAction, type Action } from "../use-action.ts";
import { useApi } from "../client.ts";
import { useLive } from "../use-live.ts";
import { useFormat, useWords } from "../language.tsx";
import { Link } from "../router.tsx";
import { useNow } from "../shell/now.ts";
import { authorOf } from "../message/author.ts";
import { typedText } from "../message/kinds/index.ts";
import { lineOf } from "../message/line.ts";
import { excerptOf, ranked } from "./match.ts";
import { useWording } from "../wording.ts";
import { ConversationRows } from "./rows.tsx";
import styles from "./pane.module.css";

const WAIT_MS = 150;
const PAGE = 30;

export interface Hits {
  /** Undefined until they are known. */
  found: readonly SearchHit[] | undefined;
  hasMore: boolean;
  more: Action<[]>;
}

/**
 * The messages that hold the text, page by page, once typing pauses; in one conversation, or in
 * all.
 */
export function useHits(text: string, conversation?: string): Hits {
  const api = useApi();
  const [hits, setHits] = useState<{ of: string; found: readonly SearchHit[]; hasMore: boolean }>();
  const search = useCallback(
    async (before?: number) => {
      const place = { ...(conversation !== undefined && { conversation }), ...(before !== undefined && { before }) };
      // One more than is shown says whether there are more.
      const found = text === "" ? [] : await api.search({ text, limit: PAGE + 1, ...place });
      return { found: found.slice(0, PAGE), hasMore: found.length > PAGE };
    },
    [api, text, conversation],
  );
  useEffect(() => {
    let isCurrent = true;
    const timer = setTimeout(() => {
      search().then(
        (first) => isCurrent && setHits({ of: text, ...first }),
        () => isCurrent && setHits({ of: text, found: [], hasMore: false }),
      );
    }, WAIT_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [search, text]);
  const more = useAction(async () => {
    const next = await search(hits?.found.at(-1)?.message.order);
    setHits((now) =>
      now?.of === text ? { of: text, found: [...now.found, ...next.found], hasMore: next.hasMore } : now,
    );
  });
  return { found: hits?.found, hasMore: hits?.hasMore ?? false, more };
}

export function SearchResults({ text, current }: { text: string; current: string | undefined }) {
  const words = useWords();
  const now = useNow();
  const query = text.trim();
  const conversations = ranked(useLive("conversations", {}) ?? [], query, { who: whoOf, given: useGiven() });
  const hits = useHits(query);
  const { found, hasMore } = hits;
  const count = found === undefined ? undefined : conversations.length + found.length;
  return (
    <>
      {conversations.length > 0 && <h2 className={styles["title"]}>{words.list.found}</h2>}
      <ConversationRows conversations={conversations} current={current} now={now} />
      {found !== undefined && found.length > 0 && <h2 className={styles["title"]}>{words.list.messages}</h2>}
      <HitList hits={hits} text={query} />
      {count === 0 && <p className={styles["none"]}>{words.list.nothing(query)}</p>}
      <ResultCount count={count} hasMore={hasMore} />
    </>
  );
}

/** How many there are, for screen readers; silent until that is known. */
export function ResultCount({ count, hasMore }: { count: number | undefined; hasMore: boolean }) {
  const words = useWords();
  return (
    <p className="hidden" role="status">
      {count !== undefined && (hasMore ? words.list.moreResults(count) : words.list.results(count))}
    </p>
  );
}

/** The messages found so far, and a way to the rest. */
export function HitList({
  hits: { found, hasMore, more },
  text,
  onChoose,
}: {
  hits: Hits;
  text: string;
  onChoose?: () => void;
}) {
  const words = useWords();
  const now = useNow();
  return (
    <>
      <ul className={styles["list"]}>
        {found?.map((hit) => (
          <li key={hit.message.id}>
            <HitRow hit={hit} text={text} now={now} onChoose={onChoose} />
          </li>
        ))}
      </ul>
      {hasMore && (
        <Button kind="quiet" className={styles["more"] ?? ""} busy={more.busy} onClick={() => more.run()}>
          {words.list.more}
        </Button>
      )}
    </>
  );
}

interface HitRowProps {
  hit: SearchHit;
  text: string;
  now: number;
  onChoose: (() => void) | undefined;
}

/** A message among what was found, with where it is; a click leads there. */
export function HitRow({ hit, text, now, onChoose }: HitRowProps) {
  const words = useWords();
  const format = useFormat();
  const { message, conversationName } = hit;
  const wording = useWording();
  const conversation = useLive("conversations", {})?.find(({ id }) => id === message.conversation);
  const who = conversation === undefined ? { id: message.conversation, name: conversationName } : whoOf(conversation);
  const excerpt = excerptOf(lineOf(message, wording.nameOf(who), wording), text);
  const { fromName, fromRosterOf: teller } = message;
  const writer = authorOf(message, wording.nameOf(who), wording);
  const author = teller === undefined ? writer : words.group.toldAuthor(writer, wording.nameOf(teller));
  const byAnother = !message.mine && typedText(message) !== undefined && fromName !== conversationName;
  return (
    <Link to={messageAddress(message)} className={styles["hit"]} data-row onClick={onChoose}>
      <span>
        <span>
          <Name {...who} />
          {conversation?.archive !== undefined && ` (${words.archive.mark})`}
        </span>
        <time dateTime={new Date(message.sentAt).toISOString()}>{format.moment(message.sentAt, now)}</time>
      </span>
      <span className={styles["excerpt"]}>
        {message.mine && `${words.list.you} `}
        {byAnother && `${words.list.by(author)} `}
        {/* oxlint-disable-next-line react/no-array-index-key -- the pieces of a line never move */}
        {excerpt.map((piece, index) => (piece.hit ? <mark key={index}>{piece.text}</mark> : piece.text))}
      </span>
    </Link>
  );
}
