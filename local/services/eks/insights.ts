import { EksError } from "./error";
import { about, clusterOf, type Operation, page } from "./operation";

/**
 * What would hinder an upgrade. EKS works its findings out once a day from the audit log, which a local cluster has
 * none of: so there are none, and `list-insights` is an empty list.
 *
 * @see https://docs.aws.amazon.com/eks/latest/APIReference/API_ListInsights.html
 */
export const insights: Readonly<Record<string, Operation>> = {
  "POST /clusters/{name}/insights": (asked) => {
    clusterOf(asked);
    const { maxResults, nextToken } = asked.input;
    const query = new URLSearchParams();
    if (maxResults !== undefined) query.set("maxResults", String(maxResults));
    if (nextToken !== undefined) query.set("nextToken", String(nextToken));
    const { items, ...next } = page([], query);
    return { insights: items, ...next };
  },

  "GET /clusters/{name}/insights/{id}": (asked) => {
    const { cluster } = clusterOf(asked);
    throw new EksError(
      "ResourceNotFoundException",
      `No insight found for ID: ${asked.path.id}`,
      about(cluster),
    );
  },
};
