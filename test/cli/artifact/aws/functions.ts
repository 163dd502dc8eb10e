import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { type Answer, type Asked, failed, json } from "./http";
import type { Objects } from "./objects";

/** What a version is made of. */
interface Version {
  readonly CodeSha256: string;
  readonly Environment: unknown;
}

interface Made {
  readonly versions: Version[];
  latest: Version;
  alias: object | undefined;
}

const NOTHING: Version = { CodeSha256: "", Environment: {} };

/**
 * Lambda functions: the code and the variables of each version, and an alias. Nothing is run.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html
 */
export class Functions {
  private readonly made = new Map<string, Made>();

  constructor(private readonly objects: Objects) {}

  answer({ method, url, body }: Asked): Answer {
    const asked = JSON.parse(body.toString() || "{}") as Record<string, unknown>;
    const [, , , name = String(asked.FunctionName), part] = url.pathname.split("/");
    if (method === "POST" && part === undefined)
      this.made.set(name, { versions: [], latest: NOTHING, alias: undefined });
    const one = this.made.get(name);
    if (!one) return failed("ResourceNotFoundException", `no function ${name}`, 404);
    if (part === "aliases") return this.alias(one, method, asked);
    if (part === "configuration") {
      if (method === "PUT") one.latest = { ...one.latest, Environment: asked.Environment };
      const version = url.searchParams.get("Qualifier") ?? "$LATEST";
      const found = version === "$LATEST" ? one.latest : one.versions[Number(version) - 1];
      if (found === undefined) return failed("ResourceNotFoundException", `no version ${version}`, 404);
      return json({ FunctionName: name, Version: version, ...found });
    }
    if (part !== undefined) return this.update(one, asked);
    one.latest = { ...NOTHING, Environment: asked.Environment };
    return this.update(one, asked.Code as Record<string, unknown>);
  }

  private update(one: Made, { S3Bucket, S3Key, S3ObjectVersion }: Readonly<Record<string, unknown>>): Answer {
    const code = this.objects.at(`/${S3Bucket}/${S3Key}`, String(S3ObjectVersion));
    if (!code) return failed("InvalidParameterValueException", "S3 Error Code: NoSuchVersion");
    const CodeSha256 = createHash("sha256").update(code).digest("base64");
    one.latest = { ...one.latest, CodeSha256 };
    // Lambda publishes no version that is the same as the last one.
    if (!isDeepStrictEqual(one.versions.at(-1), one.latest)) one.versions.push(one.latest);
    return json({ CodeSha256, Version: String(one.versions.length) });
  }

  private alias(one: Made, method: string, asked: Readonly<Record<string, unknown>>): Answer {
    if (method !== "GET") one.alias = { ...one.alias, ...asked };
    return one.alias ? json(one.alias) : failed("ResourceNotFoundException", "no alias", 404);
  }
}

/** CloudWatch's alarms, which are on when they are set so. */
export class Alarms {
  private readonly states = new Map<string, Readonly<Record<string, unknown>>>();

  answer(operation: string, asked: Readonly<Record<string, unknown>>): Answer {
    if (operation === "DescribeAlarms") {
      const names = asked.AlarmNames as readonly string[];
      return json({ MetricAlarms: names.flatMap((name) => this.states.get(name) ?? []) });
    }
    this.states.set(String(asked.AlarmName), { StateValue: "OK", ...asked });
    return json({});
  }
}
