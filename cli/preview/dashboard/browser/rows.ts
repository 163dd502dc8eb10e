import { element } from "../../../page/browser/elements";
import type { ShownPreview, ShownTransition } from "./dashboard-data";
import { countdown, pricesOf, timeOf } from "./durations";

/** Titles of the columns, in their order. */
export const COLUMNS = ["Name", "Status", "Template", "Owner", "Goes", "A day", "A month", "Links"] as const;

/** What a status is coloured by; one that is not known has no colour. */
const TONES: Readonly<Record<string, string>> = {
  active: "green",
  asleep: "faint",
  provisioning: "blue",
  destroying: "amber",
  failed: "red",
};

/** The row of a preview, with its countdown. */
export interface Row {
  readonly row: HTMLTableRowElement;

  /** Writes the countdown anew. */
  readonly tick: (now: number) => void;
}

/** Makes the row of a preview. A table of blocks is none to a screen reader, so each part says what it is. */
export function rowOf(preview: ShownPreview, now: number): Row {
  const { name, status, template, owner, source, expiresAt, links, monthly, failure } = preview;
  const left = element("span", { class: "left" });
  const price = monthly === undefined ? undefined : pricesOf(monthly);
  const cells = [
    element(
      "th",
      { scope: "row", role: "rowheader" },
      element("span", { class: "name" }, name),
      ...(source === "" ? [] : [element("span", { class: "source" }, source)]),
      historyOf(preview),
    ),
    cell(
      "Status",
      element("span", { class: `chip ${TONES[status] ?? ""}` }, status),
      ...(failure === undefined ? [] : [element("span", { class: "failure" }, failure)]),
    ),
    cell("Template", template),
    cell("Owner", owner),
    cell("Goes", left, element("time", { datetime: expiresAt }, timeOf(expiresAt))),
    cell("A day", price?.day ?? "unknown"),
    cell("A month", price?.month ?? "unknown"),
    cell(
      "Links",
      ...links.flatMap(({ words, url }) => [
        element("a", { href: url, rel: "noreferrer", "aria-label": `${words} of ${name}` }, words),
        " ",
      ]),
    ),
  ];
  const tick = (at: number) => {
    const { words, urgency } = countdown(expiresAt, at);
    if (left.textContent !== words) left.textContent = words;
    left.className = `left ${urgency}`;
  };
  tick(now);
  return { row: element("tr", { role: "row" }, ...cells), tick };
}

function cell(column: (typeof COLUMNS)[number], ...children: readonly (Node | string)[]): HTMLElement {
  return element("td", { role: "cell", "data-column": column }, element("div", {}, ...children));
}

/** Its changes of status: made when somebody opens them. */
function historyOf({ history, createdAt }: ShownPreview): HTMLElement {
  const box = element("details", { class: "history" }, element("summary", {}, "History"));
  box.addEventListener(
    "toggle",
    () => {
      const lines = history.map((one) => element("li", {}, transitionWords(one)));
      box.append(element("ol", {}, ...lines, element("li", {}, `${timeOf(createdAt)}: created`)));
    },
    { once: true },
  );
  return box;
}

function transitionWords({ at, from, to, by, reason }: ShownTransition): string {
  const change = from === "" ? to : `${from} → ${to}`;
  return `${timeOf(at)}: ${change}, by ${by}${reason === undefined ? "" : `: ${reason}`}`;
}
