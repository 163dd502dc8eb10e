import { pageDocument } from "../../page/document";
import type { Report } from "../model";
import type { PageData } from "./browser/page-data";
import { pageData } from "./data";
import { STYLE } from "./style";

/**
 * A report as one page that needs nothing else.
 *
 * @param report - with every line of every change (`whole`).
 * @param runUrl - address of the run, https.
 */
export function htmlPage(report: Report, runUrl?: string): string {
  return pageOf(pageData(report, runUrl));
}

/** The page that shows some data. */
export function pageOf(data: PageData): string {
  return pageDocument({
    title: "Plan",
    withoutProgram: "This page shows a plan by a program of its own: allow JavaScript for it.",
    style: STYLE,
    programs: [
      ["page/browser", "elements", "filter-form"],
      ["report/html/browser", "links", "diff", "graph", "resources", "sections", "page"],
    ],
    data,
  });
}
