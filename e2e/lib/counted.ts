/** A parameter of a sentence that is a number, or has numbers in it. */
interface Counted {
  readonly key: string;
  readonly arity: number;
  readonly at: number;
  /** The fields that are numbers, where the parameter is an object. */
  readonly fields?: ReadonlySet<string>;
}

type Sentence = (...blanks: unknown[]) => string;

const COUNTS = [0, 1, 2, 5, 1_000_000];

/**
 * What is wrong in sentences that say a number, for 0, 1, 2, 5 and a million. `sources` are the
 * files that declare the types of these words: every parameter of type `number` is found there, so
 * that a new sentence is tested too. Each must say the number itself, as the language writes it, or
 * none (*No result*); what it says of 0 is not what it says of 1; and counts that the language
 * treats alike have the same words. `found`: how many there are.
 */
export function faultsOfCounts(p: { words: unknown; locale: string; sources: readonly string[] }): {
  found: number;
  faults: string[];
} {
  const counted = p.sources.flatMap(countedIn);
  const sentences = sentencesOf(p.words).flatMap(({ path, speak }) => {
    const ofKey = counted.filter(({ key, arity }) => path.at(-1) === key && arity === speak.length);
    return ofKey.map((one) => ({ path: path.join("."), said: (n: number) => speak(...blanksFor(one, n)) }));
  });
  const faults = sentences.flatMap(({ path, said }) => faultsOf(said, p.locale).map((fault) => `${path}: ${fault}`));
  return { found: sentences.length, faults };
}

/** `key: (…, count: number) =>`, and the same with numbers inside an object. */
function countedIn(source: string): Counted[] {
  return Array.from(source.matchAll(/(\w+): \(([^()]*: number[^()]*)\)(?:: string)? =>/gu)).flatMap(
    ([, key = "", list = ""]) => {
      const parameters = Array.from(list.matchAll(/\w+: (?:\{([^}]*)\}|[^,]+)/gu));
      return parameters.flatMap(([parameter, inside], at) => {
        const one = { key, arity: parameters.length, at };
        if (inside === undefined) return parameter.endsWith(": number") ? [one] : [];
        return [{ ...one, fields: new Set(Array.from(inside.matchAll(/(\w+): number/gu), ([, field = ""]) => field)) }];
      });
    },
  );
}

function sentencesOf(node: unknown, path: readonly string[] = []): { path: readonly string[]; speak: Sentence }[] {
  if (typeof node === "function") return [{ path, speak: node as Sentence }];
  if (typeof node !== "object" || node === null) return [];
  return Object.entries(node).flatMap(([key, child]) => sentencesOf(child, [...path, key]));
}

function blanksFor({ arity, at, fields }: Counted, n: number): unknown[] {
  const valueOf = (_: unknown, field: string | symbol) =>
    typeof field === "symbol" ? () => "fields" : fields?.has(field) === true ? n : "word";
  const number = fields === undefined ? n : new Proxy({}, { get: valueOf });
  return Array.from({ length: arity }, (_, i) => (i === at ? number : "word"));
}

function faultsOf(said: (n: number) => string, locale: string): string[] {
  const speaks = said(2) !== said(5);
  if (!speaks) return [];
  const [rules, numbers] = [new Intl.PluralRules(locale), new Intl.NumberFormat(locale)];
  const faults: string[] = [];
  const forms = new Map<string, string>();
  for (const n of COUNTS) {
    const [text, number] = [said(n), numbers.format(n)];
    const whole = new RegExp(`(?<![0-9])${number}(?![0-9])`, "gu");
    const isSaid = text.search(whole) >= 0;
    if (!isSaid && /[0-9]/u.test(text)) faults.push(`another number than ${n}: ${text}`);
    if (!isSaid) continue;
    const [kind, form] = [rules.select(n) === "one" ? "one" : "other", text.replaceAll(whole, "#")];
    if ((forms.get(kind) ?? form) !== form) faults.push(`${n} does not agree as others do: ${text}`);
    forms.set(kind, form);
  }
  if (said(0) === said(1)) faults.push(`the same for 0 and 1: ${said(0)}`);
  return faults;
}
