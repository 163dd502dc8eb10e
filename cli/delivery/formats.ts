import { type TSchema, Type } from "@sinclair/typebox";
import { documentSchema } from "../console/document";

/** What `groundplan gitops analyze` and `groundplan gitops promote-canary` print with `--json`. */

const NAME = Type.String({ minLength: 1 });
const COUNT = Type.Integer({ minimum: 0 });
const VERDICT = Type.Union(["pass", "fail", "inconclusive"].map((verdict) => Type.Literal(verdict)));

export const ANALYSIS_FORMAT = "groundplan.gitops.analysis";
export const PROMOTION_FORMAT = "groundplan.gitops.promotion";

const analysis = documentSchema(ANALYSIS_FORMAT, "What checks of services have shown.", {
  verdict: VERDICT,
  rule: Type.Object({
    checks: COUNT,
    seconds: Type.Number({ minimum: 0 }),
    maxErrors: Type.Number({ minimum: 0 }),
  }),
  analyses: Type.Array(
    Type.Object({
      url: NAME,
      verdict: VERDICT,
      taken: COUNT,
      errors: COUNT,
      allowed: Type.Integer({ minimum: 0, description: "most of all checks that may fail" }),
      traffic: Type.Optional(
        Type.Object(
          { requests: Type.Number({ minimum: 0 }), errors: Type.Number({ minimum: 0 }) },
          { description: "what the service counted itself in that time" },
        ),
      ),
      reasons: Type.Array(Type.Object({ reason: Type.String(), count: COUNT })),
    }),
  ),
});

const promotion = documentSchema(PROMOTION_FORMAT, "A canary that goes on.", {
  namespace: NAME,
  rollout: NAME,
  from: Type.String({ description: "hash of the stable version" }),
  to: Type.String({ description: "hash of the version that takes over" }),
  skipped: Type.Boolean({ description: "whether the rest of the steps is skipped, with their analyses" }),
  changed: Type.Boolean({ description: "false when there was nothing to promote" }),
  reason: Type.Optional(Type.String()),
});

/** The documents, by the name of the schema's file. */
export const DELIVERY_FORMATS: Readonly<Record<string, TSchema>> = {
  "gitops-analysis": analysis,
  "gitops-promotion": promotion,
};
