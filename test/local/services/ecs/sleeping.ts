import {
  CreateTargetGroupCommand,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  ElasticLoadBalancingV2Client,
  ModifyRuleCommand,
  RegisterTargetsCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { CreateFunctionCommand, LambdaClient, waitUntilFunctionActiveV2 } from "@aws-sdk/client-lambda";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { bundle } from "../../../../cli/artifact/bundle";
import { zip } from "../../../../cli/artifact/lambda/zip";
import { serviceNamed } from "../../../../cli/artifact/service";
import { beginNew, end } from "../../../../cli/preview/life-cycle";
import { PreviewStore } from "../../../../cli/preview/store";
import { findProject } from "../../../../cli/project/project";
import { PREVIEW as METADATA, run } from "../../../cli/preview/made";

const REGION = "us-east-1";
const BUCKET = "acme-dev-state";

/** What `preview-shared` adds for previews that sleep, and the metadata of the preview `app`, by the clients of AWS. */
export async function withWake(): Promise<PreviewStore> {
  const elb = new ElasticLoadBalancingV2Client({ region: REGION });
  const page = await wakeTargetGroup(elb);
  const { rule, own } = await ruleOf(elb);
  await elb.send(
    new ModifyRuleCommand({
      RuleArn: rule,
      Actions: [
        {
          Type: "forward",
          ForwardConfig: {
            TargetGroups: [
              { TargetGroupArn: own, Weight: 100 },
              { TargetGroupArn: page, Weight: 0 },
            ],
          },
        },
      ],
    }),
  );
  const s3 = new S3Client({ region: REGION, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  const store = new PreviewStore({ bucket: BUCKET, region: REGION });
  const outputs = {
    log_group: "/preview/app",
    cluster: "preview",
    service: "app",
    listener_rule: rule,
    target_group: own,
    wake_target_group: page,
  };
  const now = new Date().toISOString();
  const expiresAt = "2100-01-01T00:00:00.000Z";
  await store.change("app", () =>
    beginNew(
      { ...METADATA, name: "app", outputs, expiresAt },
      { run: run("made", "create", now), by: "ana", now },
    ),
  );
  await store.change("app", (one) => end(one, { run: "made", to: "active", by: "ana", now }));
  return store;
}

/** The function as it is deployed, and the target group by which the load balancer calls it. */
async function wakeTargetGroup(elb: ElasticLoadBalancingV2Client): Promise<string> {
  const lambda = new LambdaClient({ region: REGION });
  const { code } = await bundle(serviceNamed(findProject(process.cwd()), "preview-wake"));
  const FunctionName = "preview-wake";
  const { FunctionArn: Id } = await lambda.send(
    new CreateFunctionCommand({
      FunctionName,
      Role: "arn:aws:iam::123456789012:role/preview-wake",
      Handler: "index.handler",
      Runtime: "nodejs22.x",
      Timeout: 30,
      Environment: { Variables: { STATE_BUCKET: BUCKET, DOMAIN: "preview.localhost" } },
      Code: { ZipFile: zip({ "index.js": code }).bytes },
    }),
  );
  await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 60 }, { FunctionName });
  const { TargetGroups = [] } = await elb.send(
    new CreateTargetGroupCommand({ Name: "wake", TargetType: "lambda" }),
  );
  const TargetGroupArn = TargetGroups[0]?.TargetGroupArn ?? "";
  await elb.send(new RegisterTargetsCommand({ TargetGroupArn, Targets: [{ Id }] }));
  return TargetGroupArn;
}

/** The rule of the preview, and the target group of its service. */
async function ruleOf(elb: ElasticLoadBalancingV2Client): Promise<{ rule: string; own: string }> {
  const { LoadBalancers = [] } = await elb.send(new DescribeLoadBalancersCommand({ Names: ["preview"] }));
  const { LoadBalancerArn } = LoadBalancers[0] ?? {};
  const { Listeners = [] } = await elb.send(new DescribeListenersCommand({ LoadBalancerArn }));
  const { ListenerArn } = Listeners.find(({ Protocol }) => Protocol === "HTTPS") ?? {};
  const { Rules = [] } = await elb.send(new DescribeRulesCommand({ ListenerArn }));
  const { RuleArn: rule = "", Actions: [action] = [] } =
    Rules.find(({ Priority }) => Priority === "10") ?? {};
  return {
    rule,
    own: action?.TargetGroupArn ?? action?.ForwardConfig?.TargetGroups?.[0]?.TargetGroupArn ?? "",
  };
}
