import { fitName } from "@groundplan/modules/core";
import { PrivateSite } from "@groundplan/modules/site";
import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import type { EnvironmentStackProps } from "../environment-stack";

/** Where the page of all previews is. @returns the bucket into which the workflows put it. */
export function previewDashboard(
  scope: Construct,
  { environment: { previews, region, account, name } }: EnvironmentStackProps,
  prefix: string,
): string {
  const { viewers, domain } = previews.dashboard;
  const site = new PrivateSite(scope, "dashboard", {
    bucketName: fitName(`${prefix}-dashboard-${account}`, 50),
    description: `Previews of ${name}`,
    region,
    viewers,
    ...(domain === undefined ? {} : { domain }),
  });
  new TerraformOutput(scope, "dashboard_bucket", { value: site.bucketName, staticId: true });
  new TerraformOutput(scope, "dashboard_url", { value: site.url, staticId: true });
  return site.bucketName;
}
