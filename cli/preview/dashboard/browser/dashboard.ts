import { counted, element } from "../../../page/browser/elements";
import { readAddress, writeAddress } from "../../../page/browser/filter-form";
import type { DashboardData, ShownPreview } from "./dashboard-data";
import { pricesOf, timeOf } from "./durations";
import { controlsOf, type Filter, filtered, NO_FILTER } from "./filters";
import { COLUMNS, type Row, rowOf } from "./rows";

/** Milliseconds between two looks at the clock. */
const TICK = 15_000;

/** Rows that are there at once, which is more than a screen shows, and rows that follow while nothing else is to be done. */
const FIRST = 40;
const NEXT = 80;

function start(): void {
  const data = JSON.parse(document.getElementById("data")?.textContent ?? "{}") as DashboardData;
  const filter: Filter = { ...NO_FILTER };
  const rows = new Map<ShownPreview, Row>();
  let following = 0;
  const controls = controlsOf(data, changed);
  const result = element("p", { class: "result", role: "status" });
  const body = element("tbody", { role: "rowgroup" });
  const title = data.platform === "" ? "Previews" : `Previews of ${data.platform}`;

  document.title = title;
  document.body.append(
    element(
      "main",
      {},
      element(
        "header",
        {},
        element("h1", {}, title),
        element(
          "p",
          { class: "faint" },
          `as of ${timeOf(data.madeAt)}. Prices are estimates in USD, without tax and traffic.`,
        ),
      ),
      element(
        "section",
        { class: "previews", "aria-label": "Previews" },
        controls.form,
        result,
        element(
          "table",
          { role: "table", "aria-label": "Previews" },
          element(
            "thead",
            { role: "rowgroup" },
            element(
              "tr",
              { role: "row" },
              ...COLUMNS.map((name) => element("th", { scope: "col", role: "columnheader" }, name)),
            ),
          ),
          body,
        ),
      ),
    ),
  );
  addEventListener("hashchange", follow);
  setInterval(tickAll, TICK);
  // A tab in the background sleeps.
  document.addEventListener("visibilitychange", tickAll);
  follow();

  function tickAll(): void {
    const now = Date.now();
    for (const { tick } of rows.values()) tick(now);
  }

  /** Takes the filter from the address. */
  function follow(): void {
    readAddress(filter);
    controls.write(filter);
    show();
  }

  function changed(): void {
    controls.read(filter);
    writeAddress(filter);
    show();
  }

  function show(): void {
    const shown = filtered(data.previews, filter);
    clearTimeout(following);
    body.replaceChildren(...shown.slice(0, FIRST).map(madeRow));
    result.textContent = totalsOf(shown, data.previews.length);
    follows(shown, FIRST);
  }

  /** A row is made when it is shown first. */
  function madeRow(preview: ShownPreview): HTMLTableRowElement {
    const made = rows.get(preview) ?? rowOf(preview, Date.now());
    rows.set(preview, made);
    return made.row;
  }

  function follows(shown: readonly ShownPreview[], from: number): void {
    if (from >= shown.length) return;
    following = setTimeout(() => {
      body.append(...shown.slice(from, from + NEXT).map(madeRow));
      follows(shown, from + NEXT);
    });
  }
}

/** How many are shown, and what they cost. */
function totalsOf(shown: readonly ShownPreview[], all: number): string {
  const count =
    shown.length === all
      ? counted(all, "preview")
      : `${shown.length.toLocaleString("en")} of ${counted(all, "preview")}`;
  const priced = shown.flatMap(({ monthly }) => (monthly === undefined ? [] : [monthly]));
  if (priced.length === 0) return count;
  const { month, day } = pricesOf(priced.reduce((sum, one) => sum + one, 0));
  const unknown = shown.length - priced.length;
  return `${count}: ${month} a month, ${day} a day${unknown > 0 ? `, and ${unknown} without a known price` : ""}`;
}

start();
