import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { approve } from "../../../cli/apply/approval";
import { Review } from "../../../cli/apply/review";
import type { PlanJson } from "../../../cli/plan/plan-json";
import { temporaryFolder } from "../../temporary-folder";
import { planned, runOf } from "../report/runs";

let folder: string;
beforeEach(() => {
  folder = temporaryFolder("approval");
  const deferred = {
    on: ["dev-network"],
    why: "upstream-not-deployed",
    reads: [],
    message: "reads dev-network",
  } as const;
  const stack = planned("dev-app", { status: "deferred", deferred, files: {} });
  mkdirSync(join(folder, "stacks"));
  writeFileSync(join(folder, "summary.json"), JSON.stringify(runOf([stack])));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What is said of a deferred stack whose plan makes a rule of a security group. */
const judge = (cidr: string, approvals: ReadonlyMap<string, string> = new Map()) => {
  const after = { cidr_ipv4: cidr, ip_protocol: "tcp", from_port: 22, to_port: 22 };
  const document: PlanJson = {
    resource_changes: [
      {
        address: "aws_vpc_security_group_ingress_rule.ssh",
        mode: "managed",
        type: "aws_vpc_security_group_ingress_rule",
        name: "ssh",
        change: { actions: ["create"], before: null, after, after_unknown: {} },
      },
    ],
  };
  return approve({ name: "dev-app", document, review: new Review(folder), onDrift: "fail", approvals });
};

test("a deferred stack that is harmless is applied, one with a high risk waits for an approval of its plan", () => {
  const open = judge("0.0.0.0/0");

  expect(judge("10.0.0.0/16").verdict).toBe("apply");
  expect(open.verdict).toBe("awaiting-approval");
  expect(open.message).toContain("aws_vpc_security_group_ingress_rule.ssh: ");
  expect(open.message).toContain(`--approve dev-app=${open.noted.digest}`);
  expect(judge("0.0.0.0/0", new Map([["dev-app", open.noted.digest ?? ""]])).verdict).toBe("apply");
  expect(judge("0.0.0.0/0", new Map([["dev-app", "000000000000"]])).verdict).toBe("awaiting-approval");
});
