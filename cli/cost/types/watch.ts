import { monthly, type Pricing } from "../pricing";
import { NotKnown } from "../values";

const alarm: Pricing = {
  assumes: [
    "an alarm for each metric that it watches; one on a band of anomalies counts three; free tiers are not counted",
  ],
  parts: (values) => {
    const queries = values.blocks("metric_query");
    const expressions = queries.flatMap((query) =>
      query.knows("expression") ? (query.text("expression") ?? []) : [],
    );
    if (expressions.some((one) => /^\s*SELECT\b/i.test(one)))
      throw new NotKnown("an alarm on a query of Metrics Insights has no price here");
    const watched = queries.filter((query) => query.has("metric"));
    const periods = [
      values.number("period"),
      ...watched.map((query) => query.block("metric").number("period")),
    ].filter((period) => period !== undefined);
    const isFast = periods.some((period) => period < 60);
    const bands = expressions.some((one) => one.includes("ANOMALY_DETECTION_BAND")) ? 3 : 1;
    const count = Math.max(1, watched.length) * bands;
    return [
      isFast
        ? monthly("high-resolution alarm", "cloudwatch/alarm-high-resolution-month", count)
        : monthly("alarm", "cloudwatch/alarm-month", count),
    ];
  },
};

const dashboard: Pricing = {
  assumes: ["the account's three free dashboards are not counted"],
  parts: () => [monthly("dashboard", "cloudwatch/dashboard-month")],
};

/** What watches. */
export const WATCH: Readonly<Record<string, Pricing>> = {
  aws_cloudwatch_metric_alarm: alarm,
  aws_cloudwatch_dashboard: dashboard,
};
