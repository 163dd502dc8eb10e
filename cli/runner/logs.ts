const OF_INSTANCES = ["boot", "system", "runner", "nginx"] as const;
const OF_FUNCTIONS = ["webhook", "scale-up", "scale-down", "reconcile", "program"] as const;

/** The task that listens to scale sets. */
const OF_TASK = "listener";

/** What writes logs: parts of the instances, the fleet's functions, and the listener to scale sets. */
export const LOG_SOURCES = [...OF_INSTANCES, ...OF_FUNCTIONS, OF_TASK] as const;

/** What the name of the function ends with that does what a person asks; what is before it names the fleet. */
const OPERATOR = "-runner-scale-down";

/** The log group of a source. @param operator - name of the fleet's function, e.g. `acme-dev-runner-scale-down`. */
export function groupOf(operator: string, source: (typeof LOG_SOURCES)[number]): string {
  const fleet = operator.slice(0, -OPERATOR.length);
  if (source === OF_TASK) return `/ecs/${fleet}-runner-listener`;
  const isOfInstances = OF_INSTANCES.some((one) => one === source);
  return isOfInstances ? `/groundplan/runners/${fleet}/${source}` : `/aws/lambda/${fleet}-runner-${source}`;
}
