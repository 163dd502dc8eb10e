import type { Fault } from "../core/errors";
import { githubTrustFaults, trustsGitHub } from "./github-trust";

/** A statement of a trust policy as anybody may have written it. */
interface Statement {
  readonly Effect?: unknown;
  readonly Principal?: unknown;
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
 * - Everybody (`*`) needs a condition at all.
 *
 * @param document - the trust policy, tokens allowed.
 */
export function trustFaults(document: object): readonly Fault[] {
  const { Statement: statements } = document as { Statement?: Statement | readonly Statement[] };
  const all = Array.isArray(statements) ? statements : [statements ?? {}];
  return all.filter((statement: Statement) => statement.Effect === "Allow").flatMap(statementFaults);
}

function statementFaults(statement: Statement): readonly Fault[] {
  // GitHub's subjects name a repository, so a pattern in them is judged as well.
  if (trustsGitHub(statement)) return githubTrustFaults({ Statement: statement });
  const principal = principals(statement.Principal);
  const held = conditions(statement.Condition);
  const faults: Fault[] = [];
  if (principal.everybody && held.length === 0) {
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

/** One key of a condition, and whether its values leave anybody out. */
interface Held {
  readonly key: string;
  readonly narrows: boolean;
}

/** Operators that let a request through only when the key is there and has one of the values. */
const MATCHING = /^(?:ForAnyValue:)?(?:StringEquals|StringEqualsIgnoreCase|StringLike|ArnEquals|ArnLike)$/;

function conditions(condition: unknown): readonly Held[] {
  if (typeof condition !== "object" || condition === null) return [];
  return Object.entries(condition).flatMap(([operator, keys]) =>
    Object.entries((keys ?? {}) as Record<string, unknown>).map(([key, value]) => ({
      key,
      narrows: MATCHING.test(operator) && texts(value).length > 0 && !texts(value).some(isOpen),
    })),
  );
}

/** Whether a value matches everybody's: `*`, and the whole of GitHub or of a cluster. */
function isOpen(value: string): boolean {
  return /^[*?]*$/.test(value) || /^(?:repo|system:serviceaccount):\*/.test(value);
}

const SOURCES = ["aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid"];

function isSource({ key, narrows }: Held): boolean {
  return narrows && SOURCES.includes(key.toLowerCase());
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

/** One text or several, as a list. */
function texts(value: unknown): readonly string[] {
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  return all.filter((each) => typeof each === "string");
}
