import type { Fault } from "../core/errors";
import { githubTrustFaults, trustsGitHub } from "./github-trust";
import { conditions, isCaller, isSource, texts } from "./trust-conditions";

/** A statement of a trust policy as anybody may have written it. */
interface Statement {
  readonly Effect?: unknown;
  readonly Principal?: unknown;
  readonly NotPrincipal?: unknown;
  readonly Action?: unknown;
  readonly Condition?: unknown;
}

/**
 * The faults of a role's trust: principals that stand for many callers, and no condition that says which.
 *
 * - A web identity (GitHub, a cluster's OIDC provider, …) needs conditions on `sub` and `aud`: without `sub` every
 *   repository or every pod gets in.
 * - A SAML provider needs one on `SAML:aud`.
 * - EKS Pod Identity needs the cluster or the account for which it acts.
 * - Everybody (`*`) needs a condition on whose the caller is: its account, its organisation, its ARN.
 * - `NotPrincipal` lets everybody in but a few.
 *
 * @param document - the trust policy, tokens allowed.
 */
export function trustFaults(document: object): readonly Fault[] {
  const { Statement: statements } = document as { Statement?: Statement | readonly Statement[] };
  const all = Array.isArray(statements) ? statements : [statements ?? {}];
  return all.filter((statement: Statement) => statement.Effect === "Allow").flatMap(statementFaults);
}

function statementFaults(statement: Statement): readonly Fault[] {
  if (statement.NotPrincipal !== undefined) {
    const what = "its trust lets everybody in but those of NotPrincipal";
    return [{ what, instead: "name the principals that may assume it, in Principal" }];
  }
  // GitHub's subjects name a repository, so a pattern in them is judged as well.
  if (trustsGitHub(statement)) return githubTrustFaults({ Statement: statement });
  const principal = principals(statement.Principal);
  const held = conditions(statement.Condition);
  const faults: Fault[] = [];
  if (principal.everybody && !held.some(isCaller)) {
    faults.push({ what: "its trust lets everybody in", instead: "name the principals that may assume it" });
  }
  for (const provider of principal.federated) {
    const keys = texts(statement.Action).includes("sts:AssumeRoleWithSAML") ? [":aud"] : [":sub", ":aud"];
    for (const key of keys) {
      if (held.some((condition) => condition.key.endsWith(key) && condition.narrows)) continue;
      faults.push({
        what: `its trust has no condition on "${key.slice(1)}" of ${provider}`,
        instead:
          key === ":sub"
            ? 'name whose tokens count, e.g. StringEquals { "<issuer>:sub": "system:serviceaccount:apps:api" }'
            : 'name for whom the token was made, e.g. StringEquals { "<issuer>:aud": "sts.amazonaws.com" }',
      });
    }
  }
  if (principal.services.includes("pods.eks.amazonaws.com") && !held.some(isSource)) {
    faults.push({
      what: "its trust lets Pod Identity of every account and cluster in",
      instead: 'name the cluster, e.g. ArnEquals { "aws:SourceArn": "arn:aws:eks:…:cluster/groundplan-dev" }',
    });
  }
  return faults;
}

function principals(principal: unknown) {
  if (principal === "*") return { everybody: true, federated: [], services: [] };
  const { AWS, Federated, Service } = (principal ?? {}) as Record<string, unknown>;
  return {
    everybody: texts(AWS).includes("*"),
    federated: texts(Federated).map((name) => name.replace(/\$\{[^}]*\}/g, "its provider")),
    services: texts(Service),
  };
}
