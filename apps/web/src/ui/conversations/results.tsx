import { useEffect, useState } from "react";
import type { SearchHit } from "@pli/engine/api";
import { Name } from "../base/name.tsx";
import { useGiven, whoOf } from "../naming.ts";
import { messageAddress } from "../address.ts";
import { useApi, useLive } from "../client.tsx";
import { useFormat, useWords } from "../language.tsx";
import { Link } from "../router.tsx";
import { useNow } from "../shell/now.ts";
import { excerptOf, ranked } from "./match.ts";
import { authorOf, lineOf } from "./preview.ts";
import { useTeller } from "../teller.ts";
import { ConversationRow } from "./row.tsx";
import styles from "./pane.module.css";

const WAIT_MS = 150;

/** The messages that hold the text, once typing pauses. */
function useHits(text: string): SearchHit[] | undefined {
  const api = useApi();
  const [hits, setHits] = useState<SearchHit[]>();
  useEffect(() => {
    let wanted = true;
    const timer = setTimeout(() => {
      api.search({ text, limit: 30 }).then(
        (found) => wanted && setHits(found),
        () => wanted && setHits([]),
      );
    }, WAIT_MS);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [api, text]);
  return hits;
}

export function SearchResults({ text, current }: { text: string; current: string | undefined }) {
  const words = useWords();
  const now = useNow();
  const wanted = text.trim();
  const conversations = ranked(useLive("conversations", {}) ?? [], wanted, { who: whoOf, given: useGiven() });
  const hits = useHits(wanted);
  const count = conversations.length + (hits?.length ?? 0);
  return (
    <>
      {conversations.length > 0 && <h2 className={styles["title"]}>{words.list.found}</h2>}
      <ul className={styles["list"]}>
        {conversations.map((conversation) => (
          <li key={conversation.id}>
            <ConversationRow conversation={conversation} current={conversation.id === current} now={now} />
          </li>
        ))}
      </ul>
      {hits !== undefined && hits.length > 0 && <h2 className={styles["title"]}>{words.list.messages}</h2>}
      <ul className={styles["list"]}>
        {hits?.map((hit) => (
          <li key={hit.message.id}>
            <HitRow hit={hit} text={wanted} now={now} />
          </li>
        ))}
      </ul>
      {hits !== undefined && count === 0 && <p className={styles["none"]}>{words.list.nothing(wanted)}</p>}
      <p className="hidden" role="status">
        {hits !== undefined && words.list.results(count)}
      </p>
    </>
  );
}

function HitRow({ hit, text, now }: { hit: SearchHit; text: string; now: number }) {
  const words = useWords();
  const format = useFormat();
  const { message, conversationName } = hit;
  const teller = useTeller();
  const conversation = useLive("conversations", {})?.find(({ id }) => id === message.conversation);
  const who = conversation === undefined ? { id: message.conversation, name: conversationName } : whoOf(conversation);
  const excerpt = excerptOf(lineOf(message, teller.nameOf(who), teller), text);
  const { fromName, toldBy } = message;
  const writer = authorOf(message, teller.nameOf(who), teller);
  const author = toldBy === undefined ? writer : words.group.toldAuthor(writer, teller.nameOf(toldBy));
  const byAnother = !message.mine && message.body.kind === "text" && fromName !== conversationName;
  return (
    <Link to={messageAddress(message)} className={styles["hit"]} data-row>
      <span>
        <span>
          <Name {...who} />
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
