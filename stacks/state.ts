import { ArtifactBucket } from "@groundplan/modules/artifact";
import { awsProvider, tagAll } from "@groundplan/modules/core";
import { githubApplyRoleArn } from "@groundplan/modules/identity";
import { backendFor, STATE_STACK_KEY, StateBackend } from "@groundplan/modules/state";
import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type { Environment } from "../overlays/environment";
import type { Platform } from "../overlays/settings/platform";

/** Properties of {@link StateStack}. */
export interface StateStackProps {
  readonly platform: Platform;

  /** AWS account that the state lies in, 12 digits. */
  readonly account: string;

  /** All environments of the platform: their accounts may read the artifacts. */
  readonly environments: readonly Environment[];
}

/**
 * What has to stand before everything else in an account: the bucket and the lock table of the Terraform state,
 * its own state in them, and in one account the bucket of the artifacts.
 *
 * `groundplan bootstrap` deploys it, since the backend that it names is made by itself.
 */
export class StateStack extends TerraformStack {
  constructor(scope: Construct, id: string, props: StateStackProps) {
    super(scope, id);
    const { platform, account } = props;
    const settings = {
      platform: platform.name,
      account,
      region: platform.region,
      locking: platform.locking,
      encryption: platform.stateEncryption,
    };
    awsProvider(this, { region: platform.region, account, versions: platform.providers?.aws });
    new StateBackend(this, "terraform", settings);
    backendFor(this, { ...settings, key: STATE_STACK_KEY });
    if (account === platform.artifactAccount) this.addArtifacts(props);
    tagAll(this, {
      Platform: platform.name,
      Repository: platform.repository,
      Stack: this.node.id,
      ManagedBy: "terraform",
    });
  }

  /** The output tells `groundplan artifact` where to publish. */
  private addArtifacts({ platform, account, environments }: StateStackProps): void {
    // GitHub's job that publishes is the one of the first environment here, and removes what nobody needs.
    const [publisher] = environments.filter((environment) => environment.account === account);
    const role = publisher && githubApplyRoleArn({ ...publisher, platform: platform.name });
    const readers = environments.map((environment) => environment.account).filter((one) => one !== account);
    const bucket = new ArtifactBucket(this, "artifacts", {
      platform: platform.name,
      account,
      region: platform.region,
      readerAccounts: [...new Set(readers)],
      pruners: [...(role === undefined ? [] : [role]), ...(platform.artifactPruners ?? [])],
    });
    new TerraformOutput(this, "artifact_bucket", { value: bucket.bucketName, staticId: true });
  }
}
