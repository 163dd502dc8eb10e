import { Faults } from "@groundplan/modules/core";
import { OverlayFaults } from "../../../overlays/overlay-faults";
import { checkPreviews, type PreviewSettings } from "../../../overlays/settings/previews";
import { environments } from "../../platform";
import { defaults } from "../../platform/defaults";

const CALLER = { repository: "example/shop", ownerId: "583231", repositoryId: "1300192" };

/** What is said of the defaults with some settings changed. */
function faultsOf(change: Partial<PreviewSettings>): readonly string[] {
  const faults = new Faults();
  checkPreviews(new OverlayFaults(faults, { name: "dev" }), { ...defaults.previews, ...change });
  return faults.all.map(({ what, at }) => `${what} (${at})`);
}

test("takes the environments of the tests' platform, and off is the default", () => {
  for (const { previews } of environments) expect(faultsOf(previews)).toEqual([]);
  expect(defaults.previews.enabled).toBe(false);
});

test("takes a domain with its zone and certificate, and functions with their secret", () => {
  expect(
    faultsOf({
      domain: "previews.example.com",
      hostedZoneId: "Z0123456789ABC",
      certificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012",
      functions: {
        enabled: true,
        apiUrl: "https://github.example.com/api/v3",
        githubSecretArn: "arn:aws:secretsmanager:us-east-1:123456789012:secret:a-AbCdEf",
      },
      callers: [CALLER],
      dashboard: {
        enabled: true,
        viewers: ["203.0.113.0/24"],
        domain: {
          name: "all.previews.example.com",
          certificateArn:
            "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012",
        },
      },
    }),
  ).toEqual([]);
});

test.each<[string, Partial<PreviewSettings>]>([
  ['previews.domain is "previews"', { domain: "previews" }],
  ['previews.hostedZoneId is "zone"', { hostedZoneId: "zone" }],
  ["previews.certificateArn is", { certificateArn: "arn:aws:iam::123456789012:server-certificate/a" }],
  ["previews.allowedCidrs is []", { allowedCidrs: [] }],
  ['previews.allowedCidrs is "anybody"', { allowedCidrs: ["anybody"] }],
  ["previews.accessLogDays is 0", { accessLogDays: 0 }],
  ["previews.database.storageGb is 10", { database: { ...defaults.previews.database, storageGb: 10 } }],
  ["previews.database.backupDays is 36", { database: { ...defaults.previews.database, backupDays: 36 } }],
  ["previews.quota.total is 61", { quota: { total: 61, perOwner: 5 } }],
  ["previews.quota.perOwner is 6", { quota: { total: 5, perOwner: 6 } }],
  ["previews.maxImages is 1", { maxImages: 1 }],
  ['previews.defaultTtl is "week"', { defaultTtl: "week" }],
  [
    "previews.functions.githubSecretArn is undefined",
    { functions: { ...defaults.previews.functions, enabled: true } },
  ],
  [
    'previews.functions.apiUrl is "http://example.com"',
    { functions: { enabled: false, apiUrl: "http://example.com" } },
  ],
  ['previews.callers: repository is "example/*"', { callers: [{ ...CALLER, repository: "example/*" }] }],
  ["previews.dashboard: viewers is an empty list", { dashboard: { enabled: true, viewers: [] } }],
  ['previews.dashboard: viewers has "office"', { dashboard: { enabled: true, viewers: ["office"] } }],
  [
    "previews.dashboard.domain.certificateArn is",
    {
      dashboard: {
        enabled: true,
        viewers: "everybody",
        domain: {
          name: "all.example.com",
          certificateArn: "arn:aws:acm:eu-west-1:123456789012:certificate/a",
        },
      },
    },
  ],
])("%s … is refused, and nothing else", (said, change) => {
  expect(faultsOf(change)).toEqual([expect.stringContaining(said)]);
  expect(faultsOf(change)[0]).toContain('overlay "dev"');
});
