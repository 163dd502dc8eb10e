import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { FlowLog } from "@cdktf/provider-aws/lib/flow-log";
import { Construct } from "constructs";
import { partitionOf } from "../core";
import { bucketDestination } from "./flow-log-bucket";
import { logGroupDestination } from "./flow-log-group";
import type { FlowLogContext, FlowLogOptions } from "./flow-log-options";

/** Properties of {@link FlowLogs}. */
export interface FlowLogsProps {
  /** Name of the VPC. */
  readonly name: string;

  /** Id of the VPC. */
  readonly vpcId: string;

  /** AWS Region, e.g. `us-east-1`. */
  readonly region: string;

  /** Which traffic is logged, and where it goes. */
  readonly options: FlowLogOptions;
}

/**
 * The flow logs of a VPC.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html
 */
export class FlowLogs extends Construct {
  /** The flow log itself. */
  readonly resource: FlowLog;

  constructor(scope: Construct, id: string, props: FlowLogsProps) {
    super(scope, id);
    const { name, region, options } = props;
    const account = new DataAwsCallerIdentity(this, "account").accountId;
    const context: FlowLogContext = { name, region, account, partition: partitionOf(region) };
    this.resource = new FlowLog(this, "flow-log", {
      vpcId: props.vpcId,
      trafficType: options.trafficType ?? "ALL",
      maxAggregationInterval: options.maxAggregationInterval ?? 600,
      tags: { Name: name },
      ...(options.destination === "s3"
        ? bucketDestination(this, context, options)
        : logGroupDestination(this, context, options)),
    });
  }
}
