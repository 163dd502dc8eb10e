import { pageDocument } from "../../page/document";
import type { DashboardData } from "./browser/dashboard-data";
import { STYLE } from "./style";

/** The dashboard as one page, which asks nobody for anything. */
export function dashboardPage(data: DashboardData): string {
  return pageDocument({
    title: "Previews",
    withoutProgram: "This page shows previews by a program of its own: allow JavaScript for it.",
    style: STYLE,
    programs: [
      ["page/browser", "elements", "filter-form"],
      ["preview/dashboard/browser", "durations", "rows", "filters", "dashboard"],
    ],
    data,
  });
}
