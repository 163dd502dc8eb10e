import { type Cost, dearest } from "../cost/cost";
import { moneyWords } from "../cost/money";
import { joinMarkdown, md } from "./markup";
import { cell, code } from "./text";

/** Resources that are named. */
const MOST = 10;

/** What stacks cost, in Markdown: a table, the dearest resources, and what has no price. */
export function costMarkdown(cost: Cost): string {
  const { of, stacks, after, change, unknown, counts, threshold, pricesOf } = cost;
  const isPlan = of === "plan";
  const money = (amount: typeof after, sign = false) => cell(moneyWords(amount, { sign }));
  const rows = stacks.map(({ name, price }) => {
    const cells = [
      cell(name),
      ...(isPlan ? [money(price.change, true)] : []),
      money(price.after),
      price.counts.unknown > 0 ? md`${price.counts.unknown}` : md``,
    ];
    return md`| ${joinMarkdown(cells, " | ")} |`;
  });
  const total = [
    md`**total**`,
    ...(isPlan ? [money(change, true)] : []),
    money(after),
    md`${counts.unknown}`,
  ];
  const head = isPlan
    ? md`| stack | change | a month | without a price |\n|---|--:|--:|--:|`
    : md`| stack | a month | without a price |\n|---|--:|--:|`;
  const lines = dearest(cost, MOST).map(
    ({ stack, resource, amount }) =>
      md`- ${code(resource.address)} in ${code(stack, 80)}: ${code(moneyWords(amount, { sign: isPlan }))}`,
  );
  const types = Object.entries(unknown).map(([type, count]) => md`${count} ${code(type, 80)}`);
  const parts = [
    joinMarkdown([head, ...rows, md`| ${joinMarkdown(total, " | ")} |`], "\n"),
    ...(threshold?.above
      ? [md`> [!WARNING]\n> The increase is above the threshold of ${code(`$${threshold.monthly}`)} a month.`]
      : []),
    ...(lines.length > 0 ? [joinMarkdown(lines, "\n")] : []),
    ...(types.length > 0 ? [md`Without a price, and in no sum: ${joinMarkdown(types, ", ")}.`] : []),
    md`On-demand prices in US dollars as of ${code(pricesOf)}, 730 hours a month, without discounts and tax. What is billed by use is in it as far as a usage file says it.`,
  ];
  return `${joinMarkdown(parts, "\n\n")}\n`;
}
