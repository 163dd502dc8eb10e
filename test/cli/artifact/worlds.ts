import { LambdaClient } from "@aws-sdk/client-lambda";
import { SSMClient } from "@aws-sdk/client-ssm";
import { Administrator } from "./administrator";
import { type Account, openAccount } from "./aws/account";
import type { Clients } from "./lambda-terraform";
import { type Line, openLine } from "./line";
import { Trouble } from "./trouble";
import { World } from "./world";

const LOCATION = { bucket: "artifacts", region: "us-east-1" };

/** Worlds in a small AWS in this process, on whose line trouble befalls. */
export class Worlds {
  private made = 0;

  private constructor(
    private readonly before: NodeJS.ProcessEnv,
    private readonly account: Account,
    private readonly line: Line,
    readonly trouble: Trouble,
    private readonly clients: Clients,
  ) {}

  /** Points this process at it. */
  static async open(): Promise<Worlds> {
    const [account, trouble] = [await openAccount(), new Trouble()];
    const line = await openLine(account.url, trouble.onLine);
    const before = { ...process.env };
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: line.url,
      AWS_REGION: LOCATION.region,
      AWS_ACCESS_KEY_ID: "123456789012",
      AWS_SECRET_ACCESS_KEY: "any",
      AWS_EC2_METADATA_DISABLED: "true",
    });
    return new Worlds(before, account, line, trouble, { ssm: new SSMClient(), lambda: new LambdaClient() });
  }

  close(): void {
    process.env = this.before;
    this.line.close();
    this.account.close();
  }

  /** @param Kind - its class, e.g. one with a planted fault. */
  next(Kind = World): World {
    this.made += 1;
    const administrator = new Administrator(this.account.url, LOCATION.bucket);
    return new Kind(`service-${this.made}`, LOCATION, administrator, this.clients);
  }
}
