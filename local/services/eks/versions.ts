import { PATCHES } from "../../cluster/node-releases";
import { invalid } from "./error";
import type { Operation } from "./operation";
import { page } from "./operation";

/** A minor version of Kubernetes that EKS offers. */
interface Offered {
  readonly minor: string;

  readonly platform: string;

  /** First days without standard, and without extended support. */
  readonly standardUntil: string;
  readonly extendedUntil: string;
}

/**
 * What EKS offers, oldest first.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html
 */
const OFFERED: readonly Offered[] = [
  {
    minor: "1.31",
    platform: "eks.50",
    standardUntil: "2025-11-26",
    extendedUntil: "2026-11-26",
  },
  {
    minor: "1.32",
    platform: "eks.43",
    standardUntil: "2026-03-23",
    extendedUntil: "2027-03-23",
  },
  {
    minor: "1.33",
    platform: "eks.36",
    standardUntil: "2026-07-29",
    extendedUntil: "2027-07-29",
  },
  {
    minor: "1.34",
    platform: "eks.24",
    standardUntil: "2026-12-02",
    extendedUntil: "2027-12-02",
  },
  {
    minor: "1.35",
    platform: "eks.12",
    standardUntil: "2027-03-27",
    extendedUntil: "2028-03-27",
  },
  {
    minor: "1.36",
    platform: "eks.4",
    standardUntil: "2027-08-02",
    extendedUntil: "2028-08-02",
  },
];

/** What a cluster gets that asks for no version. */
export const DEFAULT_VERSION = "1.35";

/** @throws EksError for a version that EKS does not offer. */
export function offered(minor: string): Offered {
  const found = OFFERED.find((one) => one.minor === minor);
  if (found) return found;
  throw invalid(`unsupported Kubernetes version ${minor}: use one of ${minors().join(", ")}`);
}

/** Every minor that is offered, oldest first. */
export function minors(): readonly string[] {
  return OFFERED.map(({ minor }) => minor);
}

/** How many minors a version is ahead of another. */
export function ahead(version: string, other: string): number {
  const minor = (text: string) => Number(text.split(".")[1]);
  return minor(version) - minor(other);
}

/** @see https://docs.aws.amazon.com/eks/latest/APIReference/API_DescribeClusterVersions.html */
export const describeClusterVersions: Operation = ({ query }) => {
  const asked = query.getAll("clusterVersions");
  const status = query.get("versionStatus")?.toUpperCase();
  const rows = [...OFFERED]
    .reverse()
    .map(described)
    .filter(({ clusterVersion }) => asked.length === 0 || asked.includes(clusterVersion))
    .filter(({ defaultVersion }) => query.get("defaultOnly") !== "true" || defaultVersion)
    .filter(({ versionStatus }) => status === undefined || versionStatus === status);
  const { items, ...next } = page(rows, query);
  return { clusterVersions: items, ...next };
};

function described({ minor, platform, standardUntil, extendedUntil }: Offered) {
  const seconds = (day: string) => Date.parse(day) / 1000;
  const extended = Date.parse(standardUntil) < Date.now();
  return {
    clusterVersion: minor,
    clusterType: "eks",
    defaultPlatformVersion: platform,
    defaultVersion: minor === DEFAULT_VERSION,
    endOfStandardSupportDate: seconds(standardUntil),
    endOfExtendedSupportDate: seconds(extendedUntil),
    status: extended ? "extended-support" : "standard-support",
    versionStatus: extended ? "EXTENDED_SUPPORT" : "STANDARD_SUPPORT",
    kubernetesPatchVersion: PATCHES[minor],
  };
}
