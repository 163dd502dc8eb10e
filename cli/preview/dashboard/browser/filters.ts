import { type Choice, type Chosen, type FilterForm, filterForm } from "../../../page/browser/filter-form";
import type { DashboardData, ShownPreview } from "./dashboard-data";

/** The fields by which the table is narrowed down and ordered, beside the text. */
type Field = "owner" | "template" | "status" | "order";

/** By what the table is narrowed down and ordered; empty: no matter which. */
export type Filter = Chosen<Field>;

export const NO_FILTER: Filter = { owner: "", template: "", status: "", text: "", order: "" };

/** The orders, by what stands in the address; the first is that of a page without one. */
const ORDERS: Readonly<Record<string, (one: ShownPreview, other: ShownPreview) => number>> = {
  "": (one, other) => compare(one.expiresAt, other.expiresAt),
  name: (one, other) => compare(one.name, other.name),
  price: (one, other) => (other.monthly ?? -1) - (one.monthly ?? -1),
  newest: (one, other) => compare(other.createdAt, one.createdAt),
};

const ORDER_WORDS: readonly Choice[] = [
  ["", "soonest to go"],
  ["name", "name"],
  ["price", "dearest"],
  ["newest", "newest"],
];

/** Which previews are shown, in their order. */
export function filtered(previews: readonly ShownPreview[], filter: Filter): readonly ShownPreview[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  return previews
    .filter(({ owner, template, status }) => {
      if (filter.owner !== "" && owner !== filter.owner) return false;
      if (filter.template !== "" && template !== filter.template) return false;
      return filter.status === "" || status === filter.status;
    })
    .filter(({ name, source, owner }) => {
      const text = `${name}\n${source}\n${owner}`.toLowerCase();
      return words.every((word) => text.includes(word));
    })
    .sort(ORDERS[filter.order] ?? ORDERS[""]);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/**
 * The fields by which somebody filters.
 *
 * @param changed - called when somebody has chosen something.
 */
export function controlsOf({ previews }: DashboardData, changed: () => void): FilterForm<Field> {
  const valuesOf = (key: "owner" | "template" | "status"): readonly Choice[] => [
    ["", "all"],
    ...[...new Set(previews.map((preview) => preview[key]))].sort().map((value): Choice => [value, value]),
  ];
  return filterForm({
    placeholder: "Name, branch or owner",
    fields: {
      owner: ["Owner", ...valuesOf("owner")],
      template: ["Template", ...valuesOf("template")],
      status: ["Status", ...valuesOf("status")],
      order: ["Order", ...ORDER_WORDS],
    },
    changed,
  });
}
