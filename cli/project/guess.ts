import type { StackName } from "./environment";

/** Words that name an environment wherever they stand in a stack's name. */
const CLEAR =
  /^(?:sandbox|sbx|dev|devel|develop|development|tst|qa|uat|acceptance|stg|staging|preprod|preproduction|nonprod|prod|prd|production)\d*$|^(?:preview|review|pr|mr)\d+$/;

/** Words that name an environment, or what a stack is for: the other names decide. */
const OFTEN = /^(?:local|preview|ci|int|integration|test|testing|acc|stage|live)\d*$/;

/** A Region of AWS: no word of it is an environment, and none counts for where a word stands. */
const REGION =
  /(?<![A-Za-z0-9])(?:af|ap|ca|cn|eu|il|me|mx|sa|us)(?:-(?:gov|iso[a-z]?))?-(?:north|south|east|west|central|northeast|northwest|southeast|southwest)-\d(?![A-Za-z0-9])/g;

/** Unit of a stack whose name is an environment and nothing else. */
const WHOLE = "stack";

/** A word of a name that may be its environment. */
interface Candidate {
  readonly environment: string;

  /** The name without it. */
  readonly unit: string;

  /** Number of words before it and after it. */
  readonly first: number;
  readonly last: number;
  readonly kind: "clear" | "often" | "other";
}

/** What the names of all stacks say together. */
export interface Guess {
  readonly names: ReadonlyMap<string, StackName>;
  readonly unclear: readonly string[];
}

/** Finds environments in names of stacks, and none where it is not clear. */
export function guess(names: readonly string[]): Guess {
  const candidates = new Map(names.map((name) => [name, candidatesOf(name)]));
  const clear = clearOf(candidates);
  const all = [...clear.values()];
  const place = placeOf(all);
  if (all.length === 0 || isLone(all, candidates)) {
    const several = names.filter((name) => countClear(candidates.get(name) ?? []) > 1);
    const unclear = new Set([...several, ...(all.length === 0 ? gridOf(candidates) : [])]);
    return { names: new Map(names.map((unit) => [unit, { unit }])), unclear: [...unclear] };
  }
  const units = new Set(all.map(({ unit }) => unit));
  const found = new Map<string, StackName>();
  const unclear: string[] = [];
  for (const [name, own] of candidates) {
    const at = own.filter((one) => one[place.from] === place.at);
    const several = countClear(own) > 1;
    const chosen =
      (several ? at.find(({ kind }) => kind === "clear") : clear.get(name)) ??
      at.find(({ kind, unit }) => kind === "often" && units.has(unit));
    // Another word where the environments stand, before a unit that they have: an environment, or something common.
    const isLike = at.some(({ kind, unit }) => kind === "often" || (unit !== WHOLE && units.has(unit)));
    if (!chosen && (several || (isLike && own.length > 1))) unclear.push(name);
    found.set(name, chosen ? { environment: chosen.environment, unit: chosen.unit } : { unit: name });
  }
  return { names: found, unclear };
}

/** `dev-portal` beside `network` and `database` is a portal, and no environment. */
function isLone(clear: readonly Candidate[], all: ReadonlyMap<string, readonly Candidate[]>): boolean {
  const [one, ...more] = clear;
  if (!one || more.length > 0 || all.size === 1) return false;
  const others = [...all.values()].flat().filter((other) => other !== one);
  return !others.some(({ unit, first }) => unit === one.unit && first === one.first);
}

function countClear(own: readonly Candidate[]): number {
  return own.filter(({ kind }) => kind === "clear").length;
}

/** The names that have one word which is an environment. */
function clearOf(all: ReadonlyMap<string, readonly Candidate[]>): ReadonlyMap<string, Candidate> {
  const pick = (kind: Candidate["kind"]) =>
    new Map(
      [...all].flatMap(([name, own]) => {
        const [one, ...more] = own.filter((candidate) => candidate.kind === kind);
        return one && more.length === 0 ? [[name, one] as const] : [];
      }),
    );
  const clear = pick("clear");
  if (clear.size > 0) return clear;
  // `test-network` and `live-network` are two environments of one unit; `ci` alone is none.
  const often = [...pick("often")];
  return new Map(
    often.filter(([, one]) =>
      often.some(
        ([, other]) =>
          other.unit === one.unit && other.environment !== one.environment && other.first === one.first,
      ),
    ),
  );
}

