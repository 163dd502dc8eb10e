import { artifactPin } from "@groundplan/modules/artifact";
import { lookup, publish } from "@groundplan/modules/core";
import { NETWORK } from "@groundplan/modules/network";
import { EphemeralRunners, type FunctionName, RUNNERS } from "@groundplan/modules/runner";
import { serviceContract } from "@groundplan/modules/serverless";
import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import type { Environment } from "../overlays/environment";
import { EnvironmentStack, type EnvironmentStackProps } from "./environment-stack";

/** Properties of {@link RunnersStack}. */
export interface RunnersStackProps extends EnvironmentStackProps {
  /** Environment whose artifacts are promoted into this one; none for the first. */
  readonly promotedFrom: Environment | undefined;
}

/** The self-hosted runners of an environment, in the private subnets of its network. */
export class RunnersStack extends EnvironmentStack {
  readonly runners: EphemeralRunners;

  /** @throws SynthError when Lambda could not read the artifacts. */
  constructor(scope: Construct, props: RunnersStackProps) {
    super(scope, "runners", props);
    const { runners: settings, account, region } = props.environment;
    // Runners have no names from before that would have to stay.
    const fleet = `${props.platform.name}-${props.environment.name}`;
    this.requireArtifactRegion(props);
    const network = lookup(this, this.place, NETWORK);
    const pin = (name: FunctionName) =>
      artifactPin(this, this.place, `runner-${name}`, { promotedFrom: props.promotedFrom?.name });
    this.runners = new EphemeralRunners(this, "runners", {
      ...settings,
      name: fleet,
      region,
      account,
      parameterPath: `/${this.place.platform}/${this.place.environment}/runners`,
      artifacts: {
        webhook: pin("webhook"),
        "scale-up": pin("scale-up"),
        "scale-down": pin("scale-down"),
        reconcile: pin("reconcile"),
        program: pin("program"),
      },
      vpcId: network.vpcId,
      // Whole, and not spread: the list is known only when Terraform runs.
      subnetIds: network.privateSubnetIds,
      tags: this.commonTags,
    });
    for (const [name, made] of Object.entries(this.runners.functions)) {
      publish(made, this.place, serviceContract(`runner-${name}`), {
        functionName: made.functionName,
        aliasArn: made.aliasArn,
        url: name === "webhook" ? this.runners.webhookUrl : "",
        alarmNames: [...made.alarmNames],
        canaryPercent: 100,
        canaryMinutes: 0,
      });
    }
    const { webhookUrl, securityGroupId, queueName, tableName } = this.runners;
    publish(this, this.place, RUNNERS, {
      webhookUrl,
      fleet,
      securityGroupId,
      queueName,
      tableName,
    });
    new TerraformOutput(this, "webhook_url", { value: webhookUrl, staticId: true });
  }
}
