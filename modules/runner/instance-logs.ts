import { CloudwatchLogMetricFilter } from "@cdktf/provider-aws/lib/cloudwatch-log-metric-filter";
import { Construct } from "constructs";
import { type PolicyStatement, partitionOf } from "../core";
import { logGroup } from "../observability/log-group";

/** What instances write down, and the files in which they do. */
export const LOG_SOURCES = {
  boot: { "": "/var/log/user-data.log" },
  system: { "": "/var/log/syslog" },
  runner: { "": "/opt/actions-runner/_diag/*.log" },
  nginx: { "/access": "/var/log/nginx/access.log", "/error": "/var/log/nginx/error.log" },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The log group of a source, e.g. `/groundplan/runners/groundplan-dev/boot`. */
export function logGroupName(fleet: string, source: keyof typeof LOG_SOURCES): string {
  return `/groundplan/runners/${fleet}/${source}`;
}

/**
 * The settings of the CloudWatch agent: each file goes to the group of its source, and to a stream of its instance.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Agent-Configuration-File-Details.html
 */
export function agentSettings(fleet: string): object {
  const sources = Object.keys(LOG_SOURCES) as (keyof typeof LOG_SOURCES)[];
  return {
    agent: { run_as_user: "root" },
    logs: {
      force_flush_interval: 5,
      logs_collected: {
        files: {
          collect_list: sources.flatMap((source) =>
            Object.entries(LOG_SOURCES[source]).map(([part, file]) => ({
              file_path: file,
              log_group_name: logGroupName(fleet, source),
              log_stream_name: `{instance_id}${part}`,
            })),
          ),
        },
      },
    },
  };
}

/** Properties of {@link InstanceLogs}. */
export interface InstanceLogsProps {
  /** Name of the fleet. */
  readonly name: string;

  /** Days for which they are kept. */
  readonly retentionDays: number;
}

/** Where the logs of instances outlive them, and the count of boots that failed. */
export class InstanceLogs extends Construct {
  /** Namespace and name of the metric of boots that failed. */
  readonly bootFailures: { readonly namespace: string; readonly metricName: string };

  constructor(scope: Construct, id: string, { name, retentionDays }: InstanceLogsProps) {
    super(scope, id);
    this.bootFailures = { namespace: `Groundplan/Runners/${name}`, metricName: "BootFailures" };
    for (const source of Object.keys(LOG_SOURCES) as (keyof typeof LOG_SOURCES)[]) {
      const group = logGroup(this, source, { name: logGroupName(name, source), retentionDays });
      if (source !== "boot") continue;
      new CloudwatchLogMetricFilter(this, "boot-failures", {
        name: `${name}-runner-boot-failures`,
        logGroupName: group.name,
        // What the script of the instances says when a step fails for good.
        pattern: '"BOOT FAILED"',
        metricTransformation: {
          namespace: this.bootFailures.namespace,
          name: this.bootFailures.metricName,
          value: "1",
          unit: "Count",
        },
      });
    }
  }
}

/** What instances may do with the logs: write to the groups of the fleet, and make none. */
export function logStatements(fleet: string, region: string, account: string): readonly PolicyStatement[] {
  const groups = `arn:${partitionOf(region)}:logs:${region}:${account}:log-group:/groundplan/runners/${fleet}/*`;
  return [
    {
      Sid: "Logs",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
      Resource: [groups, `${groups}:log-stream:*`],
    },
  ];
}
