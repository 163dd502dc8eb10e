import { Construct } from "constructs";
import { type Fault, jsonText, nameFaults, SynthError } from "../core";
import { type DeliveryProps, deliveryFaults, scheduledDelivery } from "../service/delivery";
import { SERVICE_NAMES } from "../service/names";
import type { IFunction } from "./imported-function";

/** Properties of {@link FunctionSchedule}. */
export interface FunctionScheduleProps extends DeliveryProps {
  /** Name of the schedule, 1 to 64 characters, e.g. `groundplan-dev-api-nightly`. */
  readonly name: string;

  /** AWS Region, for names in policies. */
  readonly region: string;

  /** AWS account, 12 digits. */
  readonly account: string;

  /** The function; its alias is called. */
  readonly function: IFunction;

  /**
   * The event that the function gets.
   *
   * @default - EventBridge Scheduler's own, with the time and the schedule's ARN
   */
  readonly input?: object;
}

/**
 * A time at which EventBridge Scheduler calls a function: in a time zone, again where Lambda refused the call, and what
 * could not be delivered stands in a queue. What the function itself failed to do, it is called for again twice more by
 * Lambda, and then stands in the function's dead letters.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-eventbridge-scheduler.html
 */
export class FunctionSchedule extends Construct {
  /** Name of the schedule. */
  readonly scheduleName: string;

  /** Group of the schedule. */
  readonly scheduleGroup: string;

  /** ARN of the queue of what could not be delivered. */
  readonly deadLetterQueueArn: string;

  /** @throws SynthError with every fault of the properties. */
  constructor(scope: Construct, id: string, props: FunctionScheduleProps) {
    super(scope, id);
    const faults = functionScheduleFaults(props);
    if (faults.length > 0) throw new SynthError(this, faults);
    const { function: target, name, input } = props;
    const delivery = scheduledDelivery(this, {
      ...props,
      description: `Calls ${target.functionName} for ${name}`,
      statements: [
        { Sid: "Invoke", Effect: "Allow", Action: "lambda:InvokeFunction", Resource: target.aliasArn },
      ],
      target: { arn: target.aliasArn, ...(input === undefined ? {} : { input: jsonText(input) }) },
    });
    this.scheduleName = delivery.scheduleName;
    this.scheduleGroup = delivery.scheduleGroup;
    this.deadLetterQueueArn = delivery.deadLetterQueueArn;
  }
}

function functionScheduleFaults(props: FunctionScheduleProps): readonly Fault[] {
  return [...nameFaults(SERVICE_NAMES.schedule, props.name), ...deliveryFaults(props)];
}
