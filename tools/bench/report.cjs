"use strict";

// `report.cjs write <count> <file>` writes a plan in Terraform's JSON of so many changes of resources, `report.cjs read <file>`
// makes its report in every format.
const { writeFileSync } = require("node:fs");
const { readReports } = require("../../cli/dist/report/read");
const { markdown } = require("../../cli/dist/report/markdown");
const { sarif } = require("../../cli/dist/report/sarif");
const { terminal } = require("../../cli/dist/report/terminal");

const [, , what, ...rest] = process.argv;
if (what === "write") write(Number(rest[0]), String(rest[1]));
else read(String(rest[0]));

/**
 * @param {number} count
 * @param {string} file
 */
function write(count, file) {
  const actions = [["create"], ["update"], ["delete", "create"], ["delete"]];
  const values = (/** @type {number} */ at, /** @type {number} */ turn) => ({
    name: `queue-${at}`,
    password: `only-for-${at}-eyes-${turn}`,
    policy: JSON.stringify({ Statement: [{ Effect: "Allow", Action: [`sqs:Send${turn}`], Resource: "*" }] }),
    tags: { Team: "shop", Turn: String(turn) },
    tags_all: { Team: "shop", Turn: String(turn) },
    arn: `arn:aws:sqs:eu-west-1:123456789012:queue-${at}`,
  });
  const plan = {
    format_version: "1.2",
    terraform_version: "1.14.0",
    resource_changes: Array.from({ length: count }, (_, at) => {
      const [first = "create", ...more] = actions[at % actions.length] ?? [];
      return {
        address: `module.part_${at % 100}.aws_sqs_queue.q[${at}]`,
        mode: "managed",
        type: "aws_sqs_queue",
        name: "q",
        index: at,
        change: {
          actions: [first, ...more],
          before: first === "create" ? null : values(at, 1),
          after: first === "delete" && more.length === 0 ? null : values(at, 2),
          after_unknown: {},
          before_sensitive: { password: true },
          after_sensitive: { password: true },
        },
      };
    }),
  };
  writeFileSync(file, JSON.stringify(plan));
}

/** @param {string} file */
function read(file) {
  const report = readReports([file]);
  const texts = [
    markdown(report, {}),
    JSON.stringify(report),
    JSON.stringify(sarif(report, "0")),
    terminal(report).join("\n"),
  ];
  if (texts.some((text) => /only-for/.test(text))) throw new Error("a secret is in clear");
}
