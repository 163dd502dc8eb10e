import { SENSITIVE } from "../input/text-mask";
import type { MaskedNames } from "../plan/masked-names";
import { Secrets } from "../plan/secrets";
import type { Change } from "./change";
import type { Report } from "./model";

/**
 * A report that somebody else made, without the values of masked names: where they stand as values, and where an error, a
 * risk or a reason repeats them.
 *
 * @param texts - that stand under such a name in the plans, where they are known.
 */
export function withoutMasked(report: Report, names: MaskedNames, texts: readonly string[] = []): Report {
  if (names.isEmpty) return report;
  const secrets = new Secrets(names);
  const changes = report.stacks.flatMap((stack) => [...stack.changes, ...stack.drift]);
  for (const { address, type } of changes) secrets.keepWords([address, type]);
  for (const { name, unit, environment } of report.stacks)
    secrets.keepWords([name, unit, ...(environment === undefined ? [] : [environment])]);
  secrets.addTexts(texts).addTexts(changes.flatMap((change) => textsOf(change, names)));
  const changeOf = (change: Change): Change => {
    const isMasked = maskedPaths(change, names);
    const lines = change.lines.map((line) => ({
      ...line,
      value: isMasked(line.path) ? maskedValue(line) : secrets.scrub(line.value),
    }));
    return { ...change, lines };
  };
  return {
    ...report,
    ...(report.failure ? { failure: secrets.scrubAll(report.failure) } : {}),
    stacks: report.stacks.map((stack) => ({
      ...stack,
      changes: stack.changes.map(changeOf),
      drift: stack.drift.map(changeOf),
      risks: stack.risks.map((risk) => ({ ...risk, message: secrets.scrub(risk.message) })),
      notes: stack.notes.map((note) => ({ ...note, text: secrets.scrub(note.text) })),
      ...(stack.error ? { error: { ...stack.error, message: secrets.scrub(stack.error.message) } } : {}),
      ...(stack.deferred
        ? { deferred: { ...stack.deferred, message: secrets.scrub(stack.deferred.message) } }
        : {}),
      ...(stack.affected
        ? {
            affected: { ...stack.affected, reasons: stack.affected.reasons.map((one) => secrets.scrub(one)) },
          }
        : {}),
    })),
  };
}

/** Which lines of a change are of such a name: an output's, one within the path, or one that stands beside the value. */
function maskedPaths({ address, type, lines }: Change, names: MaskedNames): (path: string) => boolean {
  const isOutput = type === "" && address.startsWith("output.") && names.has(address.slice("output.".length));
  const pairs = lines.flatMap(({ path, value }) => {
    const [, owner] = /^(.*\.)(?:name|key)$/.exec(path) ?? [];
    const name = valueIn(value);
    return owner !== undefined && typeof name === "string" && names.has(name) ? [`${owner}value`] : [];
  });
  return (path) => {
    const keys = path.split(/[.[\]"]+/);
    return isOutput || pairs.includes(path) || keys.some((key) => key !== "" && names.has(key));
  };
}

/** What Groundplan itself says in place of a value, or of a text. */
const OWN = /^\((?:sensitive value.*|known after apply|text of [\d, a-z]+)\)$/;

function maskedValue({ value }: Change["lines"][number]): string {
  return OWN.test(value) ? value : SENSITIVE;
}

/** Every text that a change shows under such a name. */
function textsOf(change: Change, names: MaskedNames): readonly string[] {
  const isMasked = maskedPaths(change, names);
  return change.lines.flatMap(({ path, value }) => {
    const shown = valueIn(value);
    if (isMasked(path)) return OWN.test(value) ? [] : leavesOf(shown);
    return names.textsIn(shown);
  });
}

/** A value as it is shown, mostly JSON; any other text is itself. */
function valueIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function leavesOf(value: unknown): readonly string[] {
  if (typeof value === "string" || typeof value === "number") return [String(value)];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(leavesOf);
}
