import { counted, element } from "../../../page/browser/elements";
import { diffOf } from "./diff";
import type { PageChange, PageData } from "./page-data";

/** Resources that are drawn at once; the rest comes when the list's end is reached. */
const MOST_ROWS = 200;

/** Reports of so many resources are opened as a whole. */
const FEW = 12;

const ACTION_SIGNS: Readonly<Record<string, string>> = {
  create: "+",
  update: "~",
  replace: "±",
  delete: "−",
  forget: "∅",
  unknown: "?",
  none: "→",
};

/** The list of resources, by their stacks: as many as are looked at. */
export class ResourceList {
  readonly box = element("div", { class: "resources" });
  private readonly rows = new Map<number, HTMLDetailsElement>();
  private shown: readonly number[] = [];
  private drawn = 0;
  private group: HTMLElement | undefined;
  private stack = -1;
  private readonly more = element("button", { type: "button", class: "more", click: () => this.draw() });
  private readonly end = new IntersectionObserver(
    (entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) this.draw();
    },
    { rootMargin: "600px" },
  );

  constructor(
    private readonly data: PageData,
    private readonly linkOf: (change: PageChange) => string,
  ) {
    this.box.addEventListener("keydown", (event) => this.move(event));
    this.end.observe(this.more);
  }

  /** Shows these, of all. */
  show(indexes: readonly number[]): void {
    this.shown = indexes;
    this.drawn = 0;
    this.stack = -1;
    this.group = undefined;
    this.rows.clear();
    this.box.replaceChildren();
    this.draw();
  }

  /** Opens one that is shown, and brings it to the middle of the screen. */
  open(index: number): void {
    const place = this.shown.indexOf(index);
    if (place < 0) return;
    while (this.drawn <= place) this.draw();
    const row = this.rows.get(index);
    if (!row) return;
    row.open = true;
    row.scrollIntoView({ block: "center" });
    row.querySelector("summary")?.focus({ preventScroll: true });
    for (const one of this.box.querySelectorAll(".target")) one.classList.remove("target");
    row.parentElement?.classList.add("target");
  }

  /** Opens or closes all that are drawn. */
  toggleAll(isOpen: boolean): void {
    for (const row of this.rows.values()) row.open = isOpen;
  }

  private draw(): void {
    const end = Math.min(this.shown.length, this.drawn + MOST_ROWS);
    for (; this.drawn < end; this.drawn += 1) {
      const index = this.shown[this.drawn] ?? 0;
      const change = this.data.changes[index];
      if (!change) continue;
      if (change.stack !== this.stack || !this.group) this.group = this.begin(change.stack);
      this.group.append(this.row(index, change));
    }
    const rest = this.shown.length - this.drawn;
    this.more.textContent = `Show more (${counted(rest, "resource")} further down)`;
    if (rest > 0) this.box.append(this.more);
    else this.more.remove();
  }

  private begin(stack: number): HTMLElement {
    this.stack = stack;
    const { name = "", words = "", tone = "none" } = this.data.stacks[stack] ?? {};
    const rows = element("ul", {});
    this.box.append(
      element(
        "section",
        { class: `stack ${tone}` },
        element("h3", {}, element("bdi", {}, name), " ", element("span", { class: "words" }, words)),
        rows,
      ),
    );
    return rows;
  }

  private row(index: number, change: PageChange): HTMLElement {
    const { address, action, also = [], says = [], risks = [] } = change;
    const signs = [
      element("span", { class: "mark", "aria-hidden": "true" }, ACTION_SIGNS[action] ?? "?"),
      element("span", { class: "action" }, action === "none" ? (also.at(-1) ?? "") : action),
    ];
    const chips = [
      ...also
        .filter((word) => word !== "output" && !(action === "none" && word === also.at(-1)))
        .map((word) => element("span", { class: "chip" }, word)),
      ...risks.map(({ level, rule }) => element("span", { class: `chip ${level}` }, rule)),
    ];
    const summary = element(
      "summary",
      {},
      element("span", { class: "what" }, ...signs),
      element("code", { class: "address" }, element("bdi", {}, address)),
      element("span", { class: "chips" }, ...chips),
    );
    const details = element("details", {}, summary);
    // The diff is made when it is looked at.
    details.addEventListener("toggle", () => {
      if (!details.open || details.childElementCount > 1) return;
      details.append(
        element(
          "div",
          { class: "body" },
          ...risks.map(({ level, message }) =>
            element("p", { class: `risk ${level}` }, element("b", {}, `${level}: `), message),
          ),
          ...says.map((text) => element("p", {}, text)),
          change.lines.length > 0
            ? diffOf(change.lines)
            : element("p", { class: "faint" }, "No attribute changes."),
        ),
      );
    });
    details.open = this.data.changes.length <= FEW;
    this.rows.set(index, details);
    const link = element(
      "a",
      { class: "link", href: this.linkOf(change), "aria-label": `Link to ${address}` },
      "#",
    );
    return element("li", { class: `row ${action}` }, details, link);
  }

  /** Arrows lead from one resource to the next, as in any list. */
  private move(event: KeyboardEvent): void {
    const from = event.target;
    if (!(from instanceof HTMLElement) || from.tagName !== "SUMMARY") return;
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const all = [...this.box.querySelectorAll("summary")];
    const next = all[all.indexOf(from) + step];
    event.preventDefault();
    next?.focus();
  }
}
