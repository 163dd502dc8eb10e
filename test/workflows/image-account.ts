import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import {
  CreateImageCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeSnapshotsCommand,
  EC2Client,
  type Image,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { CreateAliasCommand, CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { GetParametersByPathCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import type { Emulator } from "../emulator";

/** Regions of the images. */
export const REGIONS = ["us-east-1", "us-west-2", "eu-west-1"] as const;

/** Where their parameters are. */
export const PARAMETERS = "/acme/dev/images";

/** The machine images of the account of an emulator, as one has them who looks from outside. */
export class ImageAccount {
  constructor(private readonly emulator: Emulator) {}

  /** Names of the images that a build has made, or whoever is asked for, by their Regions. */
  async images(tag = "groundplan:image"): Promise<Readonly<Record<string, readonly Image[]>>> {
    const input = { Owners: ["self"], Filters: [{ Name: "tag-key", Values: [tag] }] };
    return this.inEach(async (settings) => {
      const { Images = [] } = await new EC2Client(settings).send(new DescribeImagesCommand(input));
      return Images.sort((a, b) => (a.Name ?? "").localeCompare(b.Name ?? ""));
    });
  }

  /** Ids of the machines of builds that still run, and of snapshots that no image has. */
  async leftovers(): Promise<readonly string[]> {
    const images = await this.images();
    const held = Object.values(images)
      .flat()
      .map((one) => one.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId);
    const Filters = [{ Name: "tag-key", Values: ["groundplan:image"] }];
    const each = await this.inEach(async (settings) => {
      const ec2 = new EC2Client(settings);
      const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ Filters }));
      const running = Reservations.flatMap((one) => one.Instances ?? []).filter(
        ({ State }) => State?.Name !== "terminated",
      );
      const { Snapshots = [] } = await ec2.send(
        new DescribeSnapshotsCommand({ OwnerIds: ["self"], Filters }),
      );
      return [...running.map((one) => one.InstanceId), ...Snapshots.map((one) => one.SnapshotId)];
    });
    return Object.values(each)
      .flat()
      .filter((id): id is string => id !== undefined && !held.includes(id));
  }

  /** Makes an image as a build did that is over, of a day and run. */
  async addOld(region: string, day: string): Promise<string> {
    const ec2 = new EC2Client({ ...this.settings, region });
    const { Images = [] } = await ec2.send(new DescribeImagesCommand({ Owners: ["099720109477"] }));
    const base = { ImageId: Images[0]?.ImageId, MinCount: 1, MaxCount: 1 };
    const { Instances = [] } = await ec2.send(new RunInstancesCommand(base));
    const InstanceId = Instances[0]?.InstanceId ?? "";
    const Tags = Object.entries({
      "groundplan:image": "vxlan-graviton",
      "groundplan:channel": "dev",
      "groundplan:run": `run-${day}`,
      Version: `dev-${day}-0123456`,
    }).map(([Key, Value]) => ({ Key, Value }));
    const { ImageId = "" } = await ec2.send(
      new CreateImageCommand({
        InstanceId,
        Name: `vxlan-graviton-dev-${day}-0123456`,
        TagSpecifications: [
          { ResourceType: "image", Tags },
          { ResourceType: "snapshot", Tags },
        ],
      }),
    );
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] }));
    return ImageId;
  }

  /** Gives a key of a Region an alias. */
  async addKey(region: string, alias: string): Promise<void> {
    const kms = new KMSClient({ ...this.settings, region });
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
    await kms.send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: KeyMetadata?.KeyId }));
  }

  /** Values of the images' parameters, by what their names end in, in each Region. */
  parameters(): Promise<Readonly<Record<string, Readonly<Record<string, string>>>>> {
    return this.inEach(async (settings) => {
      const { Parameters = [] } = await new SSMClient(settings).send(
        new GetParametersByPathCommand({ Path: PARAMETERS, Recursive: true }),
      );
      return Object.fromEntries(
        Parameters.map(({ Name = "", Value = "" }) => [Name.slice(PARAMETERS.length), Value]),
      );
    });
  }

  /** Writes a parameter of images; the number of its version. */
  async writeParameter(region: string, Name: string, Value: string): Promise<number | undefined> {
    const request = { Name, Value, Type: "String", DataType: "aws:ec2:image" } as const;
    const ssm = new SSMClient({ ...this.settings, region });
    return (await ssm.send(new PutParameterCommand(request))).Version;
  }

  private get settings() {
    const { AWS_ENDPOINT_URL: endpoint = "" } = this.emulator.environment;
    return { endpoint, credentials: { accessKeyId: "123456789012", secretAccessKey: "test" } };
  }

  private async inEach<T>(
    ask: (settings: ImageAccount["settings"] & { readonly region: string }) => Promise<T>,
  ): Promise<Readonly<Record<string, T>>> {
    const answers = await Promise.all(
      REGIONS.map(async (region) => [region, await ask({ ...this.settings, region })] as const),
    );
    return Object.fromEntries(answers);
  }
}

/** Where a job gets GitHub's token, by which it assumes its role anew. */
export class TokenIssuer {
  private constructor(private readonly server: Server) {}

  static async start(): Promise<TokenIssuer> {
    const server = createServer((request, response) => {
      const isJob = request.headers.authorization === "bearer job";
      response.writeHead(isJob ? 200 : 401);
      response.end(JSON.stringify(isJob ? { value: "header.eyJzdWIiOiJyZXBvIn0.signature" } : {}));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new TokenIssuer(server);
  }

  /** Variables of a job with the permission `id-token: write`. */
  get environment(): Readonly<Record<string, string>> {
    const { port } = this.server.address() as AddressInfo;
    return {
      ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${port}/?api-version=2`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "job",
    };
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}
