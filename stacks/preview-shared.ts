import { Route53Zone } from "@cdktf/provider-aws/lib/route53-zone";
import { SchedulerScheduleGroup } from "@cdktf/provider-aws/lib/scheduler-schedule-group";
import { fitName, lookup, NAME_RULES, publish, SynthError } from "@groundplan/modules/core";
import { NETWORK } from "@groundplan/modules/network";
import { cachePrefix, PullThroughCache, Registry } from "@groundplan/modules/registry";
import {
  deadLetterQueue,
  FargateCluster,
  LoadBalancer,
  Postgres,
  SchedulerRole,
} from "@groundplan/modules/service";
import { PrivateSite } from "@groundplan/modules/site";
import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import { PREVIEW_SHARED } from "./contracts/preview-shared";
import { EnvironmentStack, type EnvironmentStackProps } from "./environment-stack";
import { PreviewFunctions } from "./preview/functions";

/** Repository of the images of all previews, below the environment's prefix. */
const REPOSITORY = "previews";

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
      database: this.database(props, network),
      schedulerRoleArn: role.roleArn,
      scheduleGroup: schedules.name,
      expireFunctionArn: previews.functions.enabled ? functions.expire(role) : "",
      deadLetterQueueArn: queue.arn,
      ecrRepository: this.repository(props),
      domain,
      zoneId,
      quotaTotal: previews.quota.total,
      quotaPerOwner: previews.quota.perOwner,
      defaultTtl: previews.defaultTtl,
      imagesPerPreview: previews.maxImages,
      dashboardBucket: previews.dashboard.enabled ? this.dashboard(props) : "",
    });
    new TerraformOutput(this, "preview_domain", {
      value: domain,
      description: `Previews of ${name}`,
      staticId: true,
    });
  }

  /** Where the page of all previews is. @returns the bucket into which the workflows put it. */
  private dashboard({ environment: { previews, region, account, name } }: EnvironmentStackProps): string {
    const { viewers, domain } = previews.dashboard;
    const site = new PrivateSite(this, "dashboard", {
      bucketName: fitName(`${this.prefix}-dashboard-${account}`, 50),
      description: `Previews of ${name}`,
      region,
      viewers,
      ...(domain === undefined ? {} : { domain }),
    });
    new TerraformOutput(this, "dashboard_bucket", { value: site.bucketName, staticId: true });
    new TerraformOutput(this, "dashboard_url", { value: site.url, staticId: true });
    return site.bucketName;
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

  private database(
    { environment: { previews } }: EnvironmentStackProps,
    network: { readonly vpcId: string; readonly privateSubnetIds: readonly string[] },
  ): Readonly<Record<string, string>> {
    if (!previews.database.enabled) return {};
    const { instanceClass, storageGb, backupDays } = previews.database;
    const server = new Postgres(this, "database", {
      name: this.prefix,
      vpcId: network.vpcId,
      subnetIds: network.privateSubnetIds,
      instanceClass,
      storageGb,
      backupDays,
      deletionProtection: previews.deletionProtection,
      finalSnapshot: previews.deletionProtection,
      // The code of a preview is anybody's, with a client as it comes.
      requireTls: false,
    });
    return {
      host: server.host,
      port: `${server.port}`,
      name: server.databaseName,
      secretArn: server.secretArn,
      securityGroupId: server.securityGroupId,
      instance: server.instanceId,
    };
  }

  /**
   * Images are tagged `<preview>-<commit>`: a commit that is built again moves its tag. `groundplan preview create` keeps so
   * many of each preview; ECR counts those of all previews together, and keeps as many as all of them may have.
   */
  private repository({ platform, environment }: EnvironmentStackProps): Readonly<Record<string, string>> {
    const { previews, region, account, name } = environment;
    const registry = new Registry(this, "registry", {
      prefix: `${platform.name}/${name}`,
      account,
      region,
      repositories: [REPOSITORY],
      encryption: "AES256",
      tagMutability: "MUTABLE",
      forceDelete: true,
      retention: {
        untaggedDays: 1,
        maxImages: previews.maxImages * previews.quota.total,
        tagPrefixes: ["preview-"],
        otherTaggedDays: 30,
      },
    });
    if (previews.dockerHubSecretArn !== undefined) {
      new PullThroughCache(this, "docker-hub", {
        upstream: "docker-hub",
        prefix: cachePrefix(platform.name, name),
        roleNamePrefix: this.namePrefix,
        credentialArn: previews.dockerHubSecretArn,
        region,
        account,
        tags: this.commonTags,
      });
    }
    const repository = registry.repository(REPOSITORY);
    return { name: repository.repositoryName, url: repository.repositoryUrl };
  }
}
