#!/usr/bin/env node
// Writes plan-calls.txt: what Terraform and its AWS provider ask AWS in plans, from the logs of real ones. How to make
// them, against the local AWS with the stacks deployed, in each folder of cdktf.out/stacks:
//
//   TF_LOG=DEBUG TF_LOG_PATH=/tmp/plan-<stack>.log terraform plan
//   node test/security/record-plan-calls.mjs /tmp/plan-*.log
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const calls = new Set();
for (const file of process.argv.slice(2)) {
  // A record goes on in lines that are set in, e.g. with its body.
  const records = readFileSync(file, "utf8").replace(/\n +(?:\| )?/g, " ");
  for (const line of records.split("\n")) {
    if (!line.includes("HTTP Request Sent")) continue;
    // Service of the signature, operation of the SDK.
    const service = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\/aws4_request/.exec(line)?.[1];
    const operation = field(line, "rpc.method");
    if (service && operation) calls.add([`${service}:${operation}`, ...about(line, service)].join(" "));
  }
}
if (calls.size === 0) throw new Error("no call of AWS in these logs\n  make them with TF_LOG=DEBUG");
writeFileSync(
  join(dirname(fileURLToPath(import.meta.url)), "plan-calls.txt"),
  `${[...calls].sort().join("\n")}\n`,
);

/**
 * The resource, and the keys of a lock, where the role's policies look at them.
 *
 * @param {string} line
 * @param {string} service
 */
function about(line, service) {
  if (service === "s3") {
    const path = new URL(field(line, "http.url") ?? "").pathname.slice(1).replace(/\/$/, "");
    return path ? [`arn:aws:s3:::${path}`] : [];
  }
  if (service === "dynamodb") {
    const [table] = /table_names=\["([^"]+)"\]/.exec(line)?.slice(1) ?? [];
    const writes = /^(?:Put|Delete)Item$/.test(field(line, "rpc.method") ?? "");
    const lock = writes && `${field(line, "tf_backend.s3.bucket")}/${field(line, "tf_backend.s3.path")}`;
    const arn = table ? [`arn:aws:dynamodb:us-east-1:123456789012:table/${table}`] : [];
    return [...arn, ...(lock ? [`dynamodb:LeadingKeys=${lock}`] : [])];
  }
  const parameter = /"Names?":\s*\[?\s*"(\/[^"]+)"/.exec(line.replaceAll("\\", ""))?.[1];
  return service === "ssm" && parameter ? [`arn:aws:ssm:us-east-1:123456789012:parameter${parameter}`] : [];
}

/**
 * A field of a log line.
 *
 * @param {string} line
 * @param {string} name
 */
function field(line, name) {
  const value = new RegExp(`(?:^| )${name.replaceAll(".", "\\.")}=("[^"]*"|\\S*)`).exec(line)?.[1];
  return value?.replace(/^"|"$/g, "");
}
