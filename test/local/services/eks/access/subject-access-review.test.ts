import { reviewAccess } from "../../../../../local/services/eks/access/subject-access-review";
import { CLUSTER_KEY, PRINCIPAL_KEY } from "../../../../../local/services/eks/access/token-review";
import type { AssociatedPolicy, Document } from "../../../../../local/services/eks/state";

const CLUSTER = "arn:aws:eks:us-east-1:123456789012:cluster/dev";
const PRINCIPAL = "arn:aws:iam::123456789012:role/one";

type Asked = Readonly<Record<string, string>>;

/** Whether a policy lets its principal do something. */
function allowed(policy: string, namespaces: readonly string[], asked: Asked, extra = true): boolean {
  const associated: AssociatedPolicy = {
    policyArn: `arn:aws:eks::aws:cluster-access-policy/${policy}`,
    accessScope: { type: namespaces.length > 0 ? "namespace" : "cluster", namespaces },
    associatedAt: 0,
    modifiedAt: 0,
  };
  const record = { cluster: { arn: CLUSTER }, accessEntries: { [PRINCIPAL]: { policies: [associated] } } };
  const document = { "123456789012/us-east-1": { dev: record } } as unknown as Document;
  const attributes = "path" in asked ? { nonResourceAttributes: asked } : { resourceAttributes: asked };
  const spec = {
    ...attributes,
    extra: extra ? { [CLUSTER_KEY]: [CLUSTER], [PRINCIPAL_KEY]: [PRINCIPAL] } : {},
  };
  return (reviewAccess(spec, document) as { status: { allowed: boolean } }).status.allowed;
}

const on = (verb: string, resource: string, namespace = "", group = ""): Asked => {
  const [kind = "", subresource = ""] = resource.split("/");
  return { verb, resource: kind, subresource, namespace, group };
};

test.each([
  ["AmazonEKSClusterAdminPolicy", [], on("delete", "nodes")],
  ["AmazonEKSClusterAdminPolicy", [], on("create", "applications", "argocd", "argoproj.io")],
  ["AmazonEKSClusterAdminPolicy", [], { verb: "get", path: "/metrics" }],
  ["AmazonEKSAdminPolicy", ["shop"], on("create", "rolebindings", "shop", "rbac.authorization.k8s.io")],
  ["AmazonEKSAdminPolicy", ["shop"], on("get", "secrets", "shop")],
  ["AmazonEKSEditPolicy", ["shop"], on("patch", "deployments", "shop", "apps")],
  ["AmazonEKSEditPolicy", ["shop"], on("create", "pods/exec", "shop")],
  ["AmazonEKSEditPolicy", ["dev-*"], on("delete", "pods", "dev-shop")],
  ["AmazonEKSViewPolicy", [], on("list", "pods")],
  ["AmazonEKSViewPolicy", ["shop"], on("get", "pods/log", "shop")],
  ["AmazonEKSViewPolicy", ["shop"], on("get", "namespaces", "shop")],
  ["AmazonEKSAdminViewPolicy", [], on("list", "secrets")],
  ["AmazonEKSAdminViewPolicy", [], on("get", "nodes")],
] as const)("%s %j allows %j", (policy, namespaces, asked) => {
  expect(allowed(policy, namespaces, asked)).toBe(true);
  // The same caller without what the token review told of it.
  expect(allowed(policy, namespaces, asked, false)).toBe(false);
});

test.each([
  ["AmazonEKSClusterAdminPolicy", ["shop"], on("get", "pods", "vault")],
  ["AmazonEKSClusterAdminPolicy", ["shop"], { verb: "get", path: "/metrics" }],
  ["AmazonEKSAdminPolicy", ["shop"], on("create", "resourcequotas", "shop")],
  ["AmazonEKSAdminPolicy", [], on("delete", "nodes")],
  ["AmazonEKSEditPolicy", ["shop"], on("create", "rolebindings", "shop", "rbac.authorization.k8s.io")],
  ["AmazonEKSEditPolicy", ["shop"], on("patch", "deployments", "shop", "extensions.example.com")],
  ["AmazonEKSEditPolicy", ["dev-*"], on("delete", "pods", "prod-dev-shop")],
  ["AmazonEKSEditPolicy", ["dev.*"], on("delete", "pods", "dev-shop")],
  ["AmazonEKSViewPolicy", ["shop"], on("get", "secrets", "shop")],
  ["AmazonEKSViewPolicy", ["shop"], on("delete", "pods", "shop")],
  ["AmazonEKSViewPolicy", ["*"], on("get", "nodes")],
  ["AmazonEKSAdminViewPolicy", [], on("create", "pods/exec", "shop")],
  ["AmazonEKSHybridPolicy", [], on("get", "pods", "shop")],
] as const)("planted fault: %s %j says nothing of %j", (policy, namespaces, asked) => {
  expect(allowed(policy, namespaces, asked)).toBe(false);
});
