import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { Construct } from "constructs";
import { Faults, NAME_RULES, nameFaults, type PolicyStatement, policyDocument } from "../core";
import { type StateAccess, stateArns } from "../state/access";
import { type CalledWorkflows, calledWorkflowsFaults, calledWorkflowsTrust } from "./called-workflows";
import { githubApplyStatements, powerUserPolicyArn, workflowBoundary } from "./github-apply-policy";
import type { IGitHubOidcProvider } from "./github-oidc-provider";
import { GITHUB_PATH } from "./github-role";
import type { CallingRepository } from "./github-subjects";
import { isolationStatements } from "./isolation";

/** Properties of {@link PreviewAccess}. */
export interface PreviewAccessProps {
  /** GitHub as an identity provider of the account. */
  readonly provider: IGitHubOidcProvider;

  /** The platform's workflows that make and destroy previews. */
  readonly workflows: CalledWorkflows;

  /** Repositories whose branches are previewed; each with its numbers. */
  readonly callers: readonly CallingRepository[];

  /** The account's state, which also names the platform, the account and the Region. */
  readonly state: StateAccess;

  /** Environment whose stack `preview-shared` the previews use. */
  readonly environment: string;

  /** Every environment of the account: their states are not the previews'. */
  readonly environments: readonly string[];
}

/**
 * The role by which previews are made: jobs of the platform's own workflows assume it, called by the repositories that are
 * named, and nobody else. A repository that is let in can run these workflows; it can run nothing of its own by the role.
 *
 * It is bounded: no environment's state, no role of GitHub, no user or access key.
 */
export class PreviewAccess extends Construct {
  /** ARN of the role: the variable `PREVIEW_ROLE` of each repository that calls. */
  readonly roleArn: string;

  /** @throws SynthError when a name would let others in. */
  constructor(scope: Construct, id: string, props: PreviewAccessProps) {
    super(scope, id);
    const { provider, workflows, callers, state, environment } = props;
    const roleName = `${state.platform}-previews-${environment}`;
    const faults = new Faults();
    faults.addAll(nameFaults(NAME_RULES.role, roleName));
    faults.addAll(calledWorkflowsFaults(workflows, callers));
    faults.throwIfAny(this);
    const boundary = new IamPolicy(this, "boundary", {
      name: `${roleName}-boundary`,
      path: GITHUB_PATH,
      description: `Bounds what ${roleName} may do`,
      policy: policyDocument(previewBoundary(props)),
    });
    const role = new IamRole(this, "role", {
      name: roleName,
      path: GITHUB_PATH,
      description: `Makes previews of ${callers.length === 1 ? (callers[0]?.repository ?? "") : `${callers.length} repositories`}`,
      maxSessionDuration: 3600,
      assumeRolePolicy: policyDocument(calledWorkflowsTrust(provider.arn, workflows, callers)),
      permissionsBoundary: boundary.arn,
      tags: { Name: roleName },
    });
    new IamRolePolicyAttachment(this, "power-user", {
      role: role.name,
      policyArn: powerUserPolicyArn(state.region),
    });
    new IamRolePolicy(this, "iam", {
      name: "iam",
      role: role.name,
      policy: policyDocument(githubApplyStatements({ state, environment })),
    });
    this.roleArn = role.arn;
  }
}

/** What bounds the role of previews, whatever it is allowed. */
export function previewBoundary({
  state,
  environment,
  environments,
}: Pick<PreviewAccessProps, "state" | "environment" | "environments">): readonly PolicyStatement[] {
  const { bucket } = stateArns(state);
  const neighbours = environments.filter((other) => other !== environment);
  return [
    ...workflowBoundary(state, "environments/*"),
    ...isolationStatements({ place: state, environment, neighbours }),
    {
      Sid: "NoStatesOfEnvironments",
      Effect: "Deny",
      Action: "s3:*",
      Resource: environments.map((name) => `${bucket}/environments/${name}/*`),
    },
  ];
}
