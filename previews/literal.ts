/**
 * A JSON document whose texts are texts to Terraform too: what would begin an expression is escaped. Whoever pushes a branch
 * writes `.idp/config.yml`; without this `${file("/proc/self/environ")}` in it would read the credentials of the job that
 * applies, and hand them to the container.
 *
 * @see https://developer.hashicorp.com/terraform/language/expressions/strings#escape-sequences
 */
export function literal<T>(value: T): T {
  return literalOf(value) as T;
}

function literalOf(value: unknown): unknown {
  if (typeof value === "string") return value.replaceAll(/[$%](?={)/g, "$&$&");
  if (Array.isArray(value)) return value.map(literalOf);
  if (typeof value !== "object" || value === null) return value;
  // Keys of an object in Terraform's JSON are templates too.
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [literalOf(key), literalOf(one)]));
}
