import type { PlanJson } from "../plan/plan-json";
import type { PlannedStack } from "../plan/result";
import { stackReport } from "../report/stack";
import { destroyed, differences, digestOf } from "./meaning";
import type { AppliedStack } from "./result";
import type { Review } from "./review";

/** What to do when a plan is another than the one that was reviewed. */
export type OnDrift = "fail" | "warn";

/** Properties of {@link approve}. */
export interface ApprovalProps {
  readonly name: string;

  /** The plan that was made now. */
  readonly document: PlanJson;

  /** Undefined when the user applies without a review. */
  readonly review: Review | undefined;
  readonly onDrift: OnDrift;

  /** Digests of plans that were approved, by stack. */
  readonly approvals: ReadonlyMap<string, string>;
}

/** Whether a plan may be applied, and what is to be noted of it. */
export interface Approval {
  readonly verdict: "apply" | "refused" | "awaiting-approval";
  readonly message: string;
  readonly noted: Pick<AppliedStack, "differences" | "digest">;
}

/** Judges a plan that was made now by what was reviewed. */
export function approve({ name, document, review, onDrift, approvals }: ApprovalProps): Approval {
  const digest = digestOf(document);
  if (!review) return { verdict: "apply", message: "", noted: { digest } };
  // An approval is of one plan: of any other it says nothing.
  if (approvals.get(name) === digest) return { verdict: "apply", message: "approved", noted: { digest } };
  const reviewed = review.stack(name);
  if (reviewed?.status === "deferred") return ofDeferred(reviewed, document, digest);
  const found =
    reviewed?.status === "changed" || reviewed?.status === "unchanged"
      ? differences(review.document(reviewed), document)
      : [reviewed ? `its plan ${reviewed.status} when it was reviewed` : "it was not in the reviewed plan"];
  if (found.length === 0) return { verdict: "apply", message: "as reviewed", noted: { digest } };
  const noted = { digest, differences: found };
  if (onDrift === "warn") return { verdict: "apply", message: "differs from what was reviewed", noted };
  return {
    verdict: "refused",
    message: `its plan is not the one that was reviewed: ${found.join("; ")}`,
    noted,
  };
}

/** What was deferred could not be reviewed: what is dangerous needs a look, anything else is applied. */
function ofDeferred(planned: PlannedStack, document: PlanJson, digest: string): Approval {
  const { name } = planned;
  const lost = destroyed(document);
  const risks = stackReport(planned, document as PlanJson).risks.filter(
    ({ level, address }) => level === "high" && !lost.includes(address),
  );
  const why = [
    ...(lost.length > 0 ? [`deletes or replaces ${lost.join(", ")}`] : []),
    ...risks.map(({ address, message }) => `${address}: ${message}`),
  ];
  if (why.length === 0) {
    return {
      verdict: "apply",
      message: "was deferred, destroys nothing and has no high risk",
      noted: { digest },
    };
  }
  return {
    verdict: "awaiting-approval",
    message: `it was deferred at the review, and ${why.join("; ")}; approve this plan with --approve ${name}=${digest}`,
    noted: { digest },
  };
}
