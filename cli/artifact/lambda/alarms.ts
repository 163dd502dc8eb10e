import { setTimeout as sleep } from "node:timers/promises";
import { CloudWatchClient, DescribeAlarmsCommand, type MetricAlarm } from "@aws-sdk/client-cloudwatch";
import { unreachable } from "../../aws/errors";
import { Interrupted } from "../../console/errors";
import { interrupted } from "../../process/interrupts";

/** Milliseconds between two looks at the alarms. */
const LOOK = 5_000;

/** The alarms of a list that are on, with their reasons. */
export async function alarmsOn(region: string, names: readonly string[]): Promise<readonly string[]> {
  const on = (await described(region, names)).filter(({ StateValue }) => StateValue === "ALARM");
  return on.map(({ AlarmName, StateReason }) => `${AlarmName} (${StateReason ?? "no reason given"})`);
}

/** The alarms of a list that are not there. */
export async function absentAlarms(region: string, names: readonly string[]): Promise<readonly string[]> {
  const found = (await described(region, names)).map(({ AlarmName }) => AlarmName);
  return names.filter((name) => !found.includes(name));
}

async function described(region: string, names: readonly string[]): Promise<readonly MetricAlarm[]> {
  // Without names, AWS would tell of every alarm of the account.
  if (names.length === 0) return [];
  try {
    // As many as may be named at once; AWS tells of 50 unless it is told so.
    const describe = new DescribeAlarmsCommand({ AlarmNames: [...names], MaxRecords: 100 });
    return (await new CloudWatchClient({ region }).send(describe)).MetricAlarms ?? [];
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
