import type { Fault } from "../core/errors";

/** Who may call a function: a service on behalf of one resource, one role or user, or an account. */
export type Invoker =
  | {
      /** Service principal, e.g. `events.amazonaws.com`. */
      readonly service: string;

      /** ARN of the resource that the service acts for: without it, a stranger's could call. */
      readonly sourceArn: string;
    }
  | {
      /** ARN of a role or a user. */
      readonly arn: string;
    }
  | {
      /** AWS account, 12 digits. */
      readonly account: string;
    };

const TOKEN = /\$\{/;

/** The faults of an invoker; a value with a token in it is not judged. */
export function invokerFaults(invoker: Invoker): readonly Fault[] {
  if ("arn" in invoker) {
    const valid =
      TOKEN.test(invoker.arn) || /^arn:aws[a-z-]*:iam::\d{12}:(?:role|user)\/[^*]+$/.test(invoker.arn);
    if (valid) return [];
    return [
      {
        what: `invoker ${JSON.stringify(invoker.arn)} is not the ARN of a role or a user`,
        instead: 'use e.g. "arn:aws:iam::123456789012:role/caller"',
      },
    ];
  }
  if ("account" in invoker) {
    if (TOKEN.test(invoker.account) || /^\d{12}$/.test(invoker.account)) return [];
    return [
      {
        what: `account ${JSON.stringify(invoker.account)} has not 12 digits`,
        instead: 'use e.g. "123456789012"',
      },
    ];
  }
  const faults: Fault[] = [];
  if (!TOKEN.test(invoker.service) && !/^[a-z0-9.-]+\.amazonaws\.com(?:\.cn)?$/.test(invoker.service)) {
    faults.push({
      what: `service ${JSON.stringify(invoker.service)} is not the principal of an AWS service`,
      instead: 'use e.g. "events.amazonaws.com"',
    });
  }
  if (
    !TOKEN.test(invoker.sourceArn) &&
    !/^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:\d{0,12}:.+$/.test(invoker.sourceArn)
  ) {
    faults.push({
      what: `sourceArn ${JSON.stringify(invoker.sourceArn)} names no resource`,
      instead: 'use e.g. "arn:aws:events:us-east-1:123456789012:rule/nightly"',
    });
  }
  return faults;
}
