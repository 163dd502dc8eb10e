import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { Construct } from "constructs";
import { Faults, NAME_RULES, nameFaults, type PolicyStatement, policyDocument } from "../core";
import type { IGitHubOidcProvider } from "./github-oidc-provider";
import { type GitHubRepository, type GitHubRuns, repositoryFaults, runsFaults } from "./github-subjects";
import { githubTrust } from "./github-trust";

/** Properties of {@link GitHubRole}. */
export interface GitHubRoleProps {
  /** Name of the role, unique in the account; 1 to 64 characters. */
  readonly roleName: string;

  /** What the role is for. */
  readonly description: string;

  /** GitHub as an identity provider of the account. */
  readonly provider: IGitHubOidcProvider;

  /** Repository whose workflows may assume it. */
  readonly repository: GitHubRepository;

  /** Which runs of the repository may assume it; at least one. */
  readonly runs: readonly GitHubRuns[];

  /**
   * Minutes that a session lasts at most, 60 to 720.
   *
   * @default 60
   */
  readonly maxSessionMinutes?: number;

  /**
   * ARN of the policy that bounds the role, whatever else it is allowed.
   *
   * @default - no boundary
   */
  readonly permissionsBoundaryArn?: string;
}

/** Path of these roles and their policies, by which other policies tell them from all others. */
export const GITHUB_PATH = "/github/";

/**
 * A role that workflows of one repository assume with GitHub's token, without any key of their own.
 *
 * @see https://docs.github.com/en/actions/concepts/security/openid-connect
 */
export class GitHubRole extends Construct {
  /** ARN of the role. */
  readonly arn: string;

  /** Name of the role. */
  readonly roleName: string;
  private readonly role: IamRole;

  /** @throws SynthError when no run is named, or a name would let others in. */
  constructor(scope: Construct, id: string, props: GitHubRoleProps) {
    super(scope, id);
    const { roleName, maxSessionMinutes = 60, permissionsBoundaryArn } = props;
    const faults = new Faults();
    faults.addAll(nameFaults(NAME_RULES.role, roleName));
    faults.addAll(repositoryFaults(props.repository));
    faults.addAll(runsFaults(props.runs));
    if (!Number.isInteger(maxSessionMinutes) || maxSessionMinutes < 60 || maxSessionMinutes > 720) {
      faults.add(`maxSessionMinutes is ${maxSessionMinutes}`, "use a whole number of 60 to 720, e.g. 60");
    }
    faults.throwIfAny(this);
    this.role = new IamRole(this, "role", {
      name: roleName,
      path: GITHUB_PATH,
      description: props.description,
      maxSessionDuration: maxSessionMinutes * 60,
      assumeRolePolicy: policyDocument(githubTrust(props.provider.arn, props.repository, props.runs)),
      ...(permissionsBoundaryArn === undefined ? {} : { permissionsBoundary: permissionsBoundaryArn }),
      tags: { Name: roleName },
    });
    this.arn = this.role.arn;
    this.roleName = this.role.name;
  }

  /** Writes an inline policy. @param name - of the policy within the role; changing it replaces the policy. */
  policy(name: string, statements: readonly PolicyStatement[]): void {
    new IamRolePolicy(this, name, { name, role: this.roleName, policy: policyDocument(statements) });
  }

  /** Attaches a policy that AWS or the team keeps. @param name - within the role, e.g. `read-only`. */
  attach(name: string, policyArn: string): void {
    new IamRolePolicyAttachment(this, name, { role: this.roleName, policyArn });
  }
}
