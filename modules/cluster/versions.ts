import type { Fault } from "../core/errors";

/** Until when EKS supports a Kubernetes version; both days are the first without, in UTC. */
export interface VersionSupport {
  /** From this day on the cluster is in extended support, and costs six times as much. */
  readonly standardUntil: string;

  /** From this day on AWS upgrades the cluster by itself. */
  readonly extendedUntil: string;
}

/** Day on which the table was last compared with AWS's. */
export const VERSIONS_CHECKED = "2026-11-21";

/**
 * Kubernetes versions that EKS supports, newest first.
 *
 * Not read from AWS at synth: a synth needs no network and no credentials, and gives the same today and tomorrow.
 *
 * A new minor also needs its add-ons (addons/eks/, which the compiler asks for), the autoscaler's image
 * (addons/charts/cluster-autoscaler.ts), and what the local EKS answers (local/services/eks/versions.ts).
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html, `aws eks describe-cluster-versions`
 */
export const KUBERNETES_VERSIONS = {
  "1.36": { standardUntil: "2027-08-02", extendedUntil: "2028-08-02" },
  "1.35": { standardUntil: "2027-03-27", extendedUntil: "2028-03-27" },
  "1.34": { standardUntil: "2026-12-02", extendedUntil: "2027-12-02" },
  "1.33": { standardUntil: "2026-07-29", extendedUntil: "2027-07-29" },
  "1.32": { standardUntil: "2026-03-23", extendedUntil: "2027-03-23" },
} as const satisfies Record<string, VersionSupport>;

/** A Kubernetes version that EKS supports. */
export type KubernetesVersion = keyof typeof KUBERNETES_VERSIONS;

/** Days before the end of a kind of support at which a warning begins. */
const NOTICE_DAYS = 60;

/** Whether a text is a version of the table. */
export function isKubernetesVersion(version: string): version is KubernetesVersion {
  return Object.hasOwn(KUBERNETES_VERSIONS, version);
}

/** The faults of a Kubernetes version: one that the table does not know. */
export function versionFaults(version: string): readonly Fault[] {
  if (isKubernetesVersion(version)) return [];
  return [
    {
      what: `EKS does not support Kubernetes ${JSON.stringify(version)} (checked ${VERSIONS_CHECKED})`,
      instead: `use one of ${Object.keys(KUBERNETES_VERSIONS).join(", ")}`,
    },
  ];
}

/**
 * What there is to say of a version on a day: that it is in extended support, past it, or soon to be.
 *
 * @param today - the day of judgement; only the warning depends on it, never what is synthesized.
 * @returns undefined when there is nothing to say.
 */
export function supportWarning(version: KubernetesVersion, today: Date): string | undefined {
  const { standardUntil, extendedUntil } = KUBERNETES_VERSIONS[version];
  const name = `Kubernetes ${version}`;
  const next = "upgrade by one minor at a time: docs/cluster.md";
  if (today >= new Date(extendedUntil)) {
    return `${name} lost its extended support on ${extendedUntil}: AWS upgrades the cluster by itself; ${next}`;
  }
  if (today >= new Date(standardUntil)) {
    return `${name} is in extended support since ${standardUntil}, until ${extendedUntil}: it costs more, or AWS upgrades it (upgradePolicy); ${next}`;
  }
  const days = Math.ceil((Date.parse(standardUntil) - today.getTime()) / 86_400_000);
  if (days > NOTICE_DAYS) return undefined;
  return `${name} leaves standard support in ${days} ${days === 1 ? "day" : "days"}, on ${standardUntil}; ${next}`;
}
