import { holdResult } from "../plan/directory";
import { type PlanProps, planAll } from "../plan/plan";
import type { Report } from "../report/model";
import { readReport } from "../report/read";
import { Review } from "./review";

/** A plan that is shown before it is applied. */
export interface Preview {
  /** What is compared with at the apply. */
  readonly review: Review;
  readonly report: Report;
}

/** Plans stacks to be shown, and then applied: they are planned again by then, and what differs is refused. */
export async function previewPlan(props: Omit<PlanProps, "scope">): Promise<Preview> {
  await holdResult(props.setting.project, props.result);
  await planAll({ ...props, scope: { kind: "named", names: props.names } });
  return { review: new Review(props.result), report: readReport(props.result) };
}
