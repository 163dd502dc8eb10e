import { policyNameOf } from "../access-policies";
import { type Input, objectOf, optionalText } from "../input";
import type { AssociatedPolicy, Document } from "../state";
import { RULES } from "./rules";
import { CLUSTER_KEY, PRINCIPAL_KEY } from "./token-review";

/**
 * Says whether access policies let a caller do something: a SubjectAccessReview in, and out. They only ever
 * allow; what they do not allow is left to RBAC.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/webhook/
 */
export function reviewAccess(spec: Input, document: Document): object {
  const reason = reasonOf(spec, document);
  const status = reason === undefined ? { allowed: false } : { allowed: true, reason };
  return { apiVersion: "authorization.k8s.io/v1", kind: "SubjectAccessReview", status };
}

/** The policy that allows what is asked. */
function reasonOf(spec: Input, document: Document): string | undefined {
  const allowing = policiesOf(spec, document).find((policy) => allows(policy, spec));
  return (
    allowing && `EKS access policy ${policyNameOf(allowing.policyArn)}, ${allowing.accessScope.type} scope`
  );
}

/** The policies of the access entry that a token was let in by; none for callers that came another way. */
function policiesOf(spec: Input, document: Document): readonly AssociatedPolicy[] {
  const extra = objectOf(spec, "extra") ?? {};
  const first = (key: string) => (Array.isArray(extra[key]) ? String(extra[key][0]) : undefined);
  const arn = first(CLUSTER_KEY);
  const principal = first(PRINCIPAL_KEY);
  if (arn === undefined || principal === undefined) return [];
  const record = Object.values(document)
    .flatMap((clusters) => Object.values(clusters))
    .find(({ cluster }) => cluster.arn === arn);
  return record?.accessEntries[principal]?.policies ?? [];
}

function allows({ policyArn, accessScope }: AssociatedPolicy, spec: Input): boolean {
  const name = policyNameOf(policyArn) ?? "";
  const asked = objectOf(spec, "resourceAttributes");
  // Addresses that are no resources: /metrics, /healthz.
  if (!asked) return name === "AmazonEKSClusterAdminPolicy" && accessScope.type === "cluster";
  const text = (key: string) => optionalText(asked, key) ?? "";
  if (
    accessScope.type === "namespace" &&
    !accessScope.namespaces.some((one) => fits(one, text("namespace")))
  ) {
    return false;
  }
  const subresource = text("subresource");
  const resource = subresource === "" ? text("resource") : `${text("resource")}/${subresource}`;
  return (RULES[name] ?? []).some(
    ({ group, resources, verbs }) =>
      (group === "*" || group === text("group")) &&
      (resources.includes("*") || resources.includes(resource)) &&
      (verbs.includes("*") || verbs.includes(text("verb"))),
  );
}

/** Whether a namespace is one that a scope names; `*` stands for any text. */
function fits(pattern: string, namespace: string): boolean {
  if (namespace === "") return false;
  const parts = pattern.split("*").map((part) => part.replaceAll(/[^\w-]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(namespace);
}
