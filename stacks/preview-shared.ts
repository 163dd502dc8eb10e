import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { LbTargetGroup } from "@cdktf/provider-aws/lib/lb-target-group";
import { LbTargetGroupAttachment } from "@cdktf/provider-aws/lib/lb-target-group-attachment";
import { Route53Zone } from "@cdktf/provider-aws/lib/route53-zone";
import { SchedulerScheduleGroup } from "@cdktf/provider-aws/lib/scheduler-schedule-group";
import { artifactPin } from "@groundplan/modules/artifact";
import { fitName, lookup, NAME_RULES, partitionOf, publish, SynthError } from "@groundplan/modules/core";
import { NETWORK } from "@groundplan/modules/network";
import { cachePrefix, PullThroughCache, Registry } from "@groundplan/modules/registry";
import { ArtifactFunction, serviceContract } from "@groundplan/modules/serverless";
import {
  deadLetterQueue,
  FargateCluster,
  fitted,
  LoadBalancer,
  Postgres,
  SchedulerRole,
  SERVICE_NAMES,
} from "@groundplan/modules/service";
import { PrivateSite } from "@groundplan/modules/site";
import { stateBucketName } from "@groundplan/modules/state";
import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import { PREVIEW_SHARED } from "./contracts/preview-shared";
import { EnvironmentStack, type EnvironmentStackProps } from "./environment-stack";

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
      wakeTargetGroupArn: this.wakeTargetGroup(props, domain).arn,
      database: this.database(props, network),
      schedulerRoleArn: role.roleArn,
      scheduleGroup: schedules.name,
      expireFunctionArn: previews.functions.enabled ? this.expireFunction(props, role) : "",
      deadLetterQueueArn: queue.arn,
      ecrRepository: this.repository(props),
      domain,
      zoneId,
      quotaTotal: previews.quota.total,
      quotaPerOwner: previews.quota.perOwner,
      defaultTtl: previews.defaultTtl,
    });
    new TerraformOutput(this, "preview_domain", {
      value: domain,
      description: `Previews of ${name}`,
      staticId: true,
    });
    if (previews.dashboard.enabled) this.dashboard(props);
  }

  /** Where the page of all previews is; the workflows put it into the bucket. */
  private dashboard({ environment: { previews, region, account, name } }: EnvironmentStackProps): void {
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

  /** What starts the destroy of a preview whose time is over. @returns ARN of what the schedules call. */
  private expireFunction(props: EnvironmentStackProps, role: SchedulerRole): string {
    const { platform, environment } = props;
    const { githubSecretArn = "", apiUrl } = environment.previews.functions;
    const expire = this.function(
      props,
      "preview-expire",
      "Starts the destroy of previews whose time is over",
      {
        GITHUB_TOKEN_SECRET_ARN: githubSecretArn,
        PLATFORM_REPOSITORY: platform.repository,
        DESTROY_WORKFLOW: "destroy.yml",
        DESTROY_REF: platform.github.defaultBranch,
        GITHUB_API_URL: apiUrl,
      },
    );
    expire.grantReadSecret(githubSecretArn);
    expire.grantReadObjects(this.stateBucketArn(props), "environments/");
    role.allow({
      Sid: "Expire",
      Effect: "Allow",
      Action: "lambda:InvokeFunction",
      Resource: expire.aliasArn,
    });
    return expire.aliasArn;
  }

  /** Whom the load balancer asks for a preview that sleeps: without a function behind it the answer is 503. */
  private wakeTargetGroup(props: EnvironmentStackProps, domain: string): LbTargetGroup {
    const name = fitted(SERVICE_NAMES.targetGroup, `${this.prefix}-wake`);
    const group = new LbTargetGroup(this, "wake", { name, targetType: "lambda", tags: { Name: name } });
    if (!props.environment.previews.functions.enabled) return group;
    const { region, account } = props.environment;
    const wake = this.function(props, "preview-wake", "Answers for previews that sleep, and wakes them", {
      DOMAIN: domain,
    });
    const arn = (service: string, rest: string) =>
      `arn:${partitionOf(region)}:${service}:${region}:${account}:${rest}`;
    const own = { StringEquals: { "aws:ResourceTag/idp:managed": "true" } };
    wake.allow({
      Sid: "State",
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:PutObject"],
      Resource: `${this.stateBucketArn(props)}/environments/*/*.json`,
    });
    wake.allow({
      Sid: "Wake",
      Effect: "Allow",
      Action: ["ecs:DescribeServices", "ecs:UpdateService"],
      Resource: arn("ecs", `service/${this.prefix}/*`),
    });
    wake.allow({
      Sid: "Start",
      Effect: "Allow",
      Action: "rds:StartDBInstance",
      Resource: arn("rds", "db:*"),
      Condition: own,
    });
    wake.allow({
      Sid: "Forward",
      Effect: "Allow",
      Action: "elasticloadbalancing:ModifyRule",
      Resource: arn(
        "elasticloadbalancing",
        `listener-rule/app/${fitted(SERVICE_NAMES.loadBalancer, this.prefix)}/*`,
      ),
    });
    wake.allow({
      Sid: "Scale",
      Effect: "Allow",
      Action: "application-autoscaling:RegisterScalableTarget",
      Resource: arn("application-autoscaling", "scalable-target/*"),
      Condition: {
        StringEquals: {
          "application-autoscaling:service-namespace": "ecs",
          "application-autoscaling:scalable-dimension": "ecs:service:DesiredCount",
        },
      },
    });
    wake.allow({
      // None of them knows resources.
      Sid: "Look",
      Effect: "Allow",
      Action: [
        "application-autoscaling:DescribeScalableTargets",
        "rds:DescribeDBInstances",
        "elasticloadbalancing:DescribeTargetHealth",
      ],
      Resource: "*",
    });
    wake.grantInvoke("load-balancer", {
      service: "elasticloadbalancing.amazonaws.com",
      sourceArn: group.arn,
    });
    new LbTargetGroupAttachment(this, "wake-target", {
      targetGroupArn: group.arn,
      targetId: wake.aliasArn,
      dependsOn: wake.node.children.filter((child) => child instanceof LambdaPermission),
    });
    return group;
  }

  private function(
    { platform, environment }: EnvironmentStackProps,
    service: string,
    description: string,
    variables: Readonly<Record<string, string>>,
  ): ArtifactFunction {
    const { region, account } = environment;
    const made = new ArtifactFunction(this, service, {
      functionName: `${this.namePrefix}-${service}`,
      description,
      region,
      account,
      artifact: artifactPin(this, this.place, service),
      timeoutSeconds: 30,
      environment: {
        STATE_BUCKET: stateBucketName({ platform: platform.name, account, region: platform.region }),
        ...variables,
      },
    });
    publish(made, this.place, serviceContract(service), {
      functionName: made.functionName,
      aliasArn: made.aliasArn,
      url: "",
      alarmNames: [...made.alarmNames],
      canaryPercent: 100,
      canaryMinutes: 0,
    });
    return made;
  }

  private stateBucketArn({ platform, environment: { account } }: EnvironmentStackProps): string {
    const { name, region } = platform;
    return `arn:${partitionOf(region)}:s3:::${stateBucketName({ platform: name, account, region })}`;
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

  /** Images are tagged `<preview>-<commit>`: a commit that is built again moves its tag. */
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
        maxImages: previews.maxImages,
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
