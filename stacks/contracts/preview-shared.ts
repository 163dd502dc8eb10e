import { defineContract } from "@groundplan/modules/core";

/** What the stack `preview-shared` tells the previews of its environment, and `groundplan preview`. */
export const PREVIEW_SHARED = defineContract("preview-shared", {
  /** The VPC of previews with `network: shared`. */
  vpcId: "string",
  privateSubnetIds: "strings",
  publicSubnetIds: "strings",

  /** The cluster of all previews. */
  clusterArn: "string",
  clusterName: "string",

  /** `arn`, `dnsName`, `zoneId`, `securityGroupId` and `httpsListenerArn` of the load balancer. */
  loadBalancer: "stringMap",
  /** Certificate of the domain and of all names right below it. */
  certificateArn: "string",
  /** Target group that answers for a preview that sleeps. */
  wakeTargetGroupArn: "string",

  /** `host`, `port`, `name`, `secretArn`, `securityGroupId` and `instance` of the database server; empty without one. */
  database: "stringMap",

  /** Sources of which new databases are copied: by their names, each as JSON. */
  sources: "stringMap",

  /** Role by which EventBridge Scheduler calls the function that ends a preview. */
  schedulerRoleArn: "string",
  /** Group of the schedules. */
  scheduleGroup: "string",
  /** Function that ends a preview whose time is over; empty where the sweep alone does. */
  expireFunctionArn: "string",
  /** Queue of what a schedule could not deliver. */
  deadLetterQueueArn: "string",

  /** `name` and `url` of the repository of the images. */
  ecrRepository: "stringMap",

  /** Domain that the previews' names lie below. */
  domain: "string",
  zoneId: "string",

  /** Previews at the same time, in all and of one owner. */
  quotaTotal: "number",
  quotaPerOwner: "number",
  /** How long a preview lives when nobody says, e.g. `7d`. */
  defaultTtl: "string",
  /** Images of each preview that are kept. */
  imagesPerPreview: "number",
  /** Bucket from which the page of all previews is served; empty without one. */
  dashboardBucket: "string",
});
