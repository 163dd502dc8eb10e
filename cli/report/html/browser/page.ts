import { counted, element } from "../../../page/browser/elements";
import {
  type Choice,
  type Chosen,
  filterForm,
  readAddress,
  writeAddress,
} from "../../../page/browser/filter-form";
import { linkToResource } from "./links";
import type { PageData as Page, PageChange as Shown } from "./page-data";
import { ResourceList } from "./resources";
import { errorsOf, headOf, notesOf, risksOf, stacksOf } from "./sections";

/** What the list is narrowed down to, beside the text; empty: no matter which. */
type Filter = Chosen<"environment" | "stack" | "action" | "risk">;

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
  follow();

  function linkTo(change: Shown): string {
    return linkToResource(data.stacks[change.stack]?.name ?? "", change);
  }

  /** Does what the fragment of the address says: a resource, or a filter. */
  function follow(): void {
    const { hash } = location;
    const index = hash.startsWith("#/") ? data.changes.findIndex((change) => linkTo(change) === hash) : -1;
    if (hash.startsWith("#?")) readAddress(filter);
    else if (index >= 0) Object.assign(filter, NO_FILTER);
    controls.write(filter);
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
    controls.read(filter);
    writeAddress(filter);
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
    const button = (words: string, does: () => void) =>
      element("button", { type: "button", click: does }, words);
    const all: Choice = ["", "all"];
    const plain = (value: string): Choice => [value, value];
    const stacks = new Set(data.changes.map(({ stack }) => data.stacks[stack]?.name ?? ""));
    const countOf = (name: string) =>
      count(({ action, also = [] }) => action === name || also.includes(name));
    const any: readonly Choice[] = levels.length > 0 ? [["any", "any level"]] : [];
    return filterForm({
      placeholder: "Address, attribute or value",
      fields: {
        environment: ["Environment", all, ...environments.map(plain)],
        stack: ["Stack", all, ...[...stacks].sort().map(plain)],
        action: ["Action", all, ...actions.map((name): Choice => [name, `${name} (${countOf(name)})`])],
        risk: ["Risk", all, ...any, ...levels.map(plain)],
      },
      more: [
        element(
          "div",
          { class: "buttons" },
          button("Open all", () => list.toggleAll(true)),
          button("Close all", () => list.toggleAll(false)),
          button("Clear", () => {
            Object.assign(filter, NO_FILTER);
            controls.write(filter);
            changed();
          }),
        ),
      ],
      changed,
    });
  }
}

start();
