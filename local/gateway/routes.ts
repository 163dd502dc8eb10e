/** The emulators behind the gateway. */
export type EmulatorName = "moto" | "ministack";

/** Where the requests of one service go, and why. */
export interface RouteRow {
  /** Name that the service signs with. */
  readonly service: string;
  readonly emulator: EmulatorName;
  readonly why: string;
}

/**
 * Which emulator answers for which service: decided by running real configurations with the real AWS
 * provider against both (apply, second plan, destroy). Whatever is not named goes to moto.
 */
export const ROUTES: readonly RouteRow[] = [
  {
    service: "s3",
    emulator: "ministack",
    why: "conditional writes and lock files hold under load; kept over a restart",
  },
  { service: "s3express", emulator: "ministack", why: "as s3" },
  {
    service: "dynamodb",
    emulator: "ministack",
    why: "conditional writes hold under load, so no state lock is lost; kept over a restart",
  },
  {
    service: "sts",
    emulator: "ministack",
    why: "an access key of 12 digits is that account, as the bucket owner checks need",
  },
  { service: "kms", emulator: "ministack", why: "clean; kept over a restart" },
  { service: "lambda", emulator: "ministack", why: "runs functions" },
  { service: "apigateway", emulator: "ministack", why: "calls the functions that it runs" },
  { service: "execute-api", emulator: "ministack", why: "calls the functions that it runs" },
  { service: "logs", emulator: "ministack", why: "has the output of the functions that it runs" },
  { service: "sqs", emulator: "ministack", why: "redrive policies are clean" },
  { service: "sns", emulator: "ministack", why: "clean" },
  { service: "events", emulator: "ministack", why: "clean" },
  { service: "scheduler", emulator: "ministack", why: "clean" },
  { service: "secretsmanager", emulator: "ministack", why: "clean; kept over a restart" },
  { service: "ec2", emulator: "moto", why: "VPCs, endpoints and flow logs are clean; MiniStack's are not" },
  { service: "iam", emulator: "moto", why: "has AWS's managed policies" },
  {
    service: "ecr",
    emulator: "moto",
    why: "repositories, scanning, replication and registry policies are clean",
  },
  { service: "ssm", emulator: "moto", why: "parameters are clean, documents better" },
  { service: "monitoring", emulator: "moto", why: "alarms are clean; MiniStack's drift" },
  { service: "elasticloadbalancing", emulator: "moto", why: "listeners with certificates are clean" },
  { service: "autoscaling", emulator: "moto", why: "better" },
  { service: "route53", emulator: "moto", why: "clean" },
  { service: "acm", emulator: "moto", why: "clean" },
];

const bySigningName = new Map(ROUTES.map((row) => [row.service, row.emulator]));

/** The emulator that answers for a service; an unsigned request is taken for S3's, as a browser's is. */
export function emulatorOf(service: string | undefined): EmulatorName {
  if (service === undefined) return "ministack";
  return bySigningName.get(service) ?? "moto";
}