/** Where in their names most environments stand, counted from the begin or from the end. */
function placeOf(all: readonly Candidate[]): { readonly from: "first" | "last"; readonly at: number } {
  const places = (["first", "last"] as const).flatMap((from) =>
    [...new Set(all.map((one) => one[from]))].map((at) => ({ from, at })),
  );
  const votes = ({ from, at }: (typeof places)[number]) => all.filter((one) => one[from] === at).length;
  return [...places].sort((one, other) => votes(other) - votes(one))[0] ?? { from: "first", at: 0 };
}

/**
 * Names that have the form of environments with units, and no word that is known: `blue-api`, `blue-web`, `green-api`,
 * `green-web`.
 */
function gridOf(all: ReadonlyMap<string, readonly Candidate[]>): readonly string[] {
  const grid = (from: "first" | "last") => {
    const rows = [...all].flatMap(([name, own]) => {
      const one = own.find((candidate) => candidate[from] === 0);
      return one && own.length > 1 ? [{ name, ...one }] : [];
    });
    const unitsOf = (environment: string) =>
      rows.filter((row) => row.environment === environment).map(({ unit }) => unit);
    return rows
      .filter((row) =>
        rows.some((other) => {
          if (other.environment === row.environment || other.unit !== row.unit) return false;
          const theirs = unitsOf(other.environment);
          return unitsOf(row.environment).filter((unit) => theirs.includes(unit)).length > 1;
        }),
      )
      .map(({ name }) => name);
  };
  return [...new Set([...grid("first"), ...grid("last")])];
}

/** A word of a name: letters and digits, also of `devNetwork` and `ProdNetwork`. */
const WORD = /\p{Lu}+(?=\p{Lu}\p{Ll})|\p{Lu}?[\p{Ll}\p{N}]+|[\p{Lu}\p{N}]+|\p{L}+/gu;

function candidatesOf(name: string): readonly Candidate[] {
  const regions = [...name.matchAll(REGION)].map((found) => [found.index, found.index + found[0].length]);
  const words = [...name.matchAll(WORD)].flatMap((found) => {
    const [from, to] = [found.index, found.index + found[0].length];
    return regions.some(([begin = 0, end = 0]) => begin <= from && to <= end) ? [] : [{ from, to }];
  });
  const joined = joinPrefixes(name, words);
  return joined.map(({ from, to }, at): Candidate => {
    const environment = name.slice(from, to).toLowerCase();
    const word = environment.replaceAll(/[-_.]/g, "");
    const kind = CLEAR.test(word) ? "clear" : OFTEN.test(word) ? "often" : "other";
    return { environment, unit: without(name, from, to), first: at, last: joined.length - 1 - at, kind };
  });
}

interface Word {
  readonly from: number;
  readonly to: number;
}

/** Two words that are one: `pre-prod` and `non-prod`, which are no `prod`; the preview of a pull request, `preview-42`. */
const PAIR = /^(?:(?:pre|non)[-_.]?prod(?:uction)?|(?:preview|review|pr|mr)[-_.]?\d+)$/i;

function joinPrefixes(name: string, words: readonly Word[]): readonly Word[] {
  return words.flatMap((word, at) => {
    const [before, after] = [words[at - 1], words[at + 1]];
    const isPair = (one: Word | undefined, other: Word | undefined) =>
      one !== undefined && other !== undefined && PAIR.test(name.slice(one.from, other.to));
    if (isPair(word, after)) return [{ from: word.from, to: after?.to ?? word.to }];
    return isPair(before, word) ? [] : [word];
  });
}

/** A name without one of its words and the sign beside it. */
function without(name: string, from: number, to: number): string {
  const [before, after] = [name.slice(0, from), name.slice(to)];
  const rest = before === "" ? after.replace(/^[-_.\s]/, "") : before.replace(/[-_.\s]$/, "") + after;
  return rest || WHOLE;
}
