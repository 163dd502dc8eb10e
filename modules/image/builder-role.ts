import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Construct } from "constructs";
import { Faults, fitName, NAME_RULES, type PolicyStatement, policyDocument } from "../core";
import {
  GITHUB_AUDIENCE,
  GITHUB_ISSUER,
  type GitHubRepository,
  githubSubjects,
  type IGitHubOidcProvider,
  repositoryFaults,
  workflowRefs,
} from "../identity";
import { GITHUB_PATH } from "../identity/github-role";
import { type BuilderAccess, builderStatements } from "./builder-policy";
import { imagesFaults } from "./images-props";

/** Properties of {@link BuilderRole}. */
export interface BuilderRoleProps extends BuilderAccess {
  /** GitHub as an identity provider of the account. */
  readonly provider: IGitHubOidcProvider;

  /** Repository whose workflows build. */
  readonly repository: GitHubRepository;

  /** Branch of private images, e.g. `main`. */
  readonly branch: string;

  /**
   * Name of the role.
   *
   * @default - `<prefix>-images`
   */
  readonly roleName?: string;
}

/** Workflows that build images and remove them. */
const WORKFLOWS = ["build-ami.yml", "cleanup-amis.yml"];

/** GitHub environment of the jobs that release: GitHub lets only tags into it. */
export const RELEASE_ENVIRONMENT = "images-release";

/**
 * The role by which workflows build, test, publish and remove machine images, with GitHub's token and without any key.
 *
 * @see https://docs.github.com/en/actions/concepts/security/openid-connect
 */
export class BuilderRole extends Construct {
  /** ARN of the role: the variable `GROUNDPLAN_IMAGE_ROLE` of the repository. */
  readonly arn: string;

  /** @throws SynthError when no image is named, or a name would let others in. */
  constructor(scope: Construct, id: string, props: BuilderRoleProps) {
    super(scope, id);
    const faults = new Faults();
    faults.addAll(imagesFaults(props));
    faults.addAll(repositoryFaults(props.repository));
    faults.throwIfAny(this);
    const { roleName = fitName(`${props.prefix}-images`, NAME_RULES.role.maxLength) } = props;
    const role = new IamRole(this, "role", {
      name: roleName,
      path: GITHUB_PATH,
      description: `Builds the machine images ${props.images.join(", ")}`.slice(0, 1000),
      // Three Regions one after the other take longer than an hour; a longer build asks for a new session.
      maxSessionDuration: 2 * 3600,
      assumeRolePolicy: policyDocument(builderTrust(props)),
      tags: { Name: roleName },
    });
    new IamRolePolicy(this, "build", {
      name: "build",
      role: role.id,
      policy: policyDocument(builderStatements(props)),
    });
    this.arn = role.arn;
  }
}

/**
 * Who builds: the two workflows as the branch has them, and jobs of releases, on a tag of a version and in the GitHub
 * environment for them.
 */
export function builderTrust({
  provider,
  repository,
  branch,
}: Pick<BuilderRoleProps, "provider" | "repository" | "branch">): readonly PolicyStatement[] {
  const claim = (name: string) => `${GITHUB_ISSUER}:${name}`;
  const common = {
    Effect: "Allow",
    Principal: { Federated: provider.arn },
    Action: "sts:AssumeRoleWithWebIdentity",
  } as const;
  const number =
    repository.repositoryId === undefined ? {} : { [claim("repository_id")]: repository.repositoryId };
  return [
    {
      ...common,
      Sid: "Branch",
      Condition: {
        StringEquals: {
          [claim("aud")]: GITHUB_AUDIENCE,
          [claim("sub")]: githubSubjects(repository, [{ branch }]),
          [claim("job_workflow_ref")]: workflowRefs({
            repository: repository.repository,
            files: WORKFLOWS,
            branch,
          }),
          ...number,
        },
      },
    },
    {
      ...common,
      Sid: "Release",
      Condition: {
        StringEquals: {
          [claim("aud")]: GITHUB_AUDIENCE,
          [claim("sub")]: githubSubjects(repository, [{ environment: RELEASE_ENVIRONMENT }]),
          ...number,
        },
        StringLike: { [claim("ref")]: "refs/tags/v*" },
      },
    },
  ];
}
