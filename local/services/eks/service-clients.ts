import { XMLParser } from "fast-xml-parser";
import type { WholeRequest, WholeResponse } from "../../gateway/exchange";
import type { Forward } from "../../gateway/service";
import { EksError, invalid } from "./error";

/** A subnet, as EKS looks at it. */
export interface Subnet {
  readonly id: string;
  readonly vpc: string;
  readonly zone: string;
}

/** A launch template in the version that a node group takes. */
export interface LaunchTemplate {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly data: Readonly<Record<string, unknown>>;
}

type Xml = Readonly<Record<string, unknown>>;

const parser = new XMLParser({
  ignoreAttributes: true,
  parseTagValue: false,
  isArray: (name) => name === "item" || name === "member",
});

/** The other services that EKS uses on behalf of its caller. */
export class ServiceClients {
  constructor(
    private readonly request: WholeRequest,
    /** Sends a request to the service that its scope names, as a client's would be. */
    private readonly ask: Forward,
  ) {}

  /** ARN of the caller. */
  async caller(): Promise<string> {
    const answer = await this.query("sts", "2011-06-15", "GetCallerIdentity", {});
    return text(answer, "GetCallerIdentityResponse", "GetCallerIdentityResult", "Arn");
  }

  /** @throws EksError when one does not exist. */
  async subnets(ids: readonly string[]): Promise<readonly Subnet[]> {
    const answer = await this.ec2("DescribeSubnets", numbered("SubnetId", ids));
    return items(answer, "DescribeSubnetsResponse", "subnetSet").map((subnet) => ({
      id: text(subnet, "subnetId"),
      vpc: text(subnet, "vpcId"),
      zone: text(subnet, "availabilityZone"),
    }));
  }

  /** The VPCs of security groups. @throws EksError when one does not exist. */
  async vpcsOfGroups(ids: readonly string[]): Promise<readonly string[]> {
    if (ids.length === 0) return [];
    const answer = await this.ec2("DescribeSecurityGroups", numbered("GroupId", ids));
    return items(answer, "DescribeSecurityGroupsResponse", "securityGroupInfo").map((group) =>
      text(group, "vpcId"),
    );
  }

  /** The IPv4 ranges of a VPC. */
  async rangesOf(vpc: string): Promise<readonly string[]> {
    const answer = await this.ec2("DescribeVpcs", { "VpcId.1": vpc });
    return items(answer, "DescribeVpcsResponse", "vpcSet").flatMap((one) => [
      text(one, "cidrBlock"),
      ...items(one, "cidrBlockAssociationSet").map((association) => text(association, "cidrBlock")),
    ]);
  }

  /** Makes a security group with tags, whose members reach each other. */
  async createGroup(
    name: string,
    description: string,
    vpc: string,
    tags: Readonly<Record<string, string>>,
  ): Promise<string> {
    const answer = await this.ec2("CreateSecurityGroup", {
      GroupName: name,
      GroupDescription: description,
      VpcId: vpc,
      "TagSpecification.1.ResourceType": "security-group",
      ...Object.fromEntries(
        Object.entries(tags).flatMap(([key, value], index) => [
          [`TagSpecification.1.Tag.${index + 1}.Key`, key],
          [`TagSpecification.1.Tag.${index + 1}.Value`, value],
        ]),
      ),
    });
    const id = text(answer, "CreateSecurityGroupResponse", "groupId");
    await this.ec2("AuthorizeSecurityGroupIngress", {
      GroupId: id,
      "IpPermissions.1.IpProtocol": "-1",
      "IpPermissions.1.Groups.1.GroupId": id,
    });
    return id;
  }

  /** Deletes a security group, when nothing uses it. */
  async deleteGroup(id: string): Promise<void> {
    await this.send("ec2", "2016-11-15", "DeleteSecurityGroup", { GroupId: id });
  }

  /** @throws EksError when there is no such launch template or version. */
  async launchTemplate(by: { id?: string; name?: string; version?: string }): Promise<LaunchTemplate> {
    const which: Record<string, string> =
      by.id !== undefined ? { LaunchTemplateId: by.id } : { LaunchTemplateName: by.name ?? "" };
    const answer = await this.ec2("DescribeLaunchTemplateVersions", {
      ...which,
      "LaunchTemplateVersion.1": by.version ?? "$Default",
    });
    const [version] = items(answer, "DescribeLaunchTemplateVersionsResponse", "launchTemplateVersionSet");
    if (!version) throw invalid(`Launch template version ${by.version ?? "$Default"} does not exist`);
    const data = version.launchTemplateData;
    return {
      id: text(version, "launchTemplateId"),
      name: text(version, "launchTemplateName"),
      version: text(version, "versionNumber"),
      data: typeof data === "object" && data !== null ? (data as Xml) : {},
    };
  }

  /** The trust policy of a role, or undefined when there is no such role. */
  async trustOf(roleName: string): Promise<string | undefined> {
    const { status, body } = await this.send("iam", "2010-05-08", "GetRole", { RoleName: roleName });
    if (status !== 200) return undefined;
    const role = parser.parse(String(body)) as Xml;
    return decodeURIComponent(
      text(role, "GetRoleResponse", "GetRoleResult", "Role", "AssumeRolePolicyDocument"),
    );
  }

  private ec2(action: string, parameters: Readonly<Record<string, string>>): Promise<Xml> {
    return this.query("ec2", "2016-11-15", action, parameters);
  }

  private async query(
    service: string,
    version: string,
    action: string,
    parameters: Readonly<Record<string, string>>,
  ): Promise<Xml> {
    const { status, body } = await this.send(service, version, action, parameters);
    const answer = parser.parse(String(body)) as Xml;
    if (status === 200) return answer;
    const message = /<Message>([^<]*)<\/Message>/.exec(String(body))?.[1] ?? `HTTP status ${status}`;
    throw new EksError("InvalidParameterException", `${message} (Service: ${service}; Operation: ${action})`);
  }

  /** A request of the query protocol with the caller's credentials; nobody here verifies the signature. */
  private send(
    service: string,
    version: string,
    action: string,
    parameters: Readonly<Record<string, string>>,
  ): Promise<WholeResponse> {
    const { headers, scope } = this.request;
    const body = new URLSearchParams({ Action: action, Version: version, ...parameters });
    return this.ask({
      method: "POST",
      url: "/",
      headers: {
        host: headers.host,
        authorization: (headers.authorization ?? "").replace("/eks/aws4_request", `/${service}/aws4_request`),
        ...(headers["x-amz-security-token"] === undefined
          ? {}
          : { "x-amz-security-token": headers["x-amz-security-token"] }),
        "x-amz-date": headers["x-amz-date"] ?? "",
        "content-type": "application/x-www-form-urlencoded; charset=utf-8",
      },
      scope: scope && { ...scope, service },
      operation: action,
      body: Buffer.from(body.toString()),
    });
  }
}

function numbered(name: string, values: readonly string[]): Record<string, string> {
  return Object.fromEntries(values.map((value, index) => [`${name}.${index + 1}`, value]));
}

function text(xml: Xml, ...path: readonly string[]): string {
  const found = at(xml, path);
  return typeof found === "string" ? found : "";
}

function items(xml: Xml, ...path: readonly string[]): readonly Xml[] {
  const found = at(xml, [...path, "item"]);
  return Array.isArray(found) ? (found as Xml[]) : [];
}

function at(xml: Xml, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === "object" && value !== null ? (value as Xml)[key] : undefined),
    xml,
  );
}
