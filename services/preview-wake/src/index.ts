import { randomUUID } from "node:crypto";
import { ApplicationAutoScalingClient } from "@aws-sdk/client-application-auto-scaling";
import { ECSClient } from "@aws-sdk/client-ecs";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { RDSClient } from "@aws-sdk/client-rds";
import { S3Client } from "@aws-sdk/client-s3";
import { type AlbEvent, type AlbResponse, json } from "./alb";
import { answer } from "./answer";
import { settingsOf } from "./settings";

const clients = {
  s3: new S3Client({}),
  ecs: new ECSClient({}),
  rds: new RDSClient({}),
  elb: new ElasticLoadBalancingV2Client({}),
  scaling: new ApplicationAutoScalingClient({}),
  now: () => Date.now(),
  newId: () => randomUUID(),
};

/** Answers what the load balancer sends for previews that sleep. What goes wrong is logged, and never told to strangers. */
export async function handler(event: AlbEvent): Promise<AlbResponse> {
  try {
    return await answer(event, settingsOf(process.env), clients);
  } catch (error) {
    console.error(error);
    return json(500, {
      message: "the preview cannot be woken now; see the logs of the function preview-wake",
    });
  }
}
