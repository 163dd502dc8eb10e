import { invalid } from "./error";
import { type Input, numberOf, objectOf, optionalText, textOf } from "./input";

/** How many nodes there are. */
export function scalingOf(input: Input = {}): object {
  const minSize = numberOf(input, "minSize", 0, 450) ?? 1;
  const maxSize = numberOf(input, "maxSize", 1, 450) ?? 2;
  const desiredSize = numberOf(input, "desiredSize", 0, 450) ?? Math.max(minSize, Math.min(2, maxSize));
  if (minSize > desiredSize) {
    throw invalid(`Minimum capacity ${minSize} can't be greater than desired size ${desiredSize}`);
  }
  if (desiredSize > maxSize) {
    throw invalid(`desired capacity ${desiredSize} can't be greater than max size ${maxSize}`);
  }
  return { minSize, maxSize, desiredSize };
}

/** How many nodes an update takes at a time. */
export function updateConfigOf(input: Input = {}): object {
  const maxUnavailable = numberOf(input, "maxUnavailable", 1, 100);
  const maxUnavailablePercentage = numberOf(input, "maxUnavailablePercentage", 1, 100);
  if (maxUnavailable !== undefined && maxUnavailablePercentage !== undefined) {
    throw invalid("maxUnavailable and maxUnavailablePercentage cannot be given together");
  }
  const strategy = optionalText(input, "updateStrategy", /^(?:DEFAULT|MINIMAL)$/);
  return {
    ...(maxUnavailablePercentage === undefined
      ? { maxUnavailable: maxUnavailable ?? 1 }
      : { maxUnavailablePercentage }),
    ...(strategy === undefined ? {} : { updateStrategy: strategy }),
  };
}

export function labelsOf(labels: Record<string, string>): Record<string, string> {
  const value = /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$/;
  const wrong = Object.keys(labels).find((key) => !value.test(labels[key] ?? "") || key.length > 316);
  if (wrong !== undefined) throw invalid(`Label cannot be ${wrong}=${labels[wrong]}`);
  if (Object.keys(labels).some((key) => /^(?:kubernetes\.io|k8s\.io|eks\.amazonaws\.com)\//.test(key))) {
    throw invalid("Label cannot contain reserved prefixes [kubernetes.io/, k8s.io/, eks.amazonaws.com/]");
  }
  return labels;
}

export function taintsOf(taints: readonly Input[]): readonly Input[] {
  if (taints.length > 50) throw invalid("Maximum of 50 taints are allowed");
  for (const taint of taints) {
    textOf(taint, "key", /^.{1,63}$/);
    textOf(taint, "effect", /^(?:NO_SCHEDULE|NO_EXECUTE|PREFER_NO_SCHEDULE)$/);
  }
  const kinds = taints.map(keyOf);
  if (new Set(kinds).size < kinds.length)
    throw invalid("Taints of one key and effect are given more than once");
  return taints;
}

/** What makes a taint another one. */
export function keyOf({ key, effect }: Input): string {
  return `${String(key)}:${String(effect)}`;
}

/** What an update of the configuration tells that it changes. */
export function paramsOf(input: Input): Record<string, unknown> {
  const scaling = objectOf(input, "scalingConfig") ?? {};
  const labels = objectOf(input, "labels") ?? {};
  const taints = objectOf(input, "taints") ?? {};
  const update = objectOf(input, "updateConfig") ?? {};
  const all = {
    MinSize: scaling.minSize,
    MaxSize: scaling.maxSize,
    DesiredSize: scaling.desiredSize,
    LabelsToAdd: labels.addOrUpdateLabels,
    LabelsToRemove: labels.removeLabels,
    TaintsToAdd: taints.addOrUpdateTaints,
    TaintsToRemove: taints.removeTaints,
    MaxUnavailable: update.maxUnavailable,
    MaxUnavailablePercentage: update.maxUnavailablePercentage,
    NodeRepairConfig: input.nodeRepairConfig,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
