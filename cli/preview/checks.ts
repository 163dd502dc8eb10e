import { ACMClient, DescribeCertificateCommand } from "@aws-sdk/client-acm";
import { GetHostedZoneCommand, Route53Client } from "@aws-sdk/client-route-53";
import { HeadBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { GetServiceQuotaCommand, ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { unreachable } from "../aws/errors";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { type Finding, fail, failed, ok, warn } from "../doctor/finding";
import type { PreviewPlatform, SharedPreviews } from "./platform";
import { SETTINGS, type SettingName } from "./settings";

/** Days before a certificate's end at which it is spoken of. */
const CERTIFICATE_DAYS = 30;

/** Everything that has to be there before a preview can be made. */
export async function checkPreviews(platform: PreviewPlatform): Promise<readonly Finding[]> {
  const needed: readonly SettingName[] = ["bucket", "region", "platform", "environment"];
  const settings = needed.map((name) => checkNeeded(platform, name));
  if (settings.some(({ level }) => level === "fail")) return settings;
  const { region, bucket } = platform.bucket;
  const account = await finding("Account", async () => ok("Account", await platform.account()));
  if (account.level === "fail") return [...settings, account];
  let shared: SharedPreviews | undefined;
  const contract = await finding("What previews share", async () => {
    shared = await platform.shared();
    return ok("What previews share", `cluster ${shared.clusterName}`);
  });
  const rest = await Promise.all([
    finding("Bucket", () => checkBucket(bucket, region)),
    ...(shared
      ? [
          finding("Zone", () => checkZone(shared as SharedPreviews, region)),
          finding("Certificate", () => checkCertificate(platform, shared as SharedPreviews, region)),
        ]
      : []),
    finding("VPCs", () => checkVpcs(region)),
    finding("Elastic IPs", () => checkAddresses(region)),
  ]);
  return [...settings, account, contract, ...rest];
}

function checkNeeded(platform: PreviewPlatform, name: SettingName): Finding {
  const { what, example } = SETTINGS[name];
  const found = platform.found[name];
  const check = `Setting ${name}`;
  if (found) return ok(check, `${found.value}, from ${found.from}`);
  return fail(check, `nothing says the ${what}`, `npx groundplan preview config set ${name} ${example}`);
}

/** A check whose error of AWS is a finding, and no end of all the others. */
async function finding(check: string, look: () => Promise<Finding>): Promise<Finding> {
  try {
    return await look();
  } catch (error) {
    return failed(check, unreachable(error));
  }
}

async function checkBucket(bucket: string, region: string): Promise<Finding> {
  const endpoint = process.env.AWS_ENDPOINT_URL;
  const s3 = new S3Client({ region, ...(endpoint ? { forcePathStyle: true } : {}) });
  await s3.send(new HeadBucketCommand({ Bucket: bucket }));
  return ok("Bucket", bucket);
}

async function checkZone({ zoneId, domain }: SharedPreviews, region: string): Promise<Finding> {
  const { HostedZone } = await new Route53Client({ region }).send(new GetHostedZoneCommand({ Id: zoneId }));
  const zone = (HostedZone?.Name ?? "").replace(/\.$/, "");
  if (domain === zone || domain.endsWith(`.${zone}`)) return ok("Zone", `${zone} (${zoneId})`);
  return fail(
    "Zone",
    `zone ${zoneId} is of ${zone}, and previews answer below ${domain}`,
    "name the zone of the domain: npx groundplan preview config set zone <id>",
  );
}

async function checkCertificate(
  platform: PreviewPlatform,
  { certificateArn, domain }: SharedPreviews,
  region: string,
): Promise<Finding> {
  const CertificateArn = platform.setting("certificate") ?? certificateArn;
  const { Certificate } = await new ACMClient({ region }).send(
    new DescribeCertificateCommand({ CertificateArn }),
  );
  const names = [Certificate?.DomainName, ...(Certificate?.SubjectAlternativeNames ?? [])];
  if (!names.includes(`*.${domain}`))
    return fail(
      "Certificate",
      `it is not of *.${domain}`,
      "make one of that name, and deploy preview-shared again",
    );
  if (Certificate?.Status !== "ISSUED")
    return fail(
      "Certificate",
      `it is ${Certificate?.Status}`,
      "wait until AWS has issued it, or see its records of validation",
    );
  const days = Certificate.NotAfter
    ? (Certificate.NotAfter.getTime() - Date.now()) / 86_400_000
    : Number.POSITIVE_INFINITY;
  if (days < CERTIFICATE_DAYS)
    return warn(
      "Certificate",
      `it ends in ${Math.floor(days)} days`,
      "see why AWS does not renew it: its records of validation have to stay",
    );
  return ok("Certificate", `*.${domain}`);
}

/** Names of quotas at Service Quotas. */
const VPCS = { ServiceCode: "vpc", QuotaCode: "L-F678F1CE" } as const;
const ADDRESSES = { ServiceCode: "ec2", QuotaCode: "L-0263D0A3" } as const;

/** Sees to it that the account has room for a network of a preview's own, before anything is made. @throws CliError */
export async function checkOwnNetwork(region: string): Promise<void> {
  refuseFull(await Promise.all([checkVpcs(region), checkAddresses(region)]));
}

/** @throws CliError for each quota that is used up. */
export function refuseFull(quotas: readonly Finding[]): void {
  const full = quotas.filter(({ level }) => level !== "ok");
  if (full.length === 0) return;
  throw new CliError(
    EXIT.FAILED,
    `network: own needs one more of what the account has no room for: ${full.map(({ check, found }) => `${check}: ${found}`).join("; ")}`,
    "write network: shared into .idp/config.yml, destroy a preview that has its own, or ask AWS for more in Service Quotas",
  );
}

/** The largest of AWS's clients, a quarter of a second to load: only a preview with a network of its own needs it. */
const loadEc2 = () => import("@aws-sdk/client-ec2");

async function checkVpcs(region: string): Promise<Finding> {
  const { DescribeVpcsCommand, EC2Client } = await loadEc2();
  const ec2 = new EC2Client({ region });
  const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand({}));
  return checkQuota("VPCs", Vpcs.length, await quota(VPCS, region));
}

async function checkAddresses(region: string): Promise<Finding> {
  const { DescribeAddressesCommand, EC2Client } = await loadEc2();
  const { Addresses = [] } = await new EC2Client({ region }).send(new DescribeAddressesCommand({}));
  return checkQuota("Elastic IPs", Addresses.length, await quota(ADDRESSES, region));
}

/** The account's quota; AWS's default of five where it is not told. */
async function quota(
  of: { readonly ServiceCode: string; readonly QuotaCode: string },
  region: string,
): Promise<number> {
  try {
    const { Quota } = await new ServiceQuotasClient({ region }).send(new GetServiceQuotaCommand(of));
    return Quota?.Value ?? 5;
  } catch {
    return 5;
  }
}

/** A preview with a network of its own takes one more. */
export function checkQuota(check: string, used: number, most: number): Finding {
  const found = `${used} of ${most}`;
  if (used < most) return ok(check, found);
  return warn(
    check,
    `${found}: no more previews can have a network of their own`,
    "use network: shared, or ask AWS for more in Service Quotas",
  );
}
