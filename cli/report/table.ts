import { inOrder } from "../project/environment";
import { joinMarkdown, type Markdown, md } from "./markup";
import { type Counts, NO_COUNTS, type StackReport } from "./model";
import { cell } from "./text";

/** More environments than these make a row for each stack instead of a column for each environment. */
const MOST_COLUMNS = 6;

/** A table in words: its head, and a row a unit. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly [name: string, ...cells: Markdown[]])[];
}

/** Units by environments; each cell says what happens. */
export function tableOf(stacks: readonly StackReport[], promotion?: readonly string[]): Table {
  const environments = inOrder(
    [...new Set(stacks.map(({ environment }) => environment ?? ""))].sort(),
    promotion,
  );
  if (environments.length > MOST_COLUMNS || environments.every((name) => name === "")) {
    return {
      head: ["stack", "change"],
      rows: stacks.map((stack) => [stack.name, changeWords(stack)] as const),
    };
  }
  const units = [...new Set(stacks.map(({ unit }) => unit))];
  const rows = units.map((unit): readonly [string, ...Markdown[]] => {
    const cells = environments.map((name) => {
      const found = stacks.filter((stack) => stack.unit === unit && (stack.environment ?? "") === name);
      return joinMarkdown(found.map(changeWords), ", ");
    });
    return [unit, ...cells];
  });
  const total = environments.map(
    (name) => countWords(sumOf(stacks.filter((stack) => (stack.environment ?? "") === name))) || md`·`,
  );
  return {
    head: ["stack", ...environments.map((name) => name || "(none)")],
    rows: rows.length > 1 ? [...rows, ["total", ...total]] : rows,
  };
}

/** What an apply of some stacks would do, as Terraform says it: `3 to add, 1 to change, 1 to destroy`. */
export function totalWords(stacks: readonly StackReport[]): string {
  const sum = sumOf(stacks);
  return [
    ...(sum.import > 0 ? [`${sum.import} to import`] : []),
    `${sum.create + sum.replace} to add`,
    `${sum.update} to change`,
    `${sum.delete + sum.replace} to destroy`,
    ...(sum.forget > 0 ? [`${sum.forget} to forget`] : []),
  ].join(", ");
}

/** What happens to a stack, in signs: `+2 ~1 −1 drift 3`. */
export function changeWords({ status, counts }: StackReport): Markdown {
  if (status === "failed") return md`failed`;
  if (status === "interrupted") return md`interrupted`;
  if (status === "deferred") return md`waits`;
  return countWords(counts) || md`·`;
}

/** Numbers with their signs; empty when there are none. */
export function countWords(counts: Counts): Markdown {
  const signs = (["create", "update", "replace", "delete"] as const).flatMap((action) =>
    counts[action] > 0 ? [md`${SIGN[action]}${counts[action]}`] : [],
  );
  const words = (["import", "move", "forget", "drift", "outputs", "unknown"] as const).flatMap((name) =>
    counts[name] > 0 ? [md`${COUNTED[name]} ${counts[name]}`] : [],
  );
  return joinMarkdown([...signs, ...words], " ");
}

/** The numbers of some stacks together. */
function sumOf(stacks: readonly StackReport[]): Counts {
  const sum: { -readonly [Name in keyof Counts]: number } = { ...NO_COUNTS };
  for (const { counts } of stacks)
    for (const name of Object.keys(sum) as (keyof Counts)[]) sum[name] += counts[name];
  return sum;
}

const SIGN = { create: md`+`, update: md`~`, replace: md`±`, delete: md`−` } as const;

const COUNTED = {
  import: md`import`,
  move: md`move`,
  forget: md`forget`,
  drift: md`drift`,
  outputs: md`outputs`,
  unknown: md`unknown`,
} as const;

/** What the signs mean. */
export const LEGEND = md`create +, update in place ~, replace ±, delete −; drift: changed outside of Terraform; no changes: ·`;

/** A table's head and its rows in Markdown, a line each. */
export function tableLines({ head, rows }: Table): { head: Markdown; rows: readonly Markdown[] } {
  const names = head.map((name, at) => (at === 0 ? md`stack` : cell(name)));
  const rule = joinMarkdown(
    head.map(() => md`---`),
    "|",
  );
  return {
    head: md`| ${joinMarkdown(names, " | ")} |\n|${rule}|`,
    rows: rows.map(([name, ...cells]) => md`| ${joinMarkdown([cell(name), ...cells], " | ")} |`),
  };
}
