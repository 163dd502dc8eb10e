import { joinMarkdown, type Markdown, md } from "./markup";
import { type PricedReport, priceSummary, unknownWords } from "./price";
import { names } from "./sections";
import { code } from "./text";

/** What the plan costs, in a line below its totals; empty when nothing that has a price changes. */
export function priceLine(report: PricedReport): Markdown {
  const summary = priceSummary(report);
  if (!summary) return md``;
  const { total, environments, above } = summary;
  const { count, types, more } = unknownWords(summary);
  // Amounts are code: of two dollar signs in a line GitHub makes a formula.
  const parts =
    environments.length > 0
      ? md` (${joinMarkdown(
          environments.map((one) => code(one, 80)),
          ", ",
        )})`
      : md``;
  const named = types.map((one) => md`${one.count} ${code(one.type, 80)}`);
  const rest = more > 0 ? [md`${more} ${more === 1 ? md`type` : md`types`} more`] : [];
  const unknown = count > 0 ? md`, without a price: ${joinMarkdown([...named, ...rest], ", ")}` : md``;
  const over = above === undefined ? md`` : md`, ⚠️ above the threshold of ${code(above)}`;
  return md`\n\n**Price:** ${code(total)}${parts}${over}${unknown}`;
}

/** A line a change that matters most. */
export function priceItems(report: PricedReport): readonly Markdown[] {
  const summary = priceSummary(report);
  if (!summary || summary.dearest.length === 0) return [];
  return [
    ...summary.dearest.map(
      ({ address, stacks, change }) => md`- ${code(address)} in ${names(stacks)}: ${code(change)}`,
    ),
    md`\nPrices on demand, as of ${code(summary.pricesOf)}, without what is billed by use, discounts and tax.`,
  ];
}
