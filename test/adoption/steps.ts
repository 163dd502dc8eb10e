import { BIN } from "../cli/groundplan";
import type { Copy, Ended } from "./copy";

/** Writes a team's own facts into `platform.ts`, and its Region into the defaults of all environments. */
export function changePlatform(copy: Copy): void {
  copy.edit(
    "platform.ts",
    ['name: "groundplan"', 'name: "acme"'],
    ['repository: "groundplan/groundplan"', 'repository: "acme-corp/cloud"'],
    ['region: "us-east-1"', 'region: "eu-central-1"'],
    ['dev: "123456789012"', 'dev: "111111111111"'],
    ['staging: "123456789012"', 'staging: "222222222222"'],
    ['prod: "123456789012"', 'prod: "333333333333"'],
    ['artifactAccount: "123456789012"', 'artifactAccount: "111111111111"'],
    ['domain: "groundplan.example.com"', 'domain: "cloud.acme.example"'],
    ["https://github.com/groundplan/groundplan.git", "https://github.com/acme-corp/cloud.git"],
    ['slackChannel: "groundplan-deployments"', 'slackChannel: "cloud"'],
    ['pagerDutyService: "groundplan"', 'pagerDutyService: "cloud"'],
    ["groundplan:developers", "acme:engineers"],
    ["groundplan:platform", "acme:admins"],
    ['defaultBranch: "main"', 'defaultBranch: "trunk"'],
  );
  copy.edit(
    "overlays/base/environment.ts",
    ['region: "us-east-1"', 'region: "eu-central-1"'],
    [/"us-east-1([abc])"/, '"eu-central-1$1"'],
  );
}

/** Runs `groundplan new` without what it does for convenience: the test derives by itself, once for all. */
export function runNew(copy: Copy, ...args: readonly string[]): Promise<Ended> {
  return copy.run(BIN, "new", ...args, "--yes", "--no-derive");
}
