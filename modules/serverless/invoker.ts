import type { Fault } from "../core/errors";

/** Who may call a function: a service on behalf of one resource, one role or user, or an account. */
export type Invoker =
  | {
      /** Service principal, e.g. `events.amazonaws.com`. */
      readonly service: string;

      /**
       * ARN of the one resource that the service acts for: without it, a stranger's could call. Only behind an API's
       * id or a log group's name may a `*` stand.
       */
      readonly sourceArn: string;

      /**
       * Account of that resource, 12 digits. A bucket's ARN does not hold it, and its name can be a stranger's one day.
       *
       * @default - the function's own for S3; otherwise none, since the ARN holds it
       */
      readonly sourceAccount?: string;
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

const BUCKET = /^arn:aws[a-z-]*:s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** What a source may be: one resource. */
const SOURCES: readonly RegExp[] = [
  BUCKET,
  /^arn:aws[a-z-]*:(?!s3:)[a-z0-9-]+:[a-z0-9-]*:\d{12}:[^*?]+$/,
  // Routes of one API, and streams of one log group.
  /^arn:aws[a-z-]*:execute-api:[a-z0-9-]+:\d{12}:[a-z0-9]+\/\S+$/,
  /^arn:aws[a-z-]*:logs:[a-z0-9-]+:\d{12}:log-group:[^*?]+:\*$/,
];

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
  if (!TOKEN.test(invoker.sourceArn) && !SOURCES.some((source) => source.test(invoker.sourceArn))) {
    faults.push({
      what: `sourceArn ${JSON.stringify(invoker.sourceArn)} names no single resource, with its account unless it is a bucket`,
      instead:
        'use e.g. "arn:aws:events:us-east-1:123456789012:rule/nightly", or "arn:aws:s3:::my-bucket" for a bucket',
    });
  }
  const { sourceAccount } = invoker;
  if (sourceAccount !== undefined && !TOKEN.test(sourceAccount) && !/^\d{12}$/.test(sourceAccount)) {
    faults.push({
      what: `sourceAccount ${JSON.stringify(sourceAccount)} has not 12 digits`,
      instead: 'use e.g. "123456789012"',
    });
  }
  return faults;
}

/**
 * Account for which a service may call; undefined where the ARN of the source holds it.
 *
 * @param own - account of the function.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/permissions-function-services.html
 */
export function sourceAccountOf(
  { service, sourceArn, sourceAccount }: Extract<Invoker, { readonly service: string }>,
  own: string,
): string | undefined {
  const isS3 = /^s3\.amazonaws\.com(?:\.cn)?$/.test(service) || BUCKET.test(sourceArn);
  return sourceAccount ?? (isS3 ? own : undefined);
}
