/**
 * The time to read a message that came late, in ms, or its whole lifetime if that is shorter.
 */
const TIME_TO_READ_MS = 3_600_000;
/**
 * No author makes a message live less than a day, in seconds, where the group's timer is longer or
 * there is none.
 */
const LEAST_SECONDS = 86_400;

/**
 * How long a message lives, in seconds; undefined: it stays. `claimed`: what it says of itself;
 * `timer`: that of the group in the epoch it was sealed in, 0 for none. The rules bound the author:
 * nothing stays longer than they say.
 */
export function lifetimeOf(claimed: number | undefined, timer: number): number | undefined {
  const wanted = claimed === undefined ? undefined : Math.max(claimed, LEAST_SECONDS);
  return timer === 0 ? wanted : Math.min(timer, wanted ?? timer);
}

/**
 * When a message ends that this device keeps since `now`, because it came or left then; all in ms
 * but `lifetime`. It counts from when it was sent, the same for all who have it, and never from a
 * moment that is still to come. What came late stays long enough to be read: an author who lies
 * about when it was sent gains nothing else. What somebody tells of others' messages was read
 * already.
 */
export function endOf(p: { sentAt: number; lifetime: number; now: number; isTold: boolean }): number {
  const lifetime = p.lifetime * 1000;
  const end = Math.min(p.sentAt, p.now) + lifetime;
  return p.isTold ? end : Math.max(end, p.now + Math.min(lifetime, TIME_TO_READ_MS));
}
