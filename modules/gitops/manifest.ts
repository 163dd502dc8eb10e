/** What every Kubernetes object says of itself. */
export interface ObjectMeta {
  /** Name of the object, unique in its kind and namespace. */
  readonly name: string;

  /**
   * Namespace of the object.
   *
   * @default - none: the object belongs to the whole cluster
   */
  readonly namespace?: string;

  /** Labels, by which others select it. */
  readonly labels?: Readonly<Record<string, string>>;

  /** Annotations, which nobody selects by. */
  readonly annotations?: Readonly<Record<string, string>>;

  /** What has to be done before it is deleted. */
  readonly finalizers?: readonly string[];
}

/** A Kubernetes object as its manifest. */
export interface Manifest {
  /** Group and version of its kind, e.g. `argoproj.io/v1alpha1`. */
  readonly apiVersion: string;

  /** Kind of the object, e.g. `Application`. */
  readonly kind: string;

  /** Name, namespace, labels and annotations. */
  readonly metadata: ObjectMeta;
}

/** Namespace that Argo CD runs in, and in which it looks for its own objects. */
export const ARGOCD_NAMESPACE = "argocd";

/** The levels of the Pod Security Standards that a namespace holds its pods to: nothing but `restricted`. */
export const RESTRICTED_LABELS = {
  "pod-security.kubernetes.io/enforce": "restricted",
  "pod-security.kubernetes.io/audit": "restricted",
  "pod-security.kubernetes.io/warn": "restricted",
} as const;

/** Longest value of a label, in characters. */
const MAX_LABEL = 63;

/**
 * Whether a text is the value of a label: up to 63 letters, digits, `-`, `_` and `.`, a letter or digit at both ends.
 *
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
 */
export function isLabelValue(value: string): boolean {
  return value.length <= MAX_LABEL && /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)?$/.test(value);
}

/**
 * Whether a text is a DNS label, as the name of a namespace must be.
 *
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names
 */
export function isDnsLabel(name: string): boolean {
  return name.length <= MAX_LABEL && /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(name);
}
