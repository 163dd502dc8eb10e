import { element } from "../../../page/browser/elements";
import type { DashboardData, ShownPreview } from "./dashboard-data";

/** By what the table is narrowed down and ordered; empty: no matter which. */
export interface Filter {
  owner: string;
  template: string;
  status: string;
  text: string;
  order: string;
}

export const NO_FILTER: Filter = { owner: "", template: "", status: "", text: "", order: "" };

/** The orders, by what stands in the address; the first is that of a page without one. */
const ORDERS: Readonly<Record<string, (one: ShownPreview, other: ShownPreview) => number>> = {
  "": (one, other) => compare(one.expiresAt, other.expiresAt),
  name: (one, other) => compare(one.name, other.name),
  price: (one, other) => (other.monthly ?? -1) - (one.monthly ?? -1),
  newest: (one, other) => compare(other.createdAt, one.createdAt),
};

const ORDER_WORDS: readonly (readonly [value: string, words: string])[] = [
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

/** The fields by which somebody filters. */
export interface Controls {
  readonly form: HTMLFormElement;
  readonly text: HTMLInputElement;

  /** What is chosen becomes the filter. */
  readonly read: (filter: Filter) => void;

  /** The filter becomes what is chosen. */
  readonly write: (filter: Filter) => void;
}

/**
 * Makes the fields.
 *
 * @param changed - called when somebody has chosen something.
 */
export function controlsOf({ previews }: DashboardData, changed: () => void): Controls {
  const valuesOf = (key: "owner" | "template" | "status") =>
    [...new Set(previews.map((preview) => preview[key]))].sort().map((value) => [value, value] as const);
  const selects = {
    owner: select("Owner", [["", "all"], ...valuesOf("owner")]),
    template: select("Template", [["", "all"], ...valuesOf("template")]),
    status: select("Status", [["", "all"], ...valuesOf("status")]),
    order: select("Order", ORDER_WORDS),
  };
  const text = element("input", {
    type: "search",
    name: "text",
    id: "text",
    placeholder: "Name, branch or owner",
    autocomplete: "off",
    spellcheck: "false",
  });
  let pause = 0;
  text.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(changed, 120);
  });
  for (const { control } of Object.values(selects)) control.addEventListener("change", changed);
  const form = element(
    "form",
    { role: "search", class: "filters", submit: (event) => event.preventDefault() },
    element("label", { class: "text" }, element("span", {}, "Text ", element("kbd", {}, "/")), text),
    ...Object.values(selects).map(({ label }) => label),
  );
  const names = Object.keys(selects) as (keyof typeof selects)[];
  return {
    form,
    text,
    read: (filter) => {
      for (const name of names) filter[name] = selects[name].control.value;
      filter.text = text.value;
    },
    write: (filter) => {
      for (const name of names) selects[name].control.value = filter[name];
      text.value = filter.text;
    },
  };
}

function select(title: string, options: readonly (readonly [value: string, words: string])[]) {
  const control = element(
    "select",
    { name: title.toLowerCase() },
    ...options.map(([value, words]) => element("option", { value }, words)),
  );
  return { control, label: element("label", {}, element("span", {}, title), control) };
}
