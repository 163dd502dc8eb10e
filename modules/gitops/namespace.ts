import { NamespaceV1 } from "@cdktf/provider-kubernetes/lib/namespace-v1";
import type { Construct } from "constructs";
import { RESTRICTED_LABELS } from "./manifest";

/** Properties of {@link restrictedNamespace}. */
export interface RestrictedNamespaceProps {
  /** Name of the namespace. */
  readonly name: string;

  /** Name of the platform. */
  readonly platform: string;

  /**
   * Level of the Pod Security Standards.
   *
   * @default "restricted"
   */
  readonly podSecurity?: "restricted" | "privileged";
}

/**
 * A namespace whose pods must meet the restricted Pod Security Standard: no root, no privileges, no host. One whose pods need
 * the host says `privileged`.
 *
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
export function restrictedNamespace(
  scope: Construct,
  id: string,
  props: RestrictedNamespaceProps,
): NamespaceV1 {
  const level = props.podSecurity ?? "restricted";
  const labels = Object.fromEntries(Object.keys(RESTRICTED_LABELS).map((label) => [label, level]));
  return new NamespaceV1(scope, id, {
    metadata: {
      name: props.name,
      labels: { ...labels, "app.kubernetes.io/part-of": props.platform },
    },
  });
}
