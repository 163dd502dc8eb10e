import { type CallingRepository, callerFaults } from "@groundplan/modules/identity/github-subjects";
import { parseCidr } from "@groundplan/modules/network/cidr";
import { viewerFaults } from "@groundplan/modules/site/viewers";
import type { OverlayFaults } from "../overlay-faults";
import { checkSources, type PreviewSources } from "./preview-sources";

/** What preview environments share in an environment: the stack `preview-shared`. */
export interface PreviewSettings {
  /** Whether the environment hosts previews: without it there is no such stack. */
  readonly enabled: boolean;

  /**
   * Domain that the previews' names lie right below.
   *
   * @default - `previews.<domain of the platform>`
   */
  readonly domain?: string;

  /**
   * Hosted zone of Route 53 that holds the domain.
   *
   * @default - a zone of the domain is made; the domain above has to be pointed to its name servers
   */
  readonly hostedZoneId?: string;

  /**
   * Certificate of ACM for the domain and all names right below it.
   *
   * @default - one is made, and proved in the zone
   */
  readonly certificateArn?: string;

  /** IPv4 ranges that may ask previews, e.g. those of an office; `0.0.0.0/0` is the whole internet. */
  readonly allowedCidrs: readonly string[];

  /** Days for which the load balancer's access logs are kept, 1 or more. */
  readonly accessLogDays: number;

  /** Keeps the load balancer, its logs and the database server from being destroyed. */
  readonly deletionProtection: boolean;

  /** The database server that previews with `database: shared` have a database on. */
  readonly database: {
    readonly enabled: boolean;

    /** Class of the instance, e.g. `db.t4g.micro`. */
    readonly instanceClass: string;

    /** Storage in GB, 20 to 65536; it grows to twice as much by itself. */
    readonly storageGb: number;

    /** Days for which its backups are kept, 0 to 35. */
    readonly backupDays: number;
  };

  /** Databases of which previews get a masked copy, by the names that `copy` of `.idp/config.yml` takes. */
  readonly sources: PreviewSources;

  /** Functions that end a preview at the second, and wake one that sleeps; `groundplan artifact` deploys them first. */
  readonly functions: {
    readonly enabled: boolean;

    /**
     * Secret of Secrets Manager with a token of GitHub, or an app's key, that may start the workflow `destroy.yml`.
     *
     * @default - none: with functions it is needed
     */
    readonly githubSecretArn?: string;

    /** API of GitHub, without a slash at its end; that of a GitHub Enterprise Server ends with `/api/v3`. */
    readonly apiUrl: string;
  };

  /**
   * Repositories that call the platform's workflows to preview their branches, each with its numbers on GitHub. With one or
   * more, the stack `identity` makes the role by which the workflows do it, and the platform itself is let in too.
   */
  readonly callers: readonly CallingRepository[];

  /** The page of all previews, in a private bucket that CloudFront serves. */
  readonly dashboard: {
    readonly enabled: boolean;

    /** Who sees it: IPv4 ranges, e.g. those of an office, or `"everybody"` who knows its address. */
    readonly viewers: readonly string[] | "everybody";

    /**
     * A name of one's own, and the ARN of its certificate in us-east-1.
     *
     * @default - the name that CloudFront gives
     */
    readonly domain?: { readonly name: string; readonly certificateArn: string };
  };

  /** Previews at the same time; a load balancer has 100 rules, and a security group 60. */
  readonly quota: { readonly total: number; readonly perOwner: number };

  /** How long a preview lives when nobody says, e.g. `12h` or `7d`. */
  readonly defaultTtl: string;

  /** Images of each preview that are kept, 2 to 200: the one that runs, and those before it. */
  readonly maxImages: number;

  /**
   * Secret with the credential of Docker Hub, by which its images are cached in ECR: its name begins with
   * `ecr-pullthroughcache/`.
   *
   * @default - no cache
   */
  readonly dockerHubSecretArn?: string;
}

/** Defaults of {@link PreviewSettings}. */
export const previewDefaults: PreviewSettings = {
  enabled: false,
  allowedCidrs: ["0.0.0.0/0"],
  accessLogDays: 30,
  deletionProtection: false,
  database: { enabled: true, instanceClass: "db.t4g.micro", storageGb: 20, backupDays: 1 },
  sources: {},
  functions: { enabled: false, apiUrl: "https://api.github.com" },
  callers: [],
  dashboard: { enabled: false, viewers: [] },
  quota: { total: 50, perOwner: 5 },
  defaultTtl: "7d",
  maxImages: 50,
};

