import { setTimeout as sleep } from "node:timers/promises";
import { CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { unreachable } from "../bootstrap/aws";
import { Interrupted } from "../console/errors";
import { interrupted } from "../console/interrupts";

/** Milliseconds between two looks at the alarms. */
const LOOK = 5_000;

/** The alarms of a list that are on, with their reasons. */
export async function alarmsOn(region: string, names: readonly string[]): Promise<readonly string[]> {
  // Without names, AWS would tell of every alarm of the account.
  if (names.length === 0) return [];
  try {
    const cloudwatch = new CloudWatchClient({ region });
    const { MetricAlarms = [] } = await cloudwatch.send(
      new DescribeAlarmsCommand({ AlarmNames: [...names] }),
    );
    const on = MetricAlarms.filter(({ StateValue }) => StateValue === "ALARM");
    return on.map(({ AlarmName, StateReason }) => `${AlarmName} (${StateReason ?? "no reason given"})`);
  } catch (error) {
    throw unreachable(error);
  }
}

/**
 * Watches alarms for a while.
 *
 * @param left - told the seconds that are left.
 * @returns those that went on; empty when the time passed without one.
 */
export async function watchAlarms(
  region: string,
  names: readonly string[],
  minutes: number,
  left: (seconds: number) => void,
): Promise<readonly string[]> {
  const end = Date.now() + minutes * 60_000;
  for (;;) {
    const on = await alarmsOn(region, names);
    if (on.length > 0) return on;
    const rest = end - Date.now();
    if (rest <= 0) return [];
    left(Math.ceil(rest / 1000));
    await sleep(Math.min(LOOK, rest), undefined, { signal: interrupted }).catch(() => {
      throw new Interrupted();
    });
  }
}
