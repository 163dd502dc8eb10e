"use strict";

// Judges what the report is to tell of: a policy of as many statements as the second argument says, or as many ranges.
const { changeOf } = require("../../cli/dist/report/change");
const { hold, rangeOf } = require("../../cli/dist/report/risks/cidr");
const { risksOf } = require("../../cli/dist/report/risks/rules");
const { ALONE } = require("../../cli/dist/report/risks/surroundings");

/** @type {[string, number]} */
const [kind, count] = [process.argv[2] ?? "", Number(process.argv[3])];

/** @param {number} more */
function policy(more) {
  const allow = (/** @type {string} */ Action, /** @type {string} */ Resource) => ({
    Effect: "Allow",
    Action,
    Resource,
  });
  const Statement = Array.from({ length: count + more }, (_, at) =>
    allow("s3:GetObject", `arn:aws:s3:::b${at}`),
  );
  return { policy: JSON.stringify({ Version: "2012-10-17", Statement }) };
}

if (kind === "statements") {
  const json = {
    address: "aws_iam_policy.a",
    mode: "managed",
    type: "aws_iam_policy",
    name: "a",
    provider_name: "registry.terraform.io/hashicorp/aws",
    change: { actions: ["update"], before: policy(0), after: policy(1), after_unknown: {} },
  };
  const found = risksOf(
    changeOf(json, (/** @type {string} */ text) => text),
    json,
    ALONE,
  );
  if (found.length !== 1) throw new Error(`${found.length} risks instead of one`);
} else {
  const all = Array.from({ length: count }, (_, at) =>
    rangeOf(`10.${at >> 12}.${(at >> 4) & 255}.${(at & 15) * 16}/28`),
  );
  if (hold(all, rangeOf("0.0.0.0/0"))) throw new Error("they hold the world");
}
