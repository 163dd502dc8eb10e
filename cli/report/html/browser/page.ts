import { counted, element } from "../../../page/browser/elements";
import { linkToResource } from "./links";
import type { PageData as Page, PageChange as Shown } from "./page-data";
import { ResourceList } from "./resources";
import { errorsOf, headOf, notesOf, risksOf, stacksOf } from "./sections";

/** What the list is narrowed down to; empty: no matter which. */
interface Filter {
  environment: string;
  stack: string;
  action: string;
  risk: string;
  text: string;
}

const NO_FILTER: Filter = { environment: "", stack: "", action: "", risk: "", text: "" };

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

  function linkTo(change: Shown): string {
    return linkToResource(data.stacks[change.stack]?.name ?? "", change);
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

start();
