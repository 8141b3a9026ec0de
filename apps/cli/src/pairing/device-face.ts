/**
 * What linking a device shows and asks people: the other device is theirs too, and nobody is
 * called.
 */
import { nameForQuotes } from "@pli/engine/content";
import type { PairingView } from "@pli/engine/api";
import type { Context } from "../context.ts";
import { digitBox } from "../text/digits.ts";
import { qrLines } from "../text/qr.ts";
import { awayText } from "../waiting.ts";
import { jsonFace } from "./faces.ts";
import type { PairingFace } from "./run.ts";

export function deviceFace(context: Context): PairingFace {
  const confirm = confirmation(context);
  const face = context.globals.json ? jsonFace(context) : humanDeviceFace(context);
  return {
    ...face,
    step: (step, view) => {
      confirm(view);
      face.step(step, view);
    },
    code: (view, say) => {
      confirm(view);
      face.code(view, say);
    },
  };
}

/** On the old device, once its name is known: which device is about to become one of them. */
function confirmation({ emit, say, style, words }: Context): (view: PairingView) => void {
  let isSaid = false;
  return ({ role, peer }) => {
    if (role !== "responder" || peer === undefined || isSaid) return;
    isSaid = true;
    emit({ event: "confirm", name: peer });
    say(style.bold(words.devices.confirm(nameForQuotes(peer))));
    say(words.devices.goOn);
  };
}

function humanDeviceFace(context: Context): PairingFace {
  const { say, style, when, words, world } = context;
  return {
    link: ({ expiresAt }, link) => {
      const { isTerminal, columns, rows } = world.stdout;
      const code = isTerminal ? qrLines(link, columns(), rows() - 8) : undefined;
      say(words.devices.shown);
      for (const line of ["", ...(code ?? []), style.accent(link), ""]) say(line);
      say(words.devices.until(when.moment(expiresAt)));
    },
    step: (step, view) => {
      if (view.waitsFor !== undefined) return say(style.warning(awayText(context, view.waitsFor)));
      if (step === "confirming") return say(style.dim(words.devices.confirming));
      if (step === "opening") return say(style.dim(words.devices.opening));
      say(style.dim(view.role === "inviter" ? words.devices.waitingForOld : words.devices.waitingForNew));
    },
    code: (_, digits) => {
      say(words.devices.say);
      for (const line of digitBox(digits)) say(style.bold(line));
    },
    digits: () => world.stdin.line(words.devices.ask),
    wrong: (left) => say(style.warning(words.devices.wrong(left))),
    malformed: () => say(style.warning(words.devices.malformed)),
    own: () => say(style.warning(words.devices.own)),
  };
}
