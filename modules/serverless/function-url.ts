import { LambdaFunctionUrl } from "@cdktf/provider-aws/lib/lambda-function-url";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { Construct } from "constructs";
import { type Fault, SynthError, stackProviderHas } from "../core";
import type { ArtifactFunction } from "./function";
import { type CorsSettings, corsConfiguration, corsFaults } from "./http-api-cors";
import { invokerFaults } from "./invoker";

/** Properties of {@link FunctionUrl}. */
export interface FunctionUrlProps {
  /** The function; its alias answers. */
  readonly function: ArtifactFunction;

  /**
   * Who may call it: requests signed by a principal that may (`iam`), or everybody, with the reason why.
   *
   * @default "iam"
   */
  readonly access?: "iam" | { readonly public: string };

  /**
   * Roles and users of other accounts that may call it; those of its own need a policy of their own instead.
   *
   * @default - none
   */
  readonly invokerArns?: readonly string[];

  /**
   * Web pages of other origins that may call it.
   *
   * @default - none
   */
  readonly cors?: CorsSettings;

  /**
   * Sends the answer while the function still writes it, up to 200 MB.
   *
   * @default false
   */
  readonly streams?: boolean;
}

/** The first version of the provider that lets everybody call: AWS asks for two permissions, and knows the second since. */
const PUBLIC_SINCE = "6.29.0";

/**
 * An address of its own for a function, without an API in front of it: no throttling, no domain, no access log. What has to
 * have them is an `HttpApi`.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
 */
export class FunctionUrl extends Construct {
  /** Where it is called, with a slash at the end. */
  readonly url: string;

  /** @throws SynthError with every fault of the properties. */
  constructor(scope: Construct, id: string, props: FunctionUrlProps) {
    super(scope, id);
    const { function: target, access = "iam", invokerArns = [], cors } = props;
    const hasTwo = stackProviderHas(this, PUBLIC_SINCE);
    const faults = urlFaults(props, hasTwo);
    if (faults.length > 0) throw new SynthError(this, faults);
    const resource = new LambdaFunctionUrl(this, "url", {
      functionName: target.functionName,
      qualifier: target.aliasReference,
      // The provider gives everybody both permissions itself.
      authorizationType: access === "iam" ? "AWS_IAM" : "NONE",
      invokeMode: props.streams === true ? "RESPONSE_STREAM" : "BUFFERED",
      ...(cors === undefined ? {} : { cors: urlCors(cors) }),
    });
    this.url = resource.functionUrl;
    for (const [index, principal] of invokerArns.entries()) {
      const common = { functionName: target.functionName, qualifier: target.aliasReference, principal };
      new LambdaPermission(this, `url-${index}`, {
        ...common,
        action: "lambda:InvokeFunctionUrl",
        functionUrlAuthType: "AWS_IAM",
      });
      const invoke = new LambdaPermission(this, `invoke-${index}`, {
        ...common,
        action: "lambda:InvokeFunction",
      });
      // Older providers do not know it: there, who may call the address may call the function too.
      if (hasTwo) invoke.addOverride("invoked_via_function_url", true);
    }
  }
}

/** Lambda answers what a page asks beforehand (`OPTIONS`) itself, and refuses that method in its list. */
function urlCors(cors: CorsSettings) {
  const { allowMethods, ...others } = corsConfiguration(cors);
  return { ...others, allowMethods: allowMethods.filter((method) => method !== "OPTIONS") };
}

function urlFaults(
  { access = "iam", invokerArns = [], cors }: FunctionUrlProps,
  hasTwo: boolean,
): readonly Fault[] {
  const faults: Fault[] = [...corsFaults(cors), ...invokerArns.flatMap((arn) => invokerFaults({ arn }))];
  if (access === "iam") return faults;
  if (access.public.trim().length < 10) {
    faults.push({
      what: "the function's address is open to everybody, and no reason is given",
      instead: 'say why, e.g. { public: "GitHub signs its webhooks, the function checks it" }, or use "iam"',
    });
  }
  if (invokerArns.length > 0) {
    faults.push({
      what: "invokerArns names who may call, and everybody may",
      instead: 'leave it out, or use access "iam"',
    });
  }
  if (!hasTwo) {
    faults.push({
      what: `a public address needs two permissions, and AWS providers before ${PUBLIC_SINCE} know one: AWS would refuse each call`,
      instead: `take a newer provider, e.g. \`groundplan lock --provider aws=^${PUBLIC_SINCE}\`, or use an HttpApi`,
    });
  }
  return faults;
}
