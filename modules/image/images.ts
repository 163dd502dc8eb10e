import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { DataAwsServicequotasServiceQuota } from "@cdktf/provider-aws/lib/data-aws-servicequotas-service-quota";
import { Ec2ImageBlockPublicAccess } from "@cdktf/provider-aws/lib/ec2-image-block-public-access";
import { IamInstanceProfile } from "@cdktf/provider-aws/lib/iam-instance-profile";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { Construct } from "constructs";
import { accountKeyStatement, Faults, jsonText, partitionOf, policyDocument } from "../core";
import { sessionStatements } from "../core/session-manager";
import { type ImagesProps, imagesFaults } from "./images-props";
import { builderMachineName, type ImagePlace, imageKeyAlias } from "./names";

/** Quota of public AMIs in a Region, 5 by default. @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/sharingamis-intro.html */
const PUBLIC_AMIS = { serviceCode: "ec2", quotaCode: "L-0E3CBAB9" };

/**
 * What builds of machine images need in a Region: a key for private images, a role of the machines that are built on, and an
 * alarm when EC2 says that an image failed. The ids of the images are parameters that `groundplan image` writes.
 */
export class Images extends Construct {
  /** ARN of the key that encrypts private images. */
  readonly kmsKeyArn: string;

  /** Name of the instance profile of machines on which images are built. */
  readonly instanceProfile: string;

  /** Name of the alarm that hears of an image that failed. */
  readonly alarmName: string;

  /** How many public images the Region takes, as a token. */
  readonly publicQuota: number;

  /** @throws SynthError when a name or a number is not valid. */
  constructor(scope: Construct, id: string, props: ImagesProps & ImagePlace) {
    super(scope, id);
    const faults = new Faults();
    faults.addAll(imagesFaults(props));
    faults.throwIfAny(this);
    this.kmsKeyArn = this.key(props);
    this.instanceProfile = this.machineRole(props);
    this.alarmName = this.alarm(props);
    this.publicQuota = new DataAwsServicequotasServiceQuota(this, "public-amis", PUBLIC_AMIS).value;
    if (props.publicAccess !== "keep") {
      new Ec2ImageBlockPublicAccess(this, "public-access", {
        state: props.publicAccess === "open" ? "unblocked" : "block-new-sharing",
      });
    }
  }

  private key({ prefix, account, region }: ImagePlace): string {
    const key = new KmsKey(this, "key", {
      description: `Machine images of ${prefix}`,
      enableKeyRotation: true,
      // The longest wait that KMS offers: without the key no image starts.
      deletionWindowInDays: 30,
      policy: policyDocument([accountKeyStatement(account, partitionOf(region))]),
      tags: { Name: `${prefix}-images` },
    });
    new KmsAlias(this, "key-alias", { name: imageKeyAlias(prefix), targetKeyId: key.keyId });
    return key.arn;
  }

  /** A role for Session Manager, and for nothing else. */
  private machineRole(at: ImagePlace): string {
    const name = builderMachineName(at);
    const role = new IamRole(this, "machine", {
      name,
      description: `Machines on which images of ${at.prefix} are built`,
      assumeRolePolicy: policyDocument([
        { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" },
      ]),
      tags: { Name: name },
    });
    new IamRolePolicy(this, "sessions", {
      name: "sessions",
      role: role.id,
      // A build that goes on in each Region has this profile in all of them: profiles are the account's.
      policy: policyDocument(sessionStatements(at.region, at.account, "*")),
    });
    return new IamInstanceProfile(this, "profile", { name, role: role.name, tags: { Name: name } }).name;
  }

  /** @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitor-ami-events.html */
  private alarm({ prefix, alarmTopicArns }: ImagesProps & ImagePlace): string {
    const name = `${prefix}-images-failed`;
    const rule = new CloudwatchEventRule(this, "failed", {
      name,
      description: "An image could not be made or copied",
      eventPattern: jsonText({
        source: ["aws.ec2"],
        "detail-type": ["EC2 AMI State Change"],
        detail: { State: ["failed"] },
      }),
      tags: { Name: name },
    });
    return new CloudwatchMetricAlarm(this, "failed-alarm", {
      alarmName: name,
      alarmDescription:
        "EC2 says that an image failed: groundplan image list says which, and build or resume makes it again",
      namespace: "AWS/Events",
      metricName: "TriggeredRules",
      dimensions: { RuleName: rule.name },
      statistic: "Sum",
      period: 300,
      evaluationPeriods: 1,
      threshold: 0,
      comparisonOperator: "GreaterThanThreshold",
      treatMissingData: "notBreaching",
      alarmActions: [...alarmTopicArns],
      okActions: [...alarmTopicArns],
      tags: { Name: name },
    }).alarmName;
  }
}
