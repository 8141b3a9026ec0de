import { beginRejoin, stepRejoin } from "@pli/protocol/group";
import type {
  Helper,
  LeafName,
  Relation,
  RejoinCause,
  RejoinEffect,
  RejoinState,
  MemberState,
} from "@pli/protocol/group";

/** When a device of these tests finds that it cannot go on, in ms. */
export const T0 = 1_790_000_000_000;
export const CAUSES = [
  "unopened",
  "lost",
  "old",
  "removed",
  "behind",
  "fork",
] as const satisfies readonly RejoinCause[];
export const STANDINGS = ["goesOn", "stuck", "out"] as const satisfies readonly MemberState[];
export const RELATIONS = ["ahead", "same", "behind", "apart"] as const satisfies readonly Relation[];
export const LEAF: LeafName = { group: "a1", encryptionKey: "b2" };

export type Begin = {
  cause: RejoinCause;
  by?: string;
  helpers?: readonly Helper[];
  others?: number;
  founds?: boolean;
};

export const member = (id: string): Helper => ({ id, member: true, leads: false });
export const leader = (id: string): Helper => ({ id, member: true, leads: true });
export const stranger = (id: string): Helper => ({ id, member: false, leads: false });

export const [ann, ben, cleo] = ["ann", "ben", "cleo"];
export const three = [member(ann), member(ben), member(cleo)];
/** In seconds. */
export const HOUR = 3600;

/**
 * A device that cannot go on. Times are in seconds since it found so; `set` is by how much its
 * clock is wrong since.
 */
export class Device {
  state: RejoinState;
  helpers: readonly Helper[];
  others: number;
  founds: boolean;
  set = 0;

  constructor({ cause, by, helpers = [], others = 5, founds = false }: Begin) {
    this.state = beginRejoin({ cause, now: T0, ...(by !== undefined && { by }) });
    [this.helpers, this.others, this.founds] = [helpers, others, founds];
  }

  look(at: number): readonly RejoinEffect[] {
    const { helpers, others, founds } = this;
    return this.#step({ type: "looked", now: this.#clock(at), helpers, others, founds });
  }

  /** Every five seconds from one moment to another: what came of it all. */
  looks(from: number, to: number): readonly RejoinEffect[] {
    const times = Array.from({ length: 1 + Math.floor((to - from) / 5) }, (_, i) => from + 5 * i);
    return times.flatMap((at) => this.look(at));
  }

  answer(at: number, who: string, standing: MemberState, relation: Relation, leaf?: LeafName): readonly RejoinEffect[] {
    const said = { who, standing, relation, ...(leaf && { leaf }) };
    return this.#step({ type: "answered", now: this.#clock(at), ...said });
  }

  hear(at: number, who: string, relation: Relation = "same"): readonly RejoinEffect[] {
    return this.#step({ type: "heardOf", now: this.#clock(at), who, relation });
  }

  refuse(at: number, who: string, leftOut = false): readonly RejoinEffect[] {
    return this.#step({ type: "refused", now: this.#clock(at), who, leftOut });
  }

  #clock(at: number): number {
    return T0 + 1000 * (at + this.set);
  }

  #step(event: Parameters<typeof stepRejoin>[1]): readonly RejoinEffect[] {
    const { state, effects } = stepRejoin(this.state, event);
    this.state = state;
    return effects;
  }
}

export const asked = (effects: readonly RejoinEffect[]): string[] =>
  effects.flatMap((effect) => (effect.type === "ask" ? [effect.who] : []));

/** What it did beside asking. */
export const done = (effects: readonly RejoinEffect[]): string[] =>
  effects.map(({ type }) => type).filter((type) => type !== "ask");
