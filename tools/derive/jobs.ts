/** The variable of the repository that holds the role that plans in an environment's account. */
export function roleVariable(environment: string): string {
  return `GROUNDPLAN_PLAN_ROLE_${environment.toUpperCase().replaceAll("-", "_")}`;
}

/** A step for each environment: the first of the block, with another role. */
export function planRoles(block: string, promotion: readonly string[]): string {
  const [step] = splitAt(block, /^ *- /m);
  if (step === undefined) throw new Error("the block has no step that could be repeated");
  return promotion
    .map((name) => step.replace(/vars\.GROUNDPLAN_PLAN_ROLE_\w+/, `vars.${roleVariable(name)}`))
    .join("");
}

/** A job for each environment that applies: the first of the block, after all environments before. */
export function applyJobs(block: string, promotion: readonly string[]): string {
  const [template] = jobsOf(block);
  if (template === undefined) throw new Error("the block has no job that could be repeated");
  return promotion
    .map((name, index) => {
      const earlier = promotion.slice(0, index);
      const conditions = [
        "!cancelled() && needs.due.result == 'success'",
        ...earlier.map((id) => `&& (needs.${id}.result == 'success' || needs.${id}.result == 'skipped')`),
        `&& contains(fromJSON(needs.due.outputs.environments), '${name}')`,
      ];
      const needs = earlier.length === 0 ? "due" : `[${["due", ...earlier].join(", ")}]`;
      return withNeeds(
        renamed(template, name),
        `needs: ${needs}`,
        `if: >-\n      ${conditions.join("\n      ")}`,
      );
    })
    .join("\n");
}

/**
 * A job for each environment that deploys a service: the first of the block publishes, and stays as it is but for its
 * name; the second is repeated for all after it, each after the one before.
 */
export function deployJobs(block: string, promotion: readonly string[]): string {
  const [publishes, template] = jobsOf(block);
  if (publishes === undefined) throw new Error("the block has no job that publishes");
  return promotion
    .map((name, index) => {
      if (index === 0) return renamed(publishes, name);
      if (template === undefined) {
        throw new Error(
          "the block has no second job that could be repeated\n  write one by hand, as in another service's workflow",
        );
      }
      return withNeeds(renamed(template, name), `needs: [build, ${promotion[index - 1]}]`);
    })
    .join("\n");
}

interface Job {
  readonly id: string;
  readonly text: string;
}

function jobsOf(block: string): readonly Job[] {
  return splitAt(block, /^ {2}[\w-]+:$/m).map((text) => ({
    id: /^ {2}([\w-]+):$/m.exec(text)?.[1] ?? "",
    text: `${text.trimEnd()}\n`,
  }));
}

/** A job under another environment's name, wherever its name stands as a word of its own at the end of a value, or quoted. */
function renamed({ id, text }: Job, name: string): string {
  return text
    .replace(`  ${id}:\n`, `  ${name}:\n`)
    .replace(new RegExp(`^( {4}name: .*\\b)${id}$`, "m"), `$1${name}`)
    .replaceAll(new RegExp(`(: |applies |group: \\S+-)${id}(?=\\.?$)`, "gm"), `$1${name}`)
    .replaceAll(`'${id}'`, `'${name}'`);
}

/** A job with its `needs`, and its `if`, written anew. */
function withNeeds(job: string, ...lines: readonly string[]): string {
  const rest = job.replace(/^ {4}needs: .*\n/m, "").replace(/^ {4}if: .*\n(?: {6}.*\n)*/m, "");
  return rest.replace(/^( {4}name: .*\n)/m, `$1${lines.map((line) => `    ${line}\n`).join("")}`);
}

/** The parts of a text that begin where a pattern matches. */
function splitAt(text: string, pattern: RegExp): readonly string[] {
  const starts = [...text.matchAll(new RegExp(pattern.source, "gm"))].map(({ index }) => index);
  return starts.map((start, index) => text.slice(start, starts[index + 1]));
}
