const OF_INSTANCES = ["boot", "system", "runner", "nginx"] as const;
const OF_FUNCTIONS = ["webhook", "scale-up", "scale-down", "reconcile", "program"] as const;

/** What writes logs: parts of the instances, and the fleet's functions. */
export const LOG_SOURCES = [...OF_INSTANCES, ...OF_FUNCTIONS] as const;

/** What the name of the function ends with that does what a person asks; what is before it names the fleet. */
const OPERATOR = "-runner-scale-down";

/** The log group of a source. @param operator - name of the fleet's function, e.g. `acme-dev-runner-scale-down`. */
export function groupOf(operator: string, source: (typeof LOG_SOURCES)[number]): string {
  const fleet = operator.slice(0, -OPERATOR.length);
  const isOfInstances = OF_INSTANCES.some((one) => one === source);
  return isOfInstances ? `/groundplan/runners/${fleet}/${source}` : `/aws/lambda/${fleet}-runner-${source}`;
}
