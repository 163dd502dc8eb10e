import type { Fault } from "../core/errors";
import { percentFaults, topicFaults } from "./alarms";

/** When the alarms of a function go off. */
export interface FunctionAlarmSettings {
  /**
   * Calls of a hundred that may fail, 0 to 100: more than that in two of three minutes, or in two of five of
   * the calls that the newest version alone got.
   *
   * @default 1
   */
  readonly errorPercent?: number;

  /**
   * Calls that may be refused for lack of concurrency in a minute, 0 or more.
   *
   * @default 0
   */
  readonly throttles?: number;

  /**
   * Milliseconds that 99 of 100 calls stay below, for three minutes on end, 1 to the timeout; of the newest
   * version alone, in all but one of five minutes.
   *
   * @default - 80 % of the timeout
   */
  readonly durationMs?: number;

  /**
   * SNS topics that are told.
   *
   * @default - none: the alarms are seen in the console and by gradual deploys
   */
  readonly topicArns?: readonly string[];
}

/** The faults of the settings. @param timeoutSeconds - of the function: a call is ended then. */
export function functionAlarmFaults(
  { errorPercent = 1, throttles = 0, durationMs = 1, topicArns }: FunctionAlarmSettings,
  timeoutSeconds: number,
): readonly Fault[] {
  const faults: Fault[] = [...percentFaults("alarms.errorPercent", errorPercent), ...topicFaults(topicArns)];
  if (!Number.isInteger(throttles) || throttles < 0) {
    faults.push({
      what: `alarms.throttles is ${throttles}`,
      instead: "use a whole number of 0 or more, e.g. 0",
    });
  }
  if (!(durationMs >= 1 && durationMs <= timeoutSeconds * 1000)) {
    faults.push({
      what: `alarms.durationMs is ${durationMs}`,
      instead: `use 1 to ${timeoutSeconds * 1000}, for a call is ended then, e.g. ${timeoutSeconds * 800}`,
    });
  }
  return faults;
}