/** As the function reads it: `services/preview-expire`. */
const API = /^(?:https:\/\/[\w.-]+(?::\d+)?(?:\/[\w.-]+)*|http:\/\/127\.0\.0\.1:\d+)$/;

const DOMAIN = /^(?=.{1,200}$)(?:(?!-)[a-z0-9-]{1,63}(?<!-)\.)+[a-z0-9-]{2,63}$/;

/** Reports what is wrong with the previews of an overlay. */
export function checkPreviews(faults: OverlayFaults, previews: PreviewSettings): void {
  const { domain, hostedZoneId, certificateArn, allowedCidrs, quota, functions, defaultTtl } = previews;
  if (domain !== undefined && !DOMAIN.test(domain)) {
    faults.add("previews.domain", domain, "not a DNS name", 'use e.g. "previews.example.com"');
  }
  if (hostedZoneId !== undefined && !/^[A-Z0-9]{1,32}$/.test(hostedZoneId)) {
    faults.add(
      "previews.hostedZoneId",
      hostedZoneId,
      "not the id of a hosted zone",
      'use e.g. "Z0123456789ABC"',
    );
  }
  if (
    certificateArn !== undefined &&
    !/^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/.test(certificateArn)
  ) {
    const valid =
      'use e.g. "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"';
    faults.add("previews.certificateArn", certificateArn, "not the ARN of a certificate of ACM", valid);
  }
  if (allowedCidrs.length === 0) {
    faults.add(
      "previews.allowedCidrs",
      allowedCidrs,
      "nobody could ask a preview",
      'use e.g. ["203.0.113.0/24"]',
    );
  }
  faults.distinct("previews.allowedCidrs", allowedCidrs);
  for (const cidr of allowedCidrs) {
    if (parseCidr(cidr)) continue;
    faults.add("previews.allowedCidrs", cidr, "not an IPv4 range", 'use e.g. "203.0.113.0/24"');
  }
  faults.wholeNumber("previews.accessLogDays", previews.accessLogDays, 1, 36_500, 30);
  faults.wholeNumber("previews.database.storageGb", previews.database.storageGb, 20, 32_768, 20);
  faults.wholeNumber("previews.database.backupDays", previews.database.backupDays, 0, 35, 1);
  // Rules of a listener, but for one; with a database each preview is a rule of its security group too.
  const most = previews.database.enabled ? 60 : 99;
  faults.wholeNumber("previews.quota.total", quota.total, 1, most, 50);
  faults.wholeNumber("previews.quota.perOwner", quota.perOwner, 1, Math.max(quota.total, 1), 5);
  faults.wholeNumber("previews.maxImages", previews.maxImages, 2, 200, 50);
  if (!/^[1-9]\d{0,4}[mhdw]$/.test(defaultTtl)) {
    faults.add("previews.defaultTtl", defaultTtl, "not a length of time", 'use e.g. "12h" or "7d"');
  }
  if (functions.enabled && functions.githubSecretArn === undefined) {
    const problem = "a function that starts destroy.yml asks GitHub with a token";
    faults.add(
      "previews.functions.githubSecretArn",
      functions.githubSecretArn,
      problem,
      "write the ARN of a secret",
    );
  }
  if (!API.test(functions.apiUrl)) {
    const valid = 'use e.g. "https://github.example.com/api/v3"';
    faults.add(
      "previews.functions.apiUrl",
      functions.apiUrl,
      "not an https address without a slash at its end",
      valid,
    );
  }
  checkSources(faults, previews.sources);
  faults.addAll("previews.callers", callerFaults(previews.callers));
  checkDashboard(faults, previews.dashboard);
}

function checkDashboard(
  faults: OverlayFaults,
  { enabled, viewers, domain }: PreviewSettings["dashboard"],
): void {
  if (enabled && viewers !== "everybody") faults.addAll("previews.dashboard", viewerFaults(viewers));
  if (domain === undefined) return;
  if (!DOMAIN.test(domain.name)) {
    faults.add(
      "previews.dashboard.domain.name",
      domain.name,
      "not a DNS name",
      'use e.g. "previews.example.com"',
    );
  }
  if (!/^arn:aws[a-z-]*:acm:us-east-1:\d{12}:certificate\/[\w-]+$/.test(domain.certificateArn)) {
    const problem = "not the ARN of a certificate of ACM in us-east-1, which CloudFront wants";
    const valid =
      'use e.g. "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"';
    faults.add("previews.dashboard.domain.certificateArn", domain.certificateArn, problem, valid);
  }
}
