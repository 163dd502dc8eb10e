import type { Fault } from "../core/errors";
import { percentFaults, topicFaults } from "./alarms";

/** When the alarms of an API go off. */
export interface ApiAlarmSettings {
  /**
   * Answers of a hundred that may be a 5xx, 0 to 100: more than that in two of three minutes.
   *
   * @default 1
   */
  readonly serverErrorPercent?: number;

  /**
   * Milliseconds that 99 of 100 calls stay below, for three minutes on end, 1 to 30000.
   *
   * @default - 80 % of the longest timeout of its functions
   */
  readonly latencyMs?: number;

  /**
   * SNS topics that are told.
   *
   * @default - none: the alarms are seen in the console and by gradual deploys
   */
  readonly topicArns?: readonly string[];
}

/** Seconds after which an HTTP API gives up on an integration. @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
export const INTEGRATION_SECONDS = 30;

/** The faults of the settings. */
export function apiAlarmFaults({
  serverErrorPercent = 1,
  latencyMs = 1,
  topicArns,
}: ApiAlarmSettings): readonly Fault[] {
  const faults = [
    ...percentFaults("alarms.serverErrorPercent", serverErrorPercent),
    ...topicFaults(topicArns),
  ];
  if (!(latencyMs >= 1 && latencyMs <= INTEGRATION_SECONDS * 1000)) {
    faults.push({
      what: `alarms.latencyMs is ${latencyMs}`,
      instead: `use 1 to ${INTEGRATION_SECONDS * 1000}, for the API gives up then, e.g. 2000`,
    });
  }
  return faults;
}
