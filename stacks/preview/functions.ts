import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { LbTargetGroup } from "@cdktf/provider-aws/lib/lb-target-group";
import { LbTargetGroupAttachment } from "@cdktf/provider-aws/lib/lb-target-group-attachment";
import { artifactPin } from "@groundplan/modules/artifact";
import { type Place, partitionOf, publish } from "@groundplan/modules/core";
import { ArtifactFunction, serviceContract } from "@groundplan/modules/serverless";
import { fitted, type SchedulerRole, SERVICE_NAMES } from "@groundplan/modules/service";
import { stateBucketName } from "@groundplan/modules/state";
import type { Construct } from "constructs";
import type { EnvironmentStackProps } from "../environment-stack";

/** How the functions of previews are named, and where they publish. */
interface Names {
  readonly place: Place;

  /** Begins the names of an environment, e.g. `groundplan-dev`. */
  readonly namePrefix: string;

  /** Begins those of what previews share, e.g. `groundplan-dev-previews`. */
  readonly prefix: string;
}

/** What ends and wakes previews, as parts of the stack `preview-shared`. */
export class PreviewFunctions {
  constructor(
    private readonly scope: Construct,
    private readonly props: EnvironmentStackProps,
    private readonly names: Names,
  ) {}

  /** What starts the destroy of a preview whose time is over. @returns ARN of what the schedules call. */
  expire(role: SchedulerRole): string {
    const { platform, environment } = this.props;
    const { githubSecretArn = "", apiUrl } = environment.previews.functions;
    const expire = this.function("preview-expire", "Starts the destroy of previews whose time is over", {
      GITHUB_TOKEN_SECRET_ARN: githubSecretArn,
      PLATFORM_REPOSITORY: platform.repository,
      DESTROY_WORKFLOW: "destroy.yml",
      DESTROY_REF: platform.github.defaultBranch,
      GITHUB_API_URL: apiUrl,
    });
    expire.grantReadSecret("github", githubSecretArn);
    expire.grantReadObjects("states", { bucketArn: this.stateBucketArn(), prefix: "environments/" });
    role.allow({
      Sid: "Expire",
      Effect: "Allow",
      Action: "lambda:InvokeFunction",
      Resource: expire.aliasArn,
    });
    return expire.aliasArn;
  }

  /** Whom the load balancer asks for a preview that sleeps: without a function behind it the answer is 503. */
  wakeTargetGroup(domain: string): LbTargetGroup {
    const name = fitted(SERVICE_NAMES.targetGroup, `${this.names.prefix}-wake`);
    const group = new LbTargetGroup(this.scope, "wake", { name, targetType: "lambda", tags: { Name: name } });
    if (!this.props.environment.previews.functions.enabled) return group;
    const { region, account } = this.props.environment;
    const wake = this.function("preview-wake", "Answers for previews that sleep, and wakes them", {
      DOMAIN: domain,
    });
    const arn = (service: string, rest: string) =>
      `arn:${partitionOf(region)}:${service}:${region}:${account}:${rest}`;
    const own = { StringEquals: { "aws:ResourceTag/idp:managed": "true" } };
    wake.allow({
      Sid: "State",
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:PutObject"],
      Resource: `${this.stateBucketArn()}/environments/*/*.json`,
    });
    wake.allow({
      Sid: "Wake",
      Effect: "Allow",
      Action: ["ecs:DescribeServices", "ecs:UpdateService"],
      Resource: arn("ecs", `service/${this.names.prefix}/*`),
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
        `listener-rule/app/${fitted(SERVICE_NAMES.loadBalancer, this.names.prefix)}/*`,
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
    new LbTargetGroupAttachment(this.scope, "wake-target", {
      targetGroupArn: group.arn,
      targetId: wake.aliasArn,
      dependsOn: wake.node.children.filter((child) => child instanceof LambdaPermission),
    });
    return group;
  }

  private function(
    service: string,
    description: string,
    variables: Readonly<Record<string, string>>,
  ): ArtifactFunction {
    const { platform, environment } = this.props;
    const { region, account } = environment;
    const made = new ArtifactFunction(this.scope, service, {
      functionName: `${this.names.namePrefix}-${service}`,
      description,
      region,
      account,
      artifact: artifactPin(this.scope, this.names.place, service),
      timeoutSeconds: 30,
      environment: {
        STATE_BUCKET: stateBucketName({ platform: platform.name, account, region: platform.region }),
        ...variables,
      },
    });
    publish(made, this.names.place, serviceContract(service), {
      functionName: made.functionName,
      aliasArn: made.aliasArn,
      url: "",
      alarmNames: [...made.alarmNames],
      canaryPercent: 100,
      canaryMinutes: 0,
    });
    return made;
  }

  private stateBucketArn(): string {
    const { platform, environment } = this.props;
    const { account } = environment;
    const { name, region } = platform;
    return `arn:${partitionOf(region)}:s3:::${stateBucketName({ platform: name, account, region })}`;
  }
}
