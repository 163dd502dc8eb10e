import {
  IrsaRole,
  type IrsaRoleProps,
  PodIdentityRole,
  type PodIdentityRoleProps,
} from "@groundplan/modules/identity";
import { type Synthesized, synthesized } from "../network/synthesized";

export const IRSA: IrsaRoleProps = {
  roleName: "groundplan-dev-api",
  oidcProviderArn: "arn:aws:iam::123456789012:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE",
  oidcIssuer: "oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE",
  serviceAccounts: [{ namespace: "apps", name: "api" }],
};

export const POD: PodIdentityRoleProps = {
  roleName: "groundplan-dev-api",
  clusterName: "groundplan-dev",
  clusterArn: "arn:aws:eks:us-east-1:123456789012:cluster/groundplan-dev",
  account: "123456789012",
  serviceAccount: { namespace: "apps", name: "api" },
};

/** Synthesizes a role for IRSA, and does something with it. */
export function irsaWith(
  change: Partial<IrsaRoleProps>,
  use: (role: IrsaRole) => void = () => {},
): Synthesized {
  return synthesized((scope) => use(new IrsaRole(scope, "api", { ...IRSA, ...change })));
}

/** Synthesizes a role for Pod Identity, and does something with it. */
export function podWith(
  change: Partial<PodIdentityRoleProps>,
  use: (role: PodIdentityRole) => void = () => {},
): Synthesized {
  return synthesized((scope) => use(new PodIdentityRole(scope, "api", { ...POD, ...change })));
}

/** The statements of a policy in a synthesized argument. */
export function statementsOf(policy: unknown) {
  return JSON.parse(String(policy)).Statement;
}
