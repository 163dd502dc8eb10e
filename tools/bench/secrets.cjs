"use strict";

// Masks a plan of as many sensitive parameters as the argument says, all unchanged.
const { documentOf } = require("../../cli/dist/plan/document");
const { Secrets } = require("../../cli/dist/plan/secrets");

const count = Number(process.argv[2]);
const values = (/** @type {number} */ at) => ({
  name: `/shop/${at}`,
  value: `only-for-${at}-eyes`,
  description: "d".repeat(100),
  arn: `arn:aws:ssm:eu-west-1:123456789012:parameter/shop/${at}`,
});
const plan = {
  resource_changes: Array.from({ length: count }, (_, at) => ({
    address: `aws_ssm_parameter.p[${at}]`,
    mode: "managed",
    type: "aws_ssm_parameter",
    name: "p",
    index: at,
    change: {
      actions: ["no-op"],
      before: values(at),
      after: values(at),
      after_unknown: {},
      before_sensitive: { value: true },
      after_sensitive: { value: true },
    },
  })),
};
const document = documentOf(plan, new Secrets().addPlan(plan));
if (/only-for/.test(JSON.stringify(document))) throw new Error("a secret is in clear");
