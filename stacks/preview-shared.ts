import { Route53Zone } from "@cdktf/provider-aws/lib/route53-zone";
import { SchedulerScheduleGroup } from "@cdktf/provider-aws/lib/scheduler-schedule-group";
import { fitName, lookup, NAME_RULES, publish, SynthError } from "@groundplan/modules/core";
import { NETWORK } from "@groundplan/modules/network";
import { deadLetterQueue, FargateCluster, LoadBalancer, SchedulerRole } from "@groundplan/modules/service";
import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import { PREVIEW_SHARED } from "./contracts/preview-shared";
import { EnvironmentStack, type EnvironmentStackProps } from "./environment-stack";
import { previewDashboard } from "./preview/dashboard";
import { previewDatabase, sourcesOf } from "./preview/database";
import { PreviewFunctions } from "./preview/functions";
import { previewImages } from "./preview/images";

/**
 * What the previews of an environment share: a cluster, a load balancer with one certificate for all names, a database
 * server, a repository of images, and what ends and wakes them. A VPC, a load balancer and a NAT gateway for each
 * preview would cost more than all that runs in it.
 */
export class PreviewSharedStack extends EnvironmentStack {
  private readonly prefix: string;

  /** @throws SynthError for a platform with the names of before. */
  constructor(scope: Construct, props: EnvironmentStackProps) {
    super(scope, "preview-shared", props);
    const { platform, environment } = props;
    const { previews, region, account, name } = environment;
    if (platform.legacyNames) {
      throw new SynthError(this, [
        {
          what: "previews carry the platform's name, and legacyNames of platform.ts leaves it out",
          instead:
            "move to names with it first (docs/upgrading.md), or leave previews.enabled of the overlay out",
        },
      ]);
    }
    if (previews.functions.enabled) this.requireArtifactRegion(props);
    this.prefix = `${this.namePrefix}-previews`;
    const network = lookup(this, this.place, NETWORK);
    const { domain = `previews.${platform.domain}` } = previews;
    const zoneId = previews.hostedZoneId ?? this.ownZone(domain);
    const cluster = new FargateCluster(this, "cluster", { name: this.prefix });
    const balancer = new LoadBalancer(this, "load-balancer", {
      name: this.prefix,
      region,
      account,
      vpcId: network.vpcId,
      vpcCidr: network.cidr,
      subnetIds: network.publicSubnetIds,
      allowedCidrs: previews.allowedCidrs,
      certificate:
        previews.certificateArn === undefined
          ? { domainName: domain, wildcard: true, hostedZoneId: zoneId }
          : { arn: previews.certificateArn },
      accessLogs: {
        bucketName: fitName(`${this.prefix}-logs-${account}-${region}`, NAME_RULES.bucket.maxLength),
        retentionDays: previews.accessLogDays,
        deletionProtection: previews.deletionProtection,
      },
      names: { hostedZoneId: zoneId, hostNames: [`*.${domain}`] },
      deletionProtection: previews.deletionProtection,
    });
    const queue = deadLetterQueue(this, "dead-letters", `${this.prefix}-dead-letters`);
    const schedules = new SchedulerScheduleGroup(this, "schedules", { name: this.prefix });
    const role = new SchedulerRole(this, "scheduler", {
      name: this.prefix,
      region,
      account,
      groupName: this.prefix,
      deadLetterQueueArn: queue.arn,
    });
    const functions = new PreviewFunctions(this, props, {
      place: this.place,
      namePrefix: this.namePrefix,
      prefix: this.prefix,
    });
    publish(this, this.place, PREVIEW_SHARED, {
      vpcId: network.vpcId,
      privateSubnetIds: network.privateSubnetIds,
      publicSubnetIds: network.publicSubnetIds,
      clusterArn: cluster.arn,
      clusterName: cluster.name,
      loadBalancer: {
        arn: balancer.arn,
        dnsName: balancer.dnsName,
        zoneId: balancer.zoneId,
        securityGroupId: balancer.securityGroupId,
        httpsListenerArn: balancer.httpsListenerArn,
      },
      certificateArn: balancer.certificateArn,
      wakeTargetGroupArn: functions.wakeTargetGroup(domain).arn,
      database: previewDatabase(this, props, { prefix: this.prefix, network }),
      sources: sourcesOf(previews.sources),
      schedulerRoleArn: role.roleArn,
      scheduleGroup: schedules.name,
      expireFunctionArn: previews.functions.enabled ? functions.expire(role) : "",
      deadLetterQueueArn: queue.arn,
      ecrRepository: previewImages(this, props, { namePrefix: this.namePrefix, tags: this.commonTags }),
      domain,
      zoneId,
      quotaTotal: previews.quota.total,
      quotaPerOwner: previews.quota.perOwner,
      defaultTtl: previews.defaultTtl,
      imagesPerPreview: previews.maxImages,
      dashboardBucket: previews.dashboard.enabled ? previewDashboard(this, props, this.prefix) : "",
    });
    new TerraformOutput(this, "preview_domain", {
      value: domain,
      description: `Previews of ${name}`,
      staticId: true,
    });
  }

  /** A zone of the domain. Whoever has the domain above points it to the name servers of the output. */
  private ownZone(domain: string): string {
    const zone = new Route53Zone(this, "zone", {
      name: domain,
      comment: "Preview environments",
      tags: { Name: domain },
    });
    new TerraformOutput(this, "name_servers", { value: zone.nameServers, staticId: true });
    return zone.zoneId;
  }
}
