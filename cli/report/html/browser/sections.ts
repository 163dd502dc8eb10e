import { element } from "../../../page/browser/elements";
import { graphOf } from "./graph";
import { linkToResource, linkToStack } from "./links";
import type { PageData as Page, PageRisk, PageChange as Shown } from "./page-data";

const ICONS: Readonly<Record<string, string>> = {
  failed: "✕",
  incomplete: "!",
  attention: "!",
  changes: "~",
  unchanged: "✓",
};

/** What the report is of, and its verdict. */
export function headOf({ title, verdict, total, facts, runUrl }: Page): HTMLElement {
  return element(
    "header",
    { class: verdict.kind },
    element(
      "h1",
      {},
      element("span", { class: "icon", "aria-hidden": "true" }, ICONS[verdict.kind] ?? ""),
      element("bdi", {}, `${title}: ${verdict.text}`),
    ),
    ...(total ? [element("p", { class: "total" }, element("b", {}, "Plan: "), total)] : []),
    element(
      "p",
      { class: "facts" },
      element("bdi", {}, facts.join(" · ")),
      ...(runUrl ? [" · ", element("a", { href: runUrl, rel: "noreferrer" }, "the run")] : []),
    ),
  );
}

/** What could not be planned, as Terraform said it. */
export function errorsOf({ failure, stacks }: Page): readonly HTMLElement[] {
  const failed = stacks.filter(({ error }) => error !== undefined);
  if (failure === undefined && failed.length === 0) return [];
  return [
    element(
      "section",
      { class: "errors" },
      element("h2", {}, "Not planned"),
      ...(failure === undefined ? [] : [element("pre", {}, failure)]),
      ...failed.flatMap(({ name, error = "" }) => [
        element("h3", {}, element("bdi", {}, name)),
        element("pre", {}, error),
      ]),
    ),
  ];
}

/** The risks; the same of several stacks is one. */
export function risksOf({ changes, stacks }: Page): readonly HTMLElement[] {
  const merged = new Map<string, { risk: PageRisk; at: Shown; stacks: Set<number> }>();
  for (const at of changes) {
    for (const risk of at.risks ?? []) {
      const key = JSON.stringify([risk, at.address]);
      const known = merged.get(key);
      if (known) known.stacks.add(at.stack);
      else merged.set(key, { risk, at, stacks: new Set([at.stack]) });
    }
  }
  if (merged.size === 0) return [];
  const order = ["high", "medium", "low"];
  const sorted = [...merged.values()].sort(
    (one, other) => order.indexOf(one.risk.level) - order.indexOf(other.risk.level),
  );
  const items = sorted.map(({ risk, at, stacks: where }) => {
    const links = [...where].slice(0, 5).flatMap((stack, index) => {
      const name = stacks[stack]?.name ?? "";
      const href = linkToResource(name, at);
      return [
        ...(index > 0 ? [", "] : []),
        element("a", { href, "aria-label": `${at.address} in ${name}` }, element("bdi", {}, name)),
      ];
    });
    const more = where.size > 5 ? [` and ${where.size - 5} more`] : [];
    return element(
      "li",
      { class: risk.level },
      element("span", { class: `chip ${risk.level}` }, risk.level),
      " ",
      element("b", {}, risk.rule),
      " ",
      element("code", {}, element("bdi", {}, at.address)),
      " in ",
      ...links,
      ...more,
      element("span", { class: "message" }, risk.message),
    );
  });
  return [folded("Risks", items.length, 20, element("ul", { class: "risks" }, ...items))];
}

/** What plans say beside their changes, and what waits. */
export function notesOf({ notes, stacks }: Page): readonly HTMLElement[] {
  const items = [
    ...notes,
    ...stacks
      .filter(({ status }) => status === "deferred" || status === "interrupted")
      .map(({ name, status, reasons }) => ({
        text: reasons[0] ?? status,
        stacks: [name],
      })),
  ].map(({ text, stacks: where }) =>
    element(
      "li",
      {},
      element("b", {}, element("bdi", {}, where.slice(0, 5).join(", "))),
      where.length > 5 ? ` and ${where.length - 5} more` : "",
      ": ",
      text,
    ),
  );
  return items.length === 0
    ? []
    : [folded("Also in the plan", items.length, 20, element("ul", { class: "notes" }, ...items))];
}

/** The graph, and a table that says the same and why each was planned. */
export function stacksOf(data: Page): readonly HTMLElement[] {
  if (data.stacks.length === 0) return [];
  const rows = data.stacks.map(({ name, words, tone, reasons }) =>
    element(
      "tr",
      { class: tone },
      element("th", { scope: "row" }, element("a", { href: linkToStack(name) }, element("bdi", {}, name))),
      element("td", {}, words || "no changes"),
      element("td", {}, reasons.join("; ")),
    ),
  );
  const head = ["Stack", "Change", "Why"].map((title) => element("th", { scope: "col" }, title));
  const table = element(
    "table",
    {},
    element("thead", {}, element("tr", {}, ...head)),
    element("tbody", {}, ...rows),
  );
  const tones: readonly (readonly [string, string])[] = [
    ["create", "creates"],
    ["update", "updates"],
    ["delete", "deletes or replaces"],
    ["waits", "waits"],
    ["failed", "failed"],
    ["drift", "drifted"],
    ["none", "no changes"],
  ];
  const legend = tones
    .filter(([tone]) => data.stacks.some((stack) => stack.tone === tone))
    .map(([tone, words]) => element("li", { class: tone }, words));
  const graph = element(
    "div",
    { class: "graph", tabindex: 0, role: "region", "aria-label": "Graph of the stacks" },
    graphOf(data, linkToStack),
  );
  return [
    folded(
      "Stacks",
      data.stacks.length,
      60,
      element(
        "div",
        {},
        element("ul", { class: "legend" }, ...legend),
        graph,
        folded(
          "As a table",
          data.stacks.length,
          0,
          element(
            "div",
            { class: "table", tabindex: 0, role: "region", "aria-label": "Table of the stacks" },
            table,
          ),
          "h3",
        ),
      ),
    ),
  ];
}

/** A part that is folded when it is long. */
function folded(
  title: string,
  count: number,
  most: number,
  content: HTMLElement,
  level: "h2" | "h3" = "h2",
): HTMLElement {
  return element(
    "details",
    { class: "part", open: count <= most },
    element(
      "summary",
      {},
      element(level, {}, title),
      element("span", { class: "count" }, count.toLocaleString("en")),
    ),
    content,
  );
}
