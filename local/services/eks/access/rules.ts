/** What a rule lets through: any of the verbs on any of the resources of the group. */
export interface Rule {
  /** API group; empty for the core, `*` for each. */
  readonly group: string;

  /** Resources, with `/` before a subresource; `*` for each of both. */
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

const READ = ["get", "list", "watch"];
const WRITE = ["create", "delete", "deletecollection", "patch", "update"];

/** What runs in a namespace and can be looked at without seeing a secret. */
const VIEW: readonly Rule[] = [
  {
    group: "apps",
    resources: [
      ..."controllerrevisions daemonsets daemonsets/status deployments deployments/scale deployments/status".split(
        " ",
      ),
      ..."replicasets replicasets/scale replicasets/status statefulsets statefulsets/scale statefulsets/status".split(
        " ",
      ),
    ],
    verbs: READ,
  },
  {
    group: "autoscaling",
    resources: ["horizontalpodautoscalers", "horizontalpodautoscalers/status"],
    verbs: READ,
  },
  { group: "batch", resources: ["cronjobs", "cronjobs/status", "jobs", "jobs/status"], verbs: READ },
  { group: "discovery.k8s.io", resources: ["endpointslices"], verbs: READ },
  {
    group: "networking.k8s.io",
    resources: ["ingresses", "ingresses/status", "networkpolicies"],
    verbs: READ,
  },
  { group: "policy", resources: ["poddisruptionbudgets", "poddisruptionbudgets/status"], verbs: READ },
  {
    group: "",
    resources: [
      ..."bindings configmaps endpoints events limitranges namespaces namespaces/status".split(" "),
      ..."persistentvolumeclaims persistentvolumeclaims/status pods pods/log pods/status".split(" "),
      ..."replicationcontrollers replicationcontrollers/scale replicationcontrollers/status".split(" "),
      ..."resourcequotas resourcequotas/status serviceaccounts services services/status".split(" "),
    ],
    verbs: READ,
  },
];

/** What runs in a namespace can be changed, its secrets read, and its pods entered. */
const EDIT: readonly Rule[] = [
  ...VIEW,
  {
    group: "apps",
    resources: [
      ..."daemonsets deployments deployments/rollback deployments/scale".split(" "),
      ..."replicasets replicasets/scale statefulsets statefulsets/scale".split(" "),
    ],
    verbs: WRITE,
  },
  { group: "autoscaling", resources: ["horizontalpodautoscalers"], verbs: WRITE },
  { group: "batch", resources: ["cronjobs", "jobs"], verbs: WRITE },
  { group: "networking.k8s.io", resources: ["ingresses", "networkpolicies"], verbs: WRITE },
  { group: "policy", resources: ["poddisruptionbudgets"], verbs: WRITE },
  {
    group: "",
    resources: [
      ..."configmaps events persistentvolumeclaims pods pods/attach pods/exec pods/portforward pods/proxy".split(
        " ",
      ),
      ..."replicationcontrollers replicationcontrollers/scale secrets serviceaccounts services services/proxy".split(
        " ",
      ),
    ],
    verbs: WRITE,
  },
  {
    group: "",
    resources: ["pods/attach", "pods/exec", "pods/portforward", "pods/proxy", "secrets", "services/proxy"],
    verbs: READ,
  },
  { group: "", resources: ["serviceaccounts"], verbs: ["impersonate"] },
];

/** Rights within a namespace can be given, too. */
const ADMIN: readonly Rule[] = [
  ...EDIT,
  { group: "authorization.k8s.io", resources: ["localsubjectaccessreviews"], verbs: ["create"] },
  { group: "rbac.authorization.k8s.io", resources: ["roles", "rolebindings"], verbs: [...READ, ...WRITE] },
];

const EVERYTHING = { group: "*", resources: ["*"] };

/**
 * The rules of the access policies that are for people.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html
 */
export const RULES: Readonly<Record<string, readonly Rule[]>> = {
  AmazonEKSClusterAdminPolicy: [{ ...EVERYTHING, verbs: ["*"] }],
  AmazonEKSAdminPolicy: ADMIN,
  AmazonEKSEditPolicy: EDIT,
  AmazonEKSViewPolicy: VIEW,
  AmazonEKSAdminViewPolicy: [{ ...EVERYTHING, verbs: READ }],
  AmazonEKSSecretAdminPolicy: [{ group: "", resources: ["secrets"], verbs: ["*"] }],
};
