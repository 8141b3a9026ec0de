import { useEffect, useState } from "react";
import type { PairingStep, PliApi } from "@pli/engine/api";
import { conversationAddress, pairingAddress, questionAddress } from "../../address.ts";
import { useClient } from "../../client.ts";
import { usePreferences, useWords } from "../../language.tsx";
import type { Words } from "../../../words/index.ts";
import { createDisplay, KINDS, type Display, type Kind } from "./display.ts";
import { createNotifier, type Notifier } from "./notifier.ts";
import type { Sight } from "../sight.ts";
import { useProfiles } from "../../use-profiles.ts";

interface Parts {
  api: PliApi;
  sight: Sight;
  display: Display;
  words: Words["notifications"];
}

/** The list shows all that waits. */
const LIST = "/";

/**
 * Shows, while nobody looks, how many new messages there are, that there is a question, or that a
 * guest waits with the digits, and nothing more. Until the returned function is called.
 */
export function notify(parts: Parts): () => void {
  const { api, sight, display } = parts;
  const messages = notifierOfMessages(parts);
  const notifiers = [messages];
  const stops = [
    api.onMessage(({ body, conversation }) => {
      if (body.kind !== "change") messages.arrived(conversation);
    }),
    api.watch("conversations", {}, () => messages.look()),
  ];
  const follow = (kind: Kind, body: string): ((places: readonly string[]) => void) => {
    const [notifier, update] = followWaiting(parts, kind, body);
    notifiers.push(notifier);
    return update;
  };
  const questions = follow("questions", parts.words.question);
  const guests = follow("pairings", parts.words.guest);
  const endings = follow("endings", parts.words.ended);
  stops.push(
    api.watch("groupQuestions", {}, (all) =>
      questions(all.filter(({ over }) => over === undefined).map(({ id }) => questionAddress(id))),
    ),
    api.watch("pairings", {}, (all) => {
      const placesOf = (of: PairingStep) => all.filter(({ step }) => step === of).map(({ id }) => pairingAddress(id));
      guests(placesOf("code"));
      endings(placesOf("failed"));
    }),
    sight.watch(() => {
      for (const notifier of notifiers) notifier.look();
      // Also what an earlier tab has shown.
      if (sight.has(LIST)) for (const kind of KINDS) void display.close(kind).catch(() => undefined);
    }),
  );
  return () => {
    for (const stop of stops) stop();
    for (const notifier of notifiers) notifier.stop();
  };
}

function notifierOfMessages({ api, sight, display, words }: Parts): Notifier {
  return createNotifier({
    async waiting(id) {
      if (sight.has(LIST) || sight.has(conversationAddress(id))) return 0;
      const view = await api.read("conversation", { id });
      return view === undefined || view.muted || view.blocked ? 0 : view.unread;
    },
    show: ({ count, sources: [only = "", ...others], aloud }) =>
      display.show("messages", {
        body: words.body(count),
        path: others.length === 0 ? conversationAddress(only) : LIST,
        aloud,
      }),
    close: () => display.close("messages"),
    later,
  });
}

/**
 * Shows a notification when something begins to wait for an answer at a place. What waits at the
 * start is not new. Gives the notifier, and a function that takes the places at which something
 * waits now.
 */
function followWaiting(
  { sight, display }: Parts,
  kind: Kind,
  body: string,
): readonly [Notifier, (places: readonly string[]) => void] {
  let known: readonly string[] | undefined;
  const unseen = (): readonly string[] => (sight.has(LIST) ? [] : (known ?? []).filter((place) => !sight.has(place)));
  const notifier = createNotifier({
    waiting: () => Promise.resolve(unseen().length),
    show({ aloud }) {
      const [only = LIST, ...others] = unseen();
      return display.show(kind, { body, path: others.length === 0 ? only : LIST, aloud });
    },
    close: () => display.close(kind),
    later,
  });
  const update = (places: readonly string[]) => {
    const before = known;
    known = places;
    for (const place of places) if (before?.includes(place) === false) notifier.arrived(kind);
    notifier.look();
  };
  return [notifier, update];
}

function later(ms: number, work: () => void): () => void {
  const timer = setTimeout(work, ms);
  return () => clearTimeout(timer);
}

/** Shows notifications, if the person turned them on, in the one tab in which the engine runs. */
export function useNotifications(sight: Sight): void {
  const { api, host } = useClient();
  const { notifications: words } = useWords();
  const { notifications } = usePreferences();
  const { own, label, isOnly } = useProfiles();
  const [leads, setLeads] = useState(false);
  useEffect(() => host.watchHost(({ leader }) => setLeads(leader)), [host]);
  const isOn = notifications && leads && "Notification" in window;
  useEffect(() => {
    if (!isOn) return undefined;
    const display = createDisplay({ profile: own, label: isOnly ? undefined : label });
    return notify({ api, sight, display, words });
  }, [api, sight, words, isOn, own, label, isOnly]);
}
