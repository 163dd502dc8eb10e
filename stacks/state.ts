import { awsProvider, tagAll } from "@groundplan/modules/core";
import { backendFor, STATE_STACK_KEY, StateBackend } from "@groundplan/modules/state";
import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type { Platform } from "../platform";

/** Properties of {@link StateStack}. */
export interface StateStackProps {
  readonly platform: Platform;

  /** AWS account that the state lies in, 12 digits. */
  readonly account: string;
}

/**
 * The Terraform state of one account: the bucket, the lock table, and its own state in them.
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
    awsProvider(this, { region: platform.region, account });
    new StateBackend(this, "terraform", settings);
    backendFor(this, { ...settings, key: STATE_STACK_KEY });
    tagAll(this, {
      Platform: platform.name,
      Repository: platform.repository,
      Stack: this.node.id,
      ManagedBy: "terraform",
    });
  }
}
