import { inOrder } from "../project/environment";
import { SIGN } from "./action";
import type { Counts, StackReport } from "./model";
import { cell } from "./text";

/** More environments than these make a row for each stack instead of a column for each environment. */
const MOST_COLUMNS = 6;

/** A table in words: its head, and a row a unit. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Units by environments; each cell says what happens. */
export function tableOf(stacks: readonly StackReport[]): Table {
  const environments = inOrder([...new Set(stacks.map(({ environment }) => environment ?? ""))].sort());
  if (environments.length > MOST_COLUMNS || environments.every((name) => name === "")) {
    return { head: ["stack", "change"], rows: stacks.map((stack) => [stack.name, changeWords(stack)]) };
  }
  const units = [...new Set(stacks.map(({ unit }) => unit))];
  const rows = units.map((unit) => {
    const cells = environments.map((name) => {
      const found = stacks.filter((stack) => stack.unit === unit && (stack.environment ?? "") === name);
      return found.map(changeWords).join(", ");
    });
    return [unit, ...cells];
  });
  return { head: ["stack", ...environments.map((name) => name || "(none)")], rows };
}

/** What happens to a stack, in signs: `+2 ~1 −1 drift 3`. */
export function changeWords({ status, counts }: StackReport): string {
  if (status === "failed" || status === "interrupted") return status;
  if (status === "deferred") return "waits";
  return countWords(counts) || "·";
}

/** Numbers with their signs; empty when there are none. */
export function countWords(counts: Counts): string {
  const signs = (["create", "update", "replace", "delete"] as const).flatMap((action) =>
    counts[action] > 0 ? [`${SIGN[action]}${counts[action]}`] : [],
  );
  const words = (["import", "move", "forget", "drift", "outputs", "unknown"] as const).flatMap((name) =>
    counts[name] > 0 ? [`${name} ${counts[name]}`] : [],
  );
  return [...signs, ...words].join(" ");
}

/** What the signs mean. */
export const LEGEND =
  "create +, update in place ~, replace ±, delete −; drift: changed outside of Terraform; no changes: ·";

/** A table's head and its rows in Markdown, a line each. */
export function tableLines({ head, rows }: Table): { head: string; rows: readonly string[] } {
  const names = head.map((name, at) => (at === 0 ? name : cell(name)));
  return {
    head: `| ${names.join(" | ")} |\n|${head.map(() => "---").join("|")}|`,
    rows: rows.map(([name, ...cells]) => `| ${[cell(name ?? ""), ...cells].join(" | ")} |`),
  };
}
