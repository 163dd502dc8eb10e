import type { LambdaFunctionConfig } from "@cdktf/provider-aws/lib/lambda-function";
import type { ArtifactPin } from "../artifact/pin";
import type { Fault } from "../core/errors";
import { DEFAULT_RUNTIME } from "./runtimes";

/** The code of a function as a container image, by its digest: a tag could be moved, and Lambda would not notice. */
export interface FunctionImage {
  /**
   * Image in a private repository of the function's account or of one that grants it, e.g.
   * `123456789012.dkr.ecr.us-east-1.amazonaws.com/groundplan/dev/api@sha256:…`. A repository of another account lets the
   * function pull by `grantPull` of its `Repository`.
   */
  readonly image: string;

  /** Commit that it was built from. @default - unknown */
  readonly commit?: string;

  /** Replaces the image's `CMD`. @default - that of the image */
  readonly command?: readonly string[];

  /** Replaces the image's `ENTRYPOINT`. @default - that of the image */
  readonly entryPoint?: readonly string[];

  /** Replaces the image's `WORKDIR`. @default - that of the image */
  readonly workingDirectory?: string;
}

/** What is run: a pinned zip, or an image. */
export type FunctionCode = ArtifactPin | FunctionImage;

/** Whether code is an image. */
export function isImage(code: FunctionCode): code is FunctionImage {
  return "image" in code;
}

/** Properties of a function that say what is run. */
export interface CodeProps {
  /** A pinned zip, or an image. */
  readonly artifact: FunctionCode;
  /** AWS Region of the function. */
  readonly region: string;
  /** File and export that handle an event. */
  readonly handler?: string;
  /** Runtime of Lambda. */
  readonly runtime?: string;
  /** ARNs of versions of layers. */
  readonly layers?: readonly string[];
}

/** Layers that Lambda takes. @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_LAYERS = 5;

/** Every fault of what is run. */
export function codeFaults(props: CodeProps): readonly Fault[] {
  const { artifact, layers = [] } = props;
  const faults: Fault[] = layers.flatMap((layer) => layerFaults(layer, props.region));
  if (layers.length > MAX_LAYERS) {
    faults.push({
      what: `layers has ${layers.length}, and Lambda takes ${MAX_LAYERS}`,
      instead: "bundle them with the code",
    });
  }
  return isImage(artifact) ? [...faults, ...imageFaults(artifact, props)] : faults;
}

function layerFaults(layer: string, region: string): readonly Fault[] {
  if (layer.includes("${")) return [];
  const [, place] =
    /^arn:aws[a-z-]*:lambda:([a-z0-9-]+):\d{12}:layer:[A-Za-z0-9_-]{1,64}:[1-9]\d*$/.exec(layer) ?? [];
  const instead = `use e.g. "arn:aws:lambda:${region}:123456789012:layer:tools:3"`;
  if (place === undefined) {
    return [{ what: `layer ${JSON.stringify(layer)} is not the ARN of a version of a layer`, instead }];
  }
  if (place === region) return [];
  return [{ what: `layer ${JSON.stringify(layer)} is not in the function's Region, ${region}`, instead }];
}

function imageFaults({ image }: FunctionImage, props: CodeProps): readonly Fault[] {
  const { region } = props;
  const faults: Fault[] = (["handler", "runtime", "layers"] as const)
    .filter((key) => props[key] !== undefined)
    .map((key) => ({
      what: `${key} is set, and an image brings its own`,
      instead: key === "handler" ? "leave it out, or set command of the image" : "leave it out",
    }));
  if (image.includes("${")) return faults;
  const [, place, digest] =
    /^\d{12}\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/[a-z0-9._/-]+(?::[\w.-]+)?(@sha256:[0-9a-f]{64})?$/.exec(
      image,
    ) ?? [];
  const instead = `use e.g. "123456789012.dkr.ecr.${region}.amazonaws.com/groundplan/dev/api@sha256:…"`;
  if (place === undefined) {
    faults.push({
      what: `image ${JSON.stringify(image)} is not in a private repository of ECR, and Lambda takes no other`,
      instead,
    });
  } else if (place !== region) {
    faults.push({
      what: `image ${JSON.stringify(image)} is not in the function's Region, ${region}`,
      instead: "replicate it there (RegistryReplication)",
    });
  } else if (digest === undefined) {
    faults.push({
      what: `image ${JSON.stringify(image)} names a tag: Lambda keeps the image that it had when the function was made`,
      instead,
    });
  }
  return faults;
}

/** What the resource of a function is told of its code. */
export function codeOf(props: CodeProps): Partial<LambdaFunctionConfig> {
  const { artifact, layers = [] } = props;
  if (isImage(artifact)) {
    const { command, entryPoint, workingDirectory } = artifact;
    const config = {
      ...(command === undefined ? {} : { command: [...command] }),
      ...(entryPoint === undefined ? {} : { entryPoint: [...entryPoint] }),
      ...(workingDirectory === undefined ? {} : { workingDirectory }),
    };
    return {
      packageType: "Image",
      imageUri: artifact.image,
      ...(Object.keys(config).length === 0 ? {} : { imageConfig: config }),
    };
  }
  const { bucket, key, versionId, sourceCodeHash } = artifact;
  return {
    s3Bucket: bucket,
    s3Key: key,
    s3ObjectVersion: versionId,
    sourceCodeHash,
    handler: props.handler ?? "index.handler",
    runtime: props.runtime ?? DEFAULT_RUNTIME,
    ...(layers.length === 0 ? {} : { layers: [...layers] }),
  };
}

/** Variables by which the code knows which artifact it is; an image whose digest Terraform alone knows has no hash. */
export function codeVariables(artifact: FunctionCode): Readonly<Record<string, string>> {
  if (!isImage(artifact)) return { ARTIFACT_SHA256: artifact.sha256, ARTIFACT_COMMIT: artifact.commit };
  const [, sha256] = /@sha256:([0-9a-f]{64})$/.exec(artifact.image) ?? [];
  return {
    ...(sha256 === undefined ? {} : { ARTIFACT_SHA256: sha256 }),
    ...(artifact.commit === undefined ? {} : { ARTIFACT_COMMIT: artifact.commit }),
  };
}
