import { counted, element } from "./elements";
import { graphOf } from "./graph";
import type { PageData as Page, PageRisk, PageChange as Shown } from "./page-data";
import { ResourceList } from "./resources";

/** What the list is narrowed down to; empty: no matter which. */
interface Filter {
  environment: string;
  stack: string;
  action: string;
  risk: string;
  text: string;
}

const NO_FILTER: Filter = { environment: "", stack: "", action: "", risk: "", text: "" };

const ICONS: Readonly<Record<string, string>> = {
  failed: "✕",
  incomplete: "!",
  attention: "!",
  changes: "~",
  unchanged: "✓",
};

function start(): void {
  const data = JSON.parse(document.getElementById("data")?.textContent ?? "{}") as Page;
  const filter: Filter = { ...NO_FILTER };
  const list = new ResourceList(data, linkTo);
  const result = element("p", { class: "result", role: "status" });
  const controls = controlsOf();
  const texts: string[] = [];

  document.title = `${data.title}: ${data.verdict.text}`;
  document.body.append(
    element(
      "main",
      {},
      headOf(data),
      ...errorsOf(data),
      ...risksOf(data),
      ...notesOf(data),
      ...stacksOf(data),
      element(
        "section",
        { class: "changes", id: "changes", "aria-labelledby": "changes-title" },
        element("h2", { id: "changes-title" }, "Resources"),
        controls.form,
        result,
        list.box,
      ),
    ),
  );
  addEventListener("hashchange", follow);
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
    if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      controls.text.focus();
    } else if (event.key === "Escape" && event.target === controls.text) {
      controls.text.value = "";
      changed();
    }
  });
  follow();

  /** A resource's permanent link, which does not depend on what else is in the report. */
  function linkTo({ stack, address, part }: Shown): string {
    const name = data.stacks[stack]?.name ?? "";
    return `#/${[name, address, ...(part === undefined ? [] : [part])].map(encodeURIComponent).join("/")}`;
  }

  /** Does what the fragment of the address says: a resource, or a filter. */
  function follow(): void {
    const { hash } = location;
    const index = hash.startsWith("#/") ? data.changes.findIndex((change) => linkTo(change) === hash) : -1;
    if (hash.startsWith("#?")) {
      const wanted = new URLSearchParams(hash.slice(2));
      for (const name of Object.keys(filter) as (keyof Filter)[]) filter[name] = wanted.get(name) ?? "";
    } else if (index >= 0) Object.assign(filter, NO_FILTER);
    controls.set();
    show();
    if (index >= 0) list.open(index);
    else if (hash.startsWith("#/"))
      result.textContent = `This report has nothing of that link. ${result.textContent}`;
    else if (hash.startsWith("#?")) document.getElementById("changes")?.scrollIntoView();
  }

  function show(): void {
    const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
    const found: number[] = [];
    for (const [at, change] of data.changes.entries()) {
      const stack = data.stacks[change.stack];
      if (filter.environment !== "" && (stack?.environment || "(none)") !== filter.environment) continue;
      if (filter.stack !== "" && stack?.name !== filter.stack) continue;
      if (filter.action !== "" && change.action !== filter.action && !change.also?.includes(filter.action))
        continue;
      if (filter.risk === "any" && !change.risks) continue;
      if (
        filter.risk !== "" &&
        filter.risk !== "any" &&
        !change.risks?.some(({ level }) => level === filter.risk)
      )
        continue;
      if (words.length > 0 && !words.every((word) => textOf(at).includes(word))) continue;
      found.push(at);
    }
    list.show(found);
    const all = counted(data.changes.length, "resource or output", "resources and outputs");
    result.textContent =
      found.length === data.changes.length ? all : `${found.length.toLocaleString("en")} of ${all}`;
  }

  /** All that is said of a resource, to search in. */
  function textOf(at: number): string {
    const known = texts[at];
    if (known !== undefined) return known;
    const change = data.changes[at];
    if (!change) return "";
    const { address, action, also = [], says = [], risks = [], lines } = change;
    const text = [
      data.stacks[change.stack]?.name ?? "",
      address,
      action,
      ...also,
      ...says,
      ...risks.flatMap(({ rule, message }) => [rule, message]),
      ...lines.flatMap(([, path, value]) => [path, value]),
    ]
      .join("\n")
      .toLowerCase();
    texts[at] = text;
    return text;
  }

  function changed(): void {
    controls.get();
    const wanted = new URLSearchParams(Object.entries(filter).filter(([, value]) => value !== ""));
    const hash = wanted.size > 0 ? `#?${wanted}` : "#";
    try {
      history.replaceState(null, "", hash);
    } catch {
      // A frame without an address of its own keeps the filter for itself.
    }
    show();
  }

  function controlsOf() {
    const environments = data.environments.map((name) => name || "(none)");
    const count = (is: (change: Shown) => boolean) => data.changes.filter(is).length;
    const actions = [...new Set(data.changes.flatMap(({ action, also = [] }) => [action, ...also]))].filter(
      (name) => name !== "none",
    );
    const levels = ["high", "medium", "low"].filter(
      (level) => count(({ risks = [] }) => risks.some((one) => one.level === level)) > 0,
    );
    const selects = {
      environment: select(
        "Environment",
        environments.map((name) => [name, name]),
      ),
      stack: select(
        "Stack",
        [...new Set(data.changes.map(({ stack }) => data.stacks[stack]?.name ?? ""))]
          .sort()
          .map((name) => [name, name]),
      ),
      action: select(
        "Action",
        actions.map((name) => [
          name,
          `${name} (${count(({ action, also = [] }) => action === name || also.includes(name))})`,
        ]),
      ),
      risk: select("Risk", [
        ...(levels.length > 0 ? [["any", "any level"] as const] : []),
        ...levels.map((level) => [level, level] as const),
      ]),
    };
    const text = element("input", {
      type: "search",
      name: "text",
      id: "text",
      placeholder: "Address, attribute or value",
      autocomplete: "off",
      spellcheck: "false",
    });
    let pause = 0;
    text.addEventListener("input", () => {
      clearTimeout(pause);
      pause = setTimeout(changed, 120);
    });
    for (const { control } of Object.values(selects)) control.addEventListener("change", changed);
    const button = (words: string, does: () => void) =>
      element("button", { type: "button", click: does }, words);
    const form = element(
      "form",
      { role: "search", class: "filters", submit: (event) => event.preventDefault() },
      element("label", { class: "text" }, element("span", {}, "Text ", element("kbd", {}, "/")), text),
      ...Object.values(selects).map(({ label }) => label),
      element(
        "div",
        { class: "buttons" },
        button("Open all", () => list.toggleAll(true)),
        button("Close all", () => list.toggleAll(false)),
        button("Clear", () => {
          Object.assign(filter, NO_FILTER);
          controls.set();
          changed();
        }),
      ),
    );
    const names = Object.keys(selects) as (keyof typeof selects)[];
    return {
      form,
      text,
      /** What is chosen becomes the filter. */
      get: () => {
        for (const name of names) filter[name] = selects[name].control.value;
        filter.text = text.value;
      },
      /** The filter becomes what is chosen. */
      set: () => {
        for (const name of names) selects[name].control.value = filter[name];
        text.value = filter.text;
      },
    };
  }
}

function select(title: string, options: readonly (readonly [value: string, words: string])[]) {
  const control = element(
    "select",
    { name: title.toLowerCase() },
    element("option", { value: "" }, "all"),
    ...options.map(([value, words]) => element("option", { value }, words)),
  );
  return { control, label: element("label", {}, element("span", {}, title), control) };
}

/** The link that shows the resources of a stack. */
function linkToStack(stack: string): string {
  return `#?${new URLSearchParams({ stack })}`;
}

function headOf({ title, verdict, total, facts, runUrl }: Page): HTMLElement {
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

function errorsOf({ failure, stacks }: Page): readonly HTMLElement[] {
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
function risksOf({ changes, stacks }: Page): readonly HTMLElement[] {
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
      const href = `#/${[name, at.address, ...(at.part === undefined ? [] : [at.part])].map(encodeURIComponent).join("/")}`;
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

function notesOf({ notes, stacks }: Page): readonly HTMLElement[] {
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
function stacksOf(data: Page): readonly HTMLElement[] {
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

start();
