import { CreateRepositoryCommand, ECRClient } from "@aws-sdk/client-ecr";
import { AssociateAccessPolicyCommand, CreateAccessEntryCommand } from "@aws-sdk/client-eks";
import { ANYONE, EksFixtures } from "../local/services/eks/fixtures";

/** The environments, with the branch that each is deployed from. */
export const BRANCHES = { dev: "develop", prod: "main" } as const;

export type Environment = keyof typeof BRANCHES;

const ACCOUNT = "123456789012";

/** What the registry stacks declare of the service's image, deployed from one Git repository. */
export function declaredImages(repository: string): readonly object[] {
  return [declared(repository, "dev"), declared(repository, "prod", "dev")];
}

function declared(repository: string, environment: Environment, promotedFrom?: Environment): object {
  return {
    kind: "image",
    environment,
    service: "app",
    ...(promotedFrom === undefined ? {} : { promotedFrom }),
    region: "us-east-1",
    account: ACCOUNT,
    repository: `groundplan/${environment}/app`,
    immutableTags: environment !== "dev",
    gitops: {
      repository,
      revision: BRANCHES[environment],
      path: `overlays/${environment}`,
      image: "app",
      application: `groundplan-${environment}`,
      namespace: `groundplan-${environment}`,
      workload: `${environment}-app`,
      rollout: environment === "prod",
    },
  };
}

/** Makes repositories of images, clusters, and the roles of the workflows: one with a way in. */
export async function makeAccount(emulator: Readonly<Record<string, string>>): Promise<void> {
  const ecr = new ECRClient({
    endpoint: emulator.AWS_ENDPOINT_URL ?? "",
    region: "us-east-1",
    credentials: { accessKeyId: ACCOUNT, secretAccessKey: "test" },
  });
  const eksFixtures = new EksFixtures(emulator);
  const principalArn = await eksFixtures.role("platform-apply", ANYONE, "/github/");
  // It pushes images, and has no way into a cluster.
  await eksFixtures.role("platform-deliver", ANYONE, "/github/");
  const subnets = await eksFixtures.subnets("us-east-1a", "us-east-1b");
  for (const name of Object.keys(BRANCHES)) {
    await ecr.send(
      new CreateRepositoryCommand({
        repositoryName: `groundplan/${name}/app`,
        imageTagMutability: name === "dev" ? "MUTABLE" : "IMMUTABLE",
      }),
    );
    const clusterName = `groundplan-${name}`;
    await eksFixtures.cluster(clusterName, subnets);
    await eksFixtures.eks.send(new CreateAccessEntryCommand({ clusterName, principalArn }));
    await eksFixtures.eks.send(
      new AssociateAccessPolicyCommand({
        clusterName,
        principalArn,
        policyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
        accessScope: { type: "cluster" },
      }),
    );
  }
}
