import { DeleteObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { ArtifactBucket, artifactBucketName } from "@groundplan/modules/artifact";
import type { BuiltArtifact } from "../../../cli/artifact/built";
import type { Artifact } from "../../../cli/artifact/index-object";
import { zip } from "../../../cli/artifact/lambda/zip";
import { Pins } from "../../../cli/artifact/pins";
import { publish } from "../../../cli/artifact/publish";
import { ArtifactStore } from "../../../cli/artifact/store";
import { type Emulator, startEmulator } from "../../emulator";
import { synthesized } from "../../modules/network/synthesized";
import { statementsOf } from "../../modules/serverless/fixtures";
import { Administrator } from "./administrator";
import { bucketPolicyEnforcer, openProxy, type RequestProxy } from "./request-proxy";

const PLACE = { platform: "groundplan", account: "123456789012", region: "us-east-1" };
const PRUNER = "arn:aws:iam::123456789012:role/github/groundplan-apply-dev";
export const LOCATION = { bucket: artifactBucketName(PLACE), region: PLACE.region };

/** The artifact bucket on an emulator, with what its policy denies. */
export class Bucket {
  private readonly before = { ...process.env };
  private services = 0;

  /** Who asks at the proxy that enforces the policy; at first, who may delete artifacts. */
  principal = PRUNER;

  private constructor(
    private readonly emulator: Emulator,
    /** By it the store gets to S3: what the policy of the real bucket denies is refused. */
    readonly guarded: RequestProxy,
    /** Where no policy holds. */
    readonly endpoint: string,
  ) {}

  /** Makes it, and points this process at it. */
  static async open(): Promise<Bucket> {
    const emulator = await startEmulator();
    const endpoint = emulator.environment.AWS_ENDPOINT_URL ?? "";
    const stack = synthesized(
      (scope) => new ArtifactBucket(scope, "artifacts", { ...PLACE, pruners: [PRUNER] }),
    );
    const guarded = await openProxy(
      endpoint,
      bucketPolicyEnforcer(
        LOCATION.bucket,
        statementsOf(stack, "aws_s3_bucket_policy"),
        () => made.principal,
      ),
    );
    const made: Bucket = new Bucket(emulator, guarded, endpoint);
    Object.assign(process.env, emulator.environment, { AWS_ENDPOINT_URL: guarded.url });
    await new Administrator(endpoint, LOCATION.bucket).makeBucket();
    return made;
  }

  async close(): Promise<void> {
    process.env = this.before;
    this.guarded.close();
    await this.emulator.stop();
  }

  /** A service of which nothing is published. */
  newService(): string {
    this.services += 1;
    return `service-${this.services}`;
  }

  /** Writes an object as an administrator whom no policy holds. */
  async put(Key: string, Body: string): Promise<void> {
    await this.s3().send(new PutObjectCommand({ Bucket: LOCATION.bucket, Key, Body }));
  }

  async remove({ key, versionId }: Pick<Artifact, "key" | "versionId">): Promise<void> {
    const where = { Bucket: LOCATION.bucket, Key: key, VersionId: versionId };
    await this.s3().send(new DeleteObjectCommand(where));
  }

  private s3(): S3Client {
    return new S3Client({ forcePathStyle: true, endpoint: this.endpoint });
  }
}

export const store = () => new ArtifactStore(LOCATION);

export function built(service: string, content: string): BuiltArtifact {
  return {
    ...zip({ "index.js": Buffer.from(content) }),
    service,
    file: "",
    commit: `commit-of-${content}`,
    warnings: [],
  };
}

export const publishNew = async (service: string, content: string) =>
  (await publish(store(), built(service, content))).artifact;

export const placeOf = (service: string, environment: string) => ({
  parameter: `/groundplan/${environment}/${service}/artifact`,
  region: LOCATION.region,
  environment,
  service,
});

export const pinsOf = (service: string, environment: string, from = store()) =>
  new Pins(from, placeOf(service, environment));
