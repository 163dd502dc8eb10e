import { LambdaClient } from "@aws-sdk/client-lambda";
import { SSMClient } from "@aws-sdk/client-ssm";
import { Administrator } from "./administrator";
import { type Account, openAccount } from "./aws/account";
import { FaultInjector } from "./fault-injector";
import type { Clients } from "./lambda-terraform";
import { openProxy, type RequestProxy } from "./request-proxy";
import { World } from "./world";

const LOCATION = { bucket: "artifacts", region: "us-east-1" };

/** Worlds in a small AWS in this process, behind a proxy that injects faults. */
export class Worlds {
  private made = 0;

  private constructor(
    private readonly before: NodeJS.ProcessEnv,
    private readonly account: Account,
    private readonly proxy: RequestProxy,
    readonly faultInjector: FaultInjector,
    private readonly clients: Clients,
  ) {}

  /** Points this process at it. */
  static async open(): Promise<Worlds> {
    const [account, faultInjector] = [await openAccount(), new FaultInjector()];
    const proxy = await openProxy(account.url, faultInjector.handle);
    const before = { ...process.env };
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: proxy.url,
      AWS_REGION: LOCATION.region,
      AWS_ACCESS_KEY_ID: "123456789012",
      AWS_SECRET_ACCESS_KEY: "any",
      AWS_EC2_METADATA_DISABLED: "true",
    });
    return new Worlds(before, account, proxy, faultInjector, {
      ssm: new SSMClient(),
      lambda: new LambdaClient(),
    });
  }

  close(): void {
    process.env = this.before;
    this.proxy.close();
    this.account.close();
  }

  /** @param Kind - its class, e.g. one with a planted fault. */
  next(Kind = World): World {
    this.made += 1;
    const administrator = new Administrator(this.account.url, LOCATION.bucket);
    return new Kind(`service-${this.made}`, LOCATION, administrator, this.clients);
  }
}
