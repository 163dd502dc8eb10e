/** A request as rules look at it. */
export interface RuledRequest {
  /** Lower case, without a port. */
  readonly host: string;

  /** Without the query. */
  readonly path: string;
  readonly method: string;

  /** Decoded pairs in their order. */
  readonly query: readonly (readonly [string, string])[];

  /** Values by names in lower case. */
  readonly headers: Readonly<Record<string, string>>;

  /** IPv4 address of the client. */
  readonly source: string;
}

/** A condition of a rule: all of a rule's hold, each for one of its values. @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RuleCondition.html */
export type Condition =
  | {
      readonly field: "host-header" | "path-pattern" | "http-request-method" | "source-ip";
      readonly values: readonly string[];
    }
  | { readonly field: "http-header"; readonly name: string; readonly values: readonly string[] }
  | {
      readonly field: "query-string";
      readonly values: readonly { readonly key: string; readonly value: string }[];
    };

export interface Rule<A> {
  /** 1 to 50,000, the least first; infinite for the default rule. */
  readonly priority: number;
  readonly conditions: readonly Condition[];
  readonly actions: readonly A[];
}

/** The rule that a request is for: the first by priority whose conditions all hold. */
export function ruleFor<A>(request: RuledRequest, rules: readonly Rule<A>[]): Rule<A> | undefined {
  const ordered = [...rules].sort((one, other) => one.priority - other.priority);
  return ordered.find(({ conditions }) => conditions.every((condition) => holds(condition, request)));
}

function holds(condition: Condition, request: RuledRequest): boolean {
  switch (condition.field) {
    case "host-header":
      return condition.values.some((value) => matches(value.toLowerCase(), request.host));
    case "path-pattern":
      return condition.values.some((value) => matches(value, request.path));
    case "http-request-method":
      return condition.values.includes(request.method);
    case "source-ip":
      return condition.values.some((range) => isIn(range, request.source));
    case "http-header": {
      const found = request.headers[condition.name.toLowerCase()];
      return (
        found !== undefined &&
        condition.values.some((value) => matches(value.toLowerCase(), found.toLowerCase()))
      );
    }
    case "query-string":
      return condition.values.some(({ key, value }) =>
        request.query.some(
          ([name, given]) =>
            (key === "" || matches(key.toLowerCase(), name.toLowerCase())) &&
            matches(value.toLowerCase(), given.toLowerCase()),
        ),
      );
  }
}

/** Whether a text is of a pattern: `*` stands for any characters, `?` for one. It takes time linear in each, whatever the pattern. */
export function matches(pattern: string, text: string): boolean {
  let [at, wanted] = [0, 0];
  let [star, restart] = [-1, 0];
  while (at < text.length) {
    if (pattern[wanted] === "*") {
      star = wanted++;
      restart = at;
    } else if (wanted < pattern.length && (pattern[wanted] === "?" || pattern[wanted] === text[at])) {
      wanted += 1;
      at += 1;
    } else if (star >= 0) {
      wanted = star + 1;
      at = ++restart;
    } else {
      return false;
    }
  }
  while (pattern[wanted] === "*") wanted += 1;
  return wanted === pattern.length;
}

function isIn(range: string, address: string): boolean {
  const [base = "", size = "32"] = range.split("/");
  const [one, other] = [numberOf(base), numberOf(address)];
  if (one === undefined || other === undefined) return false;
  const mask = size === "0" ? 0 : (~0 << (32 - Number(size))) >>> 0;
  return (one & mask) >>> 0 === (other & mask) >>> 0;
}

function numberOf(address: string): number | undefined {
  const parts = address.split(".").map(Number);
  if (parts.length !== 4 || parts.some((part) => !(part >= 0 && part < 256))) return undefined;
  return parts.reduce((sum, part) => sum * 256 + part, 0) >>> 0;
}
