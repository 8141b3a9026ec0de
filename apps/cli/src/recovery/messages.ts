/** Whether the server keeps a copy of the messages, and how far it is: written, or coming back. */
import type { MessageCopyView, PliApi } from "@pli/engine/api";
import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { leaving, PARTING_MS } from "../parting.ts";
import { failureSentence } from "../words/failures.ts";

/** `on`: what is to be from now on; undefined: it is only said. */
export async function messages(context: Context, api: PliApi, on: boolean | undefined): Promise<ExitCode> {
  if (on !== undefined) await api.changeSettings({ messageCopy: on });
  // The first copy, as far as it leaves at once.
  if (on === true) await leaving(context, api, PARTING_MS);
  const copy = await api.read("messageCopy", {});
  context.emit({ event: "message_copy", ...eventOf(copy) });
  for (const line of linesOf(context, copy)) context.say(line);
  return EXIT.done;
}

function eventOf({ isOn, last, isUnderWay, refusal, restoring }: MessageCopyView) {
  return {
    on: isOn,
    isUnderWay,
    ...(last !== undefined && { last }),
    ...(refusal !== undefined && { refusal }),
    ...(restoring !== undefined && { restoring }),
  };
}

function linesOf({ globals, when, words }: Context, copy: MessageCopyView): string[] {
  const say = words.recovery.copy;
  const { isOn, last, isUnderWay, refusal, restoring } = copy;
  const lines = [isOn ? say.on : say.off];
  if (isOn && last === undefined && !isUnderWay) lines.push(say.none);
  if (isOn && last !== undefined) {
    lines.push(say.last(when.moment(last.at), last.messages));
    if (last.older > 0) lines.push(say.leftOut(last.older));
    if (!last.isHere) lines.push(say.elsewhere);
  }
  if (!isOn && last !== undefined) lines.push(say.until(when.moment(last.until)));
  if (refusal !== undefined) lines.push(say.refused(failureSentence(globals.language, refusal)));
  else if (isUnderWay) lines.push(say.underWay);
  if (restoring !== undefined && restoring.doneAt === undefined)
    lines.push(say.coming(restoring.messagesDone, restoring.messages));
  if (restoring !== undefined && restoring.missing > 0) lines.push(say.missing(restoring.missing));
  return lines;
}
