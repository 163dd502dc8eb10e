import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { Construct } from "constructs";
import { Faults, NAME_RULES, nameFaults, type PolicyStatement, policyDocument, SynthError } from "../core";
import { partitionOf } from "../core/policy";
import type { StateAccess } from "../state/access";
import { githubApplyBoundary, githubApplyStatements, powerUserPolicyArn } from "./github-apply-policy";
import { type DeliveryAccess, githubDeliveryStatements } from "./github-delivery-policy";
import type { IGitHubOidcProvider } from "./github-oidc-provider";
import { githubPlanBoundary, githubPlanStatements, readOnlyPolicyArn } from "./github-plan-policy";
import { GITHUB_PATH, GitHubRole } from "./github-role";
import type { GitHubRepository } from "./github-subjects";
import { neighbourFaults } from "./neighbours";

/** Characters of a managed policy that IAM takes. */
const MAX_POLICY_LENGTH = 6144;

/** Name of the role that applies an environment. */
function githubApplyRoleName(platform: string, environment: string): string {
  return `${platform}-apply-${environment}`;
}

/** ARN of the role that applies an environment, known before it is made. */
export function githubApplyRoleArn(place: {
  readonly platform: string;
  readonly account: string;
  readonly region: string;

  /** Name of the environment, e.g. `dev`. */
  readonly name: string;
}): string {
  const role = `${GITHUB_PATH}${githubApplyRoleName(place.platform, place.name)}`;
  return `arn:${partitionOf(place.region)}:iam::${place.account}:role${role}`;
}

/** Properties of {@link GitHubAccess}. */
export interface GitHubAccessProps {
  /** GitHub as an identity provider of the account. */
  readonly provider: IGitHubOidcProvider;

  /** Repository whose workflows get in. */
  readonly repository: GitHubRepository;

  /** The account's state, which also names the platform, the account and the Region. */
  readonly state: StateAccess;

  /**
   * What the names of the SSM parameters begin with by which the stacks tell each other what they made, without
   * slashes: the role that plans may read them, and no others.
   *
   * @default - the platform's name
   */
  readonly parameterRoot?: string;

  /** Branch that is merged into, e.g. `main`: runs on it plan and look for drift. */
  readonly defaultBranch: string;

  /** Environments that lie in the account, each a GitHub environment of the same name. */
  readonly environments: readonly string[];

  /**
   * Whether the roles of these environments carry the boundary of their environment where they share the account, by
   * {@link boundRoles}: a role without it is then refused.
   *
   * @default true
   */
  readonly roleBoundaries?: boolean;

  /**
   * Which images are brought into them, by the environments' names; one without repositories has no such role.
   *
   * @default - none has a role for that
   */
  readonly deliveries?: Readonly<Record<string, DeliveryAccess>>;
}

/**
 * What the workflows of a repository may do in an account: one role that plans, for pull requests and the
 * default branch, and for each environment one that applies and one that delivers its images, for jobs in the GitHub
 * environment of its name.
 */
export class GitHubAccess extends Construct {
  /** The role that plans. */
  readonly planRole: GitHubRole;
  private readonly applyRoles: ReadonlyMap<string, GitHubRole>;
  private readonly deliveryRoles: ReadonlyMap<string, GitHubRole>;

  constructor(scope: Construct, id: string, props: GitHubAccessProps) {
    super(scope, id);
    const { provider, repository, state, environments } = props;
    const faults = new Faults();
    for (const environment of environments) faults.addAll(nameFaults(NAME_RULES.environment, environment));
    faults.addAll(neighbourFaults(state.platform, environments));
    faults.throwIfAny(this);
    const planRoleName = `${state.platform}-plan`;
    // No environment has an underscore in its name, and environments are beside it.
    const planBoundary = this.addBoundary(this, "plan_boundary", planRoleName, githubPlanBoundary(state));
    this.planRole = new GitHubRole(this, "plan", {
      roleName: planRoleName,
      description: `Plans of ${repository.repository}: reads, and locks states`,
      provider,
      repository,
      runs: ["pull-requests", { branch: props.defaultBranch }],
      permissionsBoundaryArn: planBoundary.arn,
    });
    this.planRole.attach("read-only", readOnlyPolicyArn(state.region));
    this.planRole.policy("plan", githubPlanStatements(state, props.parameterRoot));
    this.applyRoles = new Map(environments.map((name) => [name, this.addApplyRole(name, props)]));
    this.deliveryRoles = new Map(
      Object.entries(props.deliveries ?? {})
        .filter(([, { pushes }]) => pushes.length > 0)
        .map(([name, access]) => [name, this.addDeliveryRole(name, access, props)]),
    );
  }

  /** The role that applies an environment. */
  applyRole(environment: string): GitHubRole {
    const role = this.applyRoles.get(environment);
    if (!role) throw new Error(`no environment ${JSON.stringify(environment)} in ${this.node.path}`);
    return role;
  }

  /** The role that delivers the images of an environment; undefined where it has no repositories. */
  deliveryRole(environment: string): GitHubRole | undefined {
    return this.deliveryRoles.get(environment);
  }

  private addDeliveryRole(environment: string, access: DeliveryAccess, props: GitHubAccessProps): GitHubRole {
    const { provider, repository, state } = props;
    const scope = this.node.findChild(environment) as Construct;
    const role = new GitHubRole(scope, "deliver", {
      roleName: `${state.platform}-deliver-${environment}`,
      description: `Delivers images of ${repository.repository} to ${environment}`,
      provider,
      repository,
      runs: [{ environment }],
    });
    role.policy("images", githubDeliveryStatements(access));
    return role;
  }

  private addApplyRole(environment: string, props: GitHubAccessProps): GitHubRole {
    const { provider, repository, state } = props;
    const neighbours = props.environments.filter((other) => other !== environment);
    const scope = new Construct(this, environment);
    const roleName = githubApplyRoleName(state.platform, environment);
    const bounds = githubApplyBoundary({
      state,
      environment,
      neighbours,
      carried: neighbours.length > 0 && (props.roleBoundaries ?? true),
      ...(props.parameterRoot === undefined ? {} : { parameterRoot: props.parameterRoot }),
    });
    const { length } = JSON.stringify({ Version: "2012-10-17", Statement: bounds });
    if (length > MAX_POLICY_LENGTH) {
      throw new SynthError(this, [
        {
          what: `${props.environments.length} environments share an account: what keeps ${JSON.stringify(environment)} from the others has ${length} characters, and IAM takes ${MAX_POLICY_LENGTH}`,
          instead: "give some of them an account of their own, or shorter names",
        },
      ]);
    }
    const boundary = this.addBoundary(scope, "boundary", roleName, bounds);
    const role = new GitHubRole(scope, "apply", {
      roleName,
      description: `Applies ${environment} of ${repository.repository}`,
      provider,
      repository,
      runs: [{ environment }],
      maxSessionMinutes: 120,
      permissionsBoundaryArn: boundary.arn,
    });
    role.attach("power-user", powerUserPolicyArn(state.region));
    role.policy("iam", githubApplyStatements({ state, environment }));
    return role;
  }

  private addBoundary(
    scope: Construct,
    id: string,
    roleName: string,
    statements: readonly PolicyStatement[],
  ): IamPolicy {
    return new IamPolicy(scope, id, {
      name: `${roleName}-boundary`,
      path: GITHUB_PATH,
      description: `Bounds what ${roleName} may do`,
      policy: policyDocument(statements),
    });
  }
}
