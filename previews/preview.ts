import { awsProvider, type Fault, SynthError, type Tags, tagAll } from "@groundplan/modules/core";
import type { FargateServiceProps, SecretReference, ServiceRoute } from "@groundplan/modules/service";
import { S3Backend, type S3BackendConfig, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { ExpirySchedule } from "./expiry";
import type { PreviewInput } from "./input";
import { literal } from "./literal";
import { type PreviewNetwork, previewNetwork } from "./network";
import { configuredSecrets, READABLE } from "./secrets";
import { readShared, type Shared } from "./shared";

/** What a template says of the container; all else stands in the configuration. */
export interface PreviewContainer {
  /** Port that it listens on. @default - none: nobody calls it */
  readonly port?: number;

  /** More variables of its environment. */
  readonly environment?: Readonly<Record<string, string>>;

  /** More secrets. */
  readonly secrets?: Readonly<Record<string, SecretReference>>;
}

/** Name of the container in every task of a preview. */
export const CONTAINER = "app";

/** The stack of one preview: where it runs, what it may use, and how its parts are named and tagged. */
export class Preview extends TerraformStack {
  /** Begins the names of everything in it, e.g. `groundplan-dev-preview-payment-api`. */
  readonly prefix: string;

  /** What all previews share. */
  readonly shared: Shared;

  /** Where it runs. */
  readonly network: PreviewNetwork;

  /** Name that it answers to, e.g. `preview-payment-api.previews.example.com`. */
  readonly hostName: string;

  /** Name of its log group. */
  readonly logGroupName: string;

  /** What it is made from; none of its texts is an expression to Terraform. */
  readonly input: PreviewInput;
  private readonly secrets: Readonly<Record<string, SecretReference>>;

  /** @throws SynthError with every fault of the configuration. */
  constructor(scope: Construct, document: PreviewInput) {
    super(scope, document.name);
    const input = literal(document);
    this.input = input;
    const { platform, name } = input;
    const { name: root, environment } = platform;
    this.prefix = `${root}-${environment}-${name}`;
    this.hostName = `${name}.${platform.domain}`;
    this.logGroupName = `/${root}/${environment}/previews/${name}`;
    const faults: Fault[] = [];
    this.secrets = configuredSecrets(input, faults);
    if (input.network === "own" && input.database === "shared") {
      faults.push({
        what: "network is own and database is shared: the shared server lies in another network",
        instead: "use database: own, or network: shared",
      });
    }
    if (faults.length > 0) throw new SynthError(this, faults);
    awsProvider(this, platform);
    // Bucket, key, Region and lock come from the command line, by -backend-config.
    new S3Backend(this, { encrypt: true } as unknown as S3BackendConfig);
    this.shared = readShared(this, { platform: root, environment });
    this.network = previewNetwork(this, this);
    new ExpirySchedule(this, "expiry", this);
    tagAll(this, this.tags);
  }

  /** What its service or task is made of, as the configuration says. */
  taskProps(container: PreviewContainer = {}): Omit<FargateServiceProps, "route"> {
    const { config, platform, image } = this.input;
    const { port } = container;
    return {
      name: this.prefix,
      region: platform.region,
      account: platform.account,
      cluster: this.shared.cluster,
      vpcId: this.network.vpcId,
      subnetIds: this.network.privateSubnetIds,
      cpu: config.cpu,
      memoryMb: config.memory,
      architecture: config.architecture ?? "X86_64",
      capacity: config.spot === true ? "spot" : "on-demand",
      desiredCount: config.desired_count ?? 1,
      // Sleep and wake change it.
      countChangesOutside: true,
      exec: config.exec ?? false,
      logGroupName: this.logGroupName,
      logRetentionDays: config.log_retention_days,
      secretCondition: { StringEquals: { [`aws:ResourceTag/${READABLE.tag}`]: READABLE.value } },
      container: {
        name: CONTAINER,
        image,
        ...(port === undefined ? {} : { port }),
        ...(config.command === undefined ? {} : { command: config.command }),
        environment: { ...config.environment, ...container.environment },
        secrets: { ...this.secrets, ...container.secrets },
        // Images of applications that know nothing of previews write where they like.
        readOnlyRootFilesystem: false,
      },
    };
  }

  /** How requests reach a service: by the preview's name, and by the page that wakes it while it sleeps. */
  route(healthCheckPath: string | undefined): ServiceRoute {
    return {
      loadBalancer: this.network.loadBalancer,
      hostNames: [this.hostName],
      // A path that was named answers that all is well; without one, whatever answers at all will do.
      ...(healthCheckPath === undefined ? { healthyAnswers: "200-499" } : { healthCheckPath }),
      healthCheckSeconds: 10,
      // A preview has no users whose requests would be cut off.
      deregistrationSeconds: 5,
      ...(this.input.network === "shared" ? { standbyTargetGroupArn: this.shared.wakeTargetGroupArn } : {}),
    };
  }

  /** Tags of everything in it. */
  get tags(): Tags {
    const { input } = this;
    return {
      "idp:managed": "true",
      "idp:environment": input.name,
      "idp:template": input.template,
      "idp:owner": input.owner,
      "idp:created-at": input.createdAt,
      "idp:ttl": input.ttl,
      "idp:expires-at": input.expiresAt,
      "cost-center": input.platform.costCenter ?? "engineering",
      Platform: input.platform.name,
      ManagedBy: "terraform",
    };
  }
}
