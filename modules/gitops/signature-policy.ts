import type { Manifest } from "./manifest";

/** An identity of an OpenID Connect provider, for which Sigstore gives certificates. */
export interface SignerIdentity {
  /** E.g. `https://token.actions.githubusercontent.com`. */
  readonly issuer: string;

  /** E.g. `https://github.com/acme/platform/.github/workflows/cd-dev.yml@refs/heads/develop`; `*` stands for any text. */
  readonly subject: string;
}

/** Whose signatures of images count. */
export interface Signers {
  /** Public keys in PEM. */
  readonly keys: readonly string[];

  /** Identities, e.g. a workflow of GitHub. */
  readonly identities: readonly SignerIdentity[];
}

/** Properties of {@link signaturePolicy}. */
export interface SignaturePolicyProps extends Signers {
  /** Name of the policy, e.g. `groundplan-prod-images`. */
  readonly name: string;

  /** Namespace whose pods are held to it. */
  readonly namespace: string;

  /** The only repositories whose images run there, e.g. `123456789012.dkr.ecr.us-east-1.amazonaws.com/groundplan/prod/app`. */
  readonly repositories: readonly string[];
}

/** What `groundplan artifact publish` signs last: who has only the SBOM of an image has no signature of it. */
const SIGNATURE = "https://sigstore.dev/cosign/sign/v1";

/** Lists of a pod's images, as Kyverno names them. */
const LISTS = ["containers", "initContainers", "ephemeralContainers"] as const;

/** Whether an update gives a pod other images. */
const CHANGED = LISTS.map(
  (list) =>
    `object.spec.?${list}.orValue([]).map(c, c.image) != oldObject.spec.?${list}.orValue([]).map(c, c.image)`,
).join(" || ");

/**
 * Kyverno's policy that lets an image into a namespace only when it is of one of the repositories, named by its digest, and
 * signed by one of the signers. Pods are asked, whoever makes them: a Deployment, a Rollout or a Job.
 *
 * @see https://kyverno.io/docs/policy-types/image-validating-policy/
 */
export function signaturePolicy(props: SignaturePolicyProps): Manifest & { readonly spec: object } {
  const { name, namespace, repositories, keys, identities } = props;
  const attestors = [
    ...keys.map((data, index) => ({
      name: `key${index + 1}`,
      // A key of one's own is in no log.
      cosign: { key: { data }, ctlog: { insecureIgnoreTlog: true, insecureIgnoreSCT: true } },
    })),
    ...identities.map((identity, index) => ({
      name: `identity${index + 1}`,
      cosign: { keyless: { identities: [matcherOf(identity)] } },
    })),
  ];
  const signers = attestors.map((one) => `attestors.${one.name}`).join(", ");
  return {
    apiVersion: "policies.kyverno.io/v1",
    kind: "ImageValidatingPolicy",
    metadata: { name },
    spec: {
      validationActions: ["Deny"],
      failurePolicy: "Fail",
      webhookConfiguration: { timeoutSeconds: 30 },
      evaluation: { admission: { enabled: true }, background: { enabled: false } },
      matchConstraints: {
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
        resourceRules: [
          {
            apiGroups: [""],
            apiVersions: ["v1"],
            operations: ["CREATE", "UPDATE"],
            resources: ["pods", "pods/ephemeralcontainers"],
          },
        ],
      },
      // What was let in may go on: a label or a finalizer that changes asks for nothing.
      matchConditions: [{ name: "images-change", expression: `request.operation == "CREATE" || ${CHANGED}` }],
      matchImageReferences: [{ glob: "*" }],
      // The image that was verified is the one that runs: a digest, and no tag that moves.
      validationConfigurations: { mutateDigest: false, verifyDigest: true, required: true },
      attestors,
      attestations: [{ name: "signature", intoto: { type: SIGNATURE } }],
      validations: [
        {
          expression: each(`image.matches('${digestPattern(repositories)}')`),
          message: `the image is of none of the repositories ${repositories.join(", ")}`,
        },
        {
          expression: each(`verifyAttestationSignatures(image, attestations.signature, [${signers}]) > 0`),
          message: `the image is signed by nobody who counts: ${namespace} runs what groundplan artifact has published`,
        },
      ],
    },
  };
}

/** A condition that holds for every image of a pod. */
function each(condition: string): string {
  return LISTS.map((list) => `images.${list}.all(image, ${condition})`).join(" && ");
}

/** A regular expression (RE2) of images of the repositories, by digest, a tag before it allowed. */
function digestPattern(repositories: readonly string[]): string {
  const names = repositories.map((name) => name.replaceAll(".", "[.]")).join("|");
  return `^(${names})(:[A-Za-z0-9_.-]+)?@sha256:[0-9a-f]{64}$`;
}

/** An identity in Kyverno's words: a subject with `*` is a regular expression there. */
function matcherOf({ issuer, subject }: SignerIdentity): object {
  if (!subject.includes("*")) return { issuer, subject };
  const parts = subject.split("*").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return { issuer, subjectRegExp: `^${parts.join(".*")}$` };
}
