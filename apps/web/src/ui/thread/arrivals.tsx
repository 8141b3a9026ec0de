import { useEffect, useState } from "react";
import { useApi } from "../client.ts";
import { authorOf } from "../message/author.ts";
import { isBubble } from "../message/kinds/index.ts";
import { lineOf } from "../message/line.ts";
import { useWording } from "../wording.ts";

/** Reads out what arrives in a conversation. `name`: what the reader calls it. */
export function Arrivals({ conversation, name }: { conversation: string; name: string }) {
  const api = useApi();
  const wording = useWording();
  const [text, setText] = useState("");
  useEffect(
    () =>
      api.onMessage((message) => {
        if (message.conversation !== conversation) return;
        const line = lineOf(message, name, wording);
        const author = authorOf(message, name, wording);
        setText(isBubble(message) ? wording.words.thread.arrived(author, line) : line);
      }),
    [api, conversation, name, wording],
  );
  return (
    <p className="hidden" role="status">
      {text}
    </p>
  );
}
